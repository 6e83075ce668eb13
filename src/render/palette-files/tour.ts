/** The shortest closed tour of a few places (M. Held and R. Karp, "A dynamic programming approach to sequencing problems", 1962). */

/**
 * The order of places 0 to n - 1, beginning with 0, in which the way through all of them and back to 0 is shortest; of the two
 * directions, the one with the shorter first step. `distances`: between them, n rows of n, symmetric; n at most about 12.
 */
export function shortestTour(distances: readonly (readonly number[])[]): number[] {
  const n = distances.length;
  const from = (a: number, b: number) => distances[a]![b]!;
  // best[set][last]: the shortest way from 0 through a set of other places that ends in `last`; place k is bit k - 1.
  const sets = 1 << (n - 1);
  const best = Array.from({ length: sets }, () => new Float64Array(n).fill(Infinity));
  const before = Array.from({ length: sets }, () => new Uint8Array(n));
  for (let k = 1; k < n; k++) best[1 << (k - 1)]![k] = from(0, k);
  for (let set = 1; set < sets; set++)
    for (let last = 1; last < n; last++) {
      const way = best[set]![last]!;
      if (way === Infinity) continue;
      for (let next = 1; next < n; next++) {
        const bit = 1 << (next - 1);
        if (set & bit || !(way + from(last, next) < best[set | bit]![next]!)) continue;
        best[set | bit]![next] = way + from(last, next);
        before[set | bit]![next] = last;
      }
    }
  let last = 1;
  for (let k = 2; k < n; k++) if (best[sets - 1]![k]! + from(k, 0) < best[sets - 1]![last]! + from(last, 0)) last = k;
  const way: number[] = [];
  for (let set = sets - 1; way.length < n - 1; ) {
    way.unshift(last);
    const previous = before[set]![last]!;
    set &= ~(1 << (last - 1));
    last = previous;
  }
  const reversed = from(0, way.at(-1)!) < from(0, way[0]!);
  return [0, ...(reversed ? way.reverse() : way)];
}
