/** Lines about refused connections, limited in rate, so that they do not fill the disk of the log. */

/** Lines at once; then one for each EVERY_MS. */
const AT_ONCE = 20;
const EVERY_MS = 5_000;

/** `now`: monotonic milliseconds. Refusals without a line are counted in the next line. */
export function refusalLog(note: (text: string) => void, now: () => number): (peer: string, reason: string) => void {
  let left = AT_ONCE;
  let at = now();
  let skipped = 0;
  return (peer, reason) => {
    left = Math.min(AT_ONCE, left + (now() - at) / EVERY_MS);
    at = now();
    if (left < 1) {
      skipped++;
      return;
    }
    left--;
    note(`${peer} was refused: ${reason}${skipped > 0 ? ` (and ${skipped} more since the last such line)` : ''}`);
    skipped = 0;
  };
}
