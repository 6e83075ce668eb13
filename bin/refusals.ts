/** Lines about those who did not get in. Whoever knocks without end must not fill the disk that the log is on. */

/** So many lines at once; later ones one by one. */
const AT_ONCE = 20;
const EVERY_MS = 5_000;

/** `now`: monotonic milliseconds. What was kept back is counted in the next line. */
export function refusalLog(say: (text: string) => void, now: () => number): (peer: string, reason: string) => void {
  let left = AT_ONCE;
  let at = now();
  let kept = 0;
  return (peer, reason) => {
    left = Math.min(AT_ONCE, left + (now() - at) / EVERY_MS);
    at = now();
    if (left < 1) {
      kept++;
      return;
    }
    left--;
    say(`${peer} was refused: ${reason}${kept > 0 ? ` (and ${kept} more were, untold)` : ''}`);
    kept = 0;
  };
}
