/** A leader with so many workers, as a process. usage: connections-leader.js WORKERS */

import { costOf } from './connections.js';

process.send?.(await costOf(Number(process.argv[2])));
process.disconnect();
process.exit(0);
