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

/** Writes the mean of a table of `size` entries over the cycles from `from` to `to`, from < to: 3 numbers at `at`. */
export function meanBetween(
  from: number,
  to: number,
  sums: Sums,
  size: number,
  target: Float32Array,
  at: number,
): void {
  const first = Math.floor(from);
  const last = Math.floor(to);
  const start = (from - first) * size;
  const end = (to - last) * size;
  // A fraction just below 1 may be rounded up to the end of the table.
  const startEntry = start < size ? start | 0 : size - 1;
  const endEntry = end < size ? end | 0 : size - 1;
  const startPart = start - startEntry;
  const endPart = end - endEntry;
  const scale = 1 / ((to - from) * size);
  const cycles = last - first;
  const k = 3 * startEntry;
  const l = 3 * endEntry;
  const all = 3 * size;
  // Written out: a loop over the three takes half as long again.
  const red = upTo(sums, l, endPart) - upTo(sums, k, startPart) + cycles * (sums[all] as number);
  const green = upTo(sums, l + 1, endPart) - upTo(sums, k + 1, startPart) + cycles * (sums[all + 1] as number);
  const blue = upTo(sums, l + 2, endPart) - upTo(sums, k + 2, startPart) + cycles * (sums[all + 2] as number);
  target[at] = within(red * scale);
  target[at + 1] = within(green * scale);
  target[at + 2] = within(blue * scale);
}

/** Sums are rounded: 0 to 1. */
function within(mean: number): number {
  return Math.max(0, Math.min(1, mean));
}

/** The sum of the entries before number k, and of a part of that one. */
function upTo(sums: Sums, k: number, part: number): number {
  const sum = sums[k] as number;
  return sum + part * ((sums[k + 3] as number) - sum);
}
