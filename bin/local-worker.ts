/** What a leader starts for itself: a worker of one slot on a free port, without a command line to parse. */

import { tokenOfEnvironment } from './environment.js';
import { worker } from './worker.js';

process.stderr.on('error', () => undefined);
const access = { token: tokenOfEnvironment() ?? '' };
process.exitCode = await worker({ host: '127.0.0.1', port: 0, slots: 1, kernel: 'auto', quiet: true, access });
