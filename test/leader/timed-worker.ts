/** A worker as a process: its shards take the time that `secondsOf` states, and compute nothing. usage: timed-worker.js SLOTS TOTAL */

import { grpcListen } from '../../src/cluster/listen.js';
import { serve } from '../../src/worker/session.js';
import { secondsOf } from './timed-picture.js';
import { timedPool } from './timed-pool.js';

const [slots = 1, total = 0] = process.argv.slice(2).map(Number);
const log = { began() {}, finished: () => [], aborted() {}, ended() {} };
const program = { version: 'test', build: 'build' };
const listener = await grpcListen({ host: '127.0.0.1', port: 0 }, (link) => {
  serve(link, timedPool({ slots, bytesPerPixel: 3, secondsOf: secondsOf(total) }), program, log);
});
process.on('disconnect', () => process.exit(0));
process.send?.(listener.address);
