/** A process that opens a folder for POV-Ray, and is killed, or ends. */

import { Scratch } from '../../../src/work/povray/scratch.js';

Scratch.open([]);
if (process.argv[2] === 'killed') process.kill(process.pid, 'SIGKILL');
