/**
 * How much of a sample's colour is chance. Where the palette changes within a sample's footprint, the colour found is one of
 * many, and says little of the pixel's mean: a wider neighbourhood says more.
 */

import { slopeAt } from './curve.js';
import { cycleOf, type Table } from './positions.js';

/** The square of the width, in cycles of the palette, at which half of a sample's colour is chance; measured. */
export const QUIET = 0.2 * 0.2;
/** Cycles that are as good as infinitely many. */
export const MOST_CYCLES = 1e6;

/**
 * Of each sample the part of its colour that is chance, 0 to 1, for paint of the kind `cycle`: x / (x + QUIET), x being the
 * square of the width of nu across its footprint, in cycles. `widths`: of nu, 0 in the interior. `noise`: gets it. `filtered`: colours are
 * means over that width (palette-filter.ts), which have less noise the more cycles there are: x / (x + QUIET + x * x).
 */
export function noiseOf(
  nu: Float64Array,
  widths: Float64Array,
  table: Table,
  filtered: boolean,
  noise: Float32Array = new Float32Array(nu.length),
): Float32Array {
  const { speed, shift, curve } = cycleOf(table);
  const averaged = filtered ? 1 : 0;
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    const width = widths[i] as number;
    noise[i] = 0;
    if (v === Infinity || !(v > -shift) || !(width > 0)) continue;
    const root = Math.sqrt(v + shift);
    const steep = speed * (curve ? slopeAt(curve, root) : 1);
    const cycles = Math.min(MOST_CYCLES, (steep * width) / (2 * root));
    const x = cycles * cycles;
    noise[i] = x / (x + QUIET + averaged * x * x);
  }
  return noise;
}
