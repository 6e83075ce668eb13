/** Ends the process at once, after a second signal. */

/** Time that a graphics driver may take to end with the process. */
const END_MS = 1_000;

/** Exit code 130. `device`: a graphics device may be open. */
export function exitAtOnce(device: boolean): never {
  if (device) {
    // Dawn aborts a process that exits with a device open, but not one that a signal ends: shells report 130, too.
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, END_MS);
  }
  process.exit(130);
}
