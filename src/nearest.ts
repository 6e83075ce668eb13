/** Which of the known names a user may have meant by one that is not known. */

/** Names longer than this are like no other. */
const MAX_NAME = 100;

/** `: did you mean "x"?` for the known name that is fewest edits away, if that is near at all. */
export function nearest(name: string, known: ReadonlySet<string>): string {
  if (name.length > MAX_NAME) return '';
  let best = '';
  // Every name of two letters is two edits away from every other one.
  let least = Math.min(Math.max(2, Math.floor(name.length / 3)), name.length - 2) + 1;
  for (const one of known) {
    const distance = editDistance(name, one);
    if (distance < least) [best, least] = [one, distance];
  }
  return best ? `: did you mean "${best}"?` : '';
}

/** Levenshtein distance: the fewest insertions, deletions and replacements of a character that make b of a. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      const change = (row[k - 1] as number) + (a[i - 1] === b[k - 1] ? 0 : 1);
      next.push(Math.min(change, (row[k] as number) + 1, (next[k - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
