/**
 * The palette filter: the colour of a sample is the mean of the palette, in linear light, over the interval that nu takes
 * across the sample's footprint. Where colours change by more than the palette within a pixel, that is its mean colour instead of
 * noise. Sums of the table from its beginning give the mean of any interval by two look-ups; whole cycles count as such.
 */

/** Of a table of `size` entries in linear light: the sums of those before entry k, 3 * (size + 1) numbers. */
export type Sums = Float64Array;

const known = new WeakMap<Float32Array, Sums>();

/** linear: 3 numbers an entry, at least `size` entries. Made once for each table. */
export function sumsOf(linear: Float32Array, size: number): Sums {
  let sums = known.get(linear);
  if (!sums) {
    sums = new Float64Array(3 * (size + 1));
    for (let k = 0; k < 3 * size; k++) sums[k + 3] = (sums[k] as number) + (linear[k] as number);
    known.set(linear, sums);
  }
  return sums;
}

/** Writes the mean of the table over the cycles from `from` to `to`, from < to: 3 numbers at `at`. */
export function meanBetween(from: number, to: number, sums: Sums, target: Float64Array, at: number): void {
  const size = sums.length / 3 - 1;
  const first = Math.floor(from);
  const last = Math.floor(to);
  const start = (from - first) * size;
  const end = (to - last) * size;
  // A fraction just below 1 may be rounded up to the end of the table.
  const k = Math.min(start | 0, size - 1);
  const l = Math.min(end | 0, size - 1);
  const scale = 1 / ((to - from) * size);
  for (let c = 0; c < 3; c++) {
    const total = (last - first) * (sums[3 * size + c] as number);
    target[at + c] = Math.max(
      0,
      Math.min(1, (total + upTo(sums, 3 * l + c, end - l) - upTo(sums, 3 * k + c, start - k)) * scale),
    );
  }
}

/** The sum of the entries before number k, and of a part of that one. */
function upTo(sums: Sums, k: number, part: number): number {
  const sum = sums[k] as number;
  return sum + part * ((sums[k + 3] as number) - sum);
}
