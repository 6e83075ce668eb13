/** The end of the process at once, as a second signal wants it. */

import { devices } from '../src/worker/threads.js';

const PATIENCE_MS = 1_000;

/** Exit code 130. */
export function exitAtOnce(): never {
  if (devices.inUse) {
    // Dawn aborts a process that exits with a device open, but not one that a signal ends: shells report 130, too.
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS);
  }
  process.exit(130);
}
