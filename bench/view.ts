/** A view of the Mandelbrot set, smooth, one sample a pixel, as several benchmarks use it. */

import type { View } from '../src/view/view.js';

export const view = (
  re: string,
  im: string,
  zoom: string,
  iterations: number,
  width: number,
  height: number,
): View => ({
  formula: { step: 'holomorphic', power: 2 },
  re,
  im,
  zoom,
  rotation: 0,
  width,
  height,
  iterations,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
});
