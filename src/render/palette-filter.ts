/**
 * The palette filter: the colour of a sample is the mean of the palette, in linear light, over the interval that nu takes
 * across the sample's footprint. Where colours change by more than the palette within a pixel, that is its mean colour instead of
 * noise. Sums of the table from its beginning give the mean of any interval by two look-ups; whole cycles count as such. An
 * interval ends between entries: their colours differ by less than a level.
 */

import { cyclesAt, slopeAt } from './curve.js';
import { cycleOf, type Table } from './positions.js';

/** Of a table of `size` entries in linear light: the sums of those before entry k, 3 * (size + 1) numbers. */
type Sums = Float64Array;

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

/**
 * The mean of the cycle over the width of each sample, 3 numbers in linear light, 0 to 1. Nu is taken to be linear on the
 * interval. `widths`: of nu, 0 in the interior.
 */
export function filteredCycle(nu: Float64Array, widths: Float64Array, table: Table, colours: Float32Array): void {
  const { size, linear } = table;
  const sums = sumsOf(linear, size);
  const { start, speed, shift, curve } = cycleOf(table);
  const all = 3 * size;
  const [allRed, allGreen, allBlue] = [sums[all] as number, sums[all + 1] as number, sums[all + 2] as number];
  for (let i = 0, o = 0; i < nu.length; i++, o += 3) {
    const v = nu[i] as number;
    const root = Math.sqrt(v > -shift ? v + shift : 0);
    const position = start + speed * (curve ? cyclesAt(curve, root) : root);
    const quarter = (speed * (curve ? slopeAt(curve, root) : 1)) / 4;
    // Half of the interval on the cycle.
    const half = root > 0 && v !== Infinity ? (quarter * (widths[i] as number)) / root : 0;
    if (2 * half * size > 1) {
      const first = Math.floor(position - half);
      const k = ((position - half - first) * size) | 0;
      const last = Math.floor(position + half);
      const l = ((position + half - last) * size) | 0;
      const cycles = last - first;
      const entries = l - k + cycles * size;
      // Written out: a loop over the three takes half as long again.
      const red = (sums[3 * l] as number) - (sums[3 * k] as number) + cycles * allRed;
      const green = (sums[3 * l + 1] as number) - (sums[3 * k + 1] as number) + cycles * allGreen;
      const blue = (sums[3 * l + 2] as number) - (sums[3 * k + 2] as number) + cycles * allBlue;
      const scale = 1 / entries;
      // Sums are rounded, and may differ by less than nothing.
      colours[o] = red > 0 ? red * scale : 0;
      colours[o + 1] = green > 0 ? green * scale : 0;
      colours[o + 2] = blue > 0 ? blue * scale : 0;
      continue;
    }
    const k = ((position - Math.floor(position)) * size) | 0;
    const entry = 3 * (v === Infinity ? size : k < size ? k : 0);
    colours[o] = linear[entry] as number;
    colours[o + 1] = linear[entry + 1] as number;
    colours[o + 2] = linear[entry + 2] as number;
  }
}
