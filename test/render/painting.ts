/** Painting of samples that stand in one row: 8-bit sRGB, the nearest levels. */

import { type Paint, paint as paintSamples } from '../../src/render/paint.js';
import { bytesOf, PLAIN } from '../../src/render/quantise.js';

export function paint(
  nu: Float64Array,
  perPixel: number,
  how: Paint,
  iterations: number,
  distance?: Float64Array,
): Uint8Array {
  const samples = { nu, perPixel, iterations, ...(distance ? { distance } : {}) };
  const at = { x: 0, y: 0, width: nu.length / perPixel };
  return paintSamples(samples, { ...how, levels: PLAIN }, at) as Uint8Array;
}

/** The table of a paint. */
export function srgbOf({ linear }: Paint): Uint8Array {
  return bytesOf(linear);
}
