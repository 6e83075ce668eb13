/**
 * How much of a sample's colour is chance. Where the palette changes within a sample's footprint, the colour found is one of
 * many, and says little of the pixel's mean: a wider neighbourhood says more.
 */

import { type Paint, SHIFT, SPEED } from './paint.js';

/** The square of the width, in cycles of the palette, at which half of a sample's colour is chance; measured. */
const QUIET = 0.2 * 0.2;

/**
 * Of each sample the part of its colour that is chance, 0 to 1, for paint of the kind `cycle`: x / (x + QUIET), x being the square of the width of
 * nu across the footprint, in cycles. `filtered`: colours are means over that width (palette-filter.ts), which over several
 * cycles have the less noise, the more of them there are.
 */
export function noiseOf(nu: Float64Array, widths: Float64Array, paint: Paint, filtered: boolean): Float32Array {
  const half = (paint.density * SPEED) / 2;
  const averaged = filtered ? 1 : 0;
  const noise = new Float32Array(nu.length);
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    const width = widths[i] as number;
    if (v === Infinity || !(v > -SHIFT) || !(width > 0)) continue;
    const cycles = Math.min(MOST, (half * width) / Math.sqrt(v + SHIFT));
    const x = cycles * cycles;
    noise[i] = x / (x + QUIET + averaged * x * x);
  }
  return noise;
}

/** Cycles that are as good as infinitely many. */
const MOST = 1e6;
