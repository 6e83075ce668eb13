/** How close two samples may lie for a kernel that iterates directly. */

import { FractalError } from '../../errors.js';
import { plane } from '../../view/plane.js';
import { samplesPerPixel, type View } from '../../view/view.js';

/** Shares of the coordinate's size: f32 has 24 bits and f64 53, of which iterating loses some. */
export const RESOLUTION = { gpu: 2 ** -20, cpu: 2 ** -45 } as const;

const WAY_OUT = { gpu: 'use --kernel simd', cpu: 'a smaller zoom is the way out' } as const;

/** @throws FractalError VIEW_TOO_DEEP when the samples of a view lie closer than `kernel` can tell apart. */
export function requireSpacing(view: View, kernel: 'gpu' | 'cpu'): void {
  const { re, im, step } = plane(view);
  const extent = Math.hypot(view.width, view.height) / 2;
  const size = Math.max(Math.abs(re[0]), Math.abs(im[0]), extent * step);
  const spacing = step / Math.sqrt(samplesPerPixel(view.sampling));
  const finest = size * RESOLUTION[kernel];
  if (spacing >= finest) return;
  throw new FractalError(
    'VIEW_TOO_DEEP',
    `zoom ${view.zoom} puts samples ${spacing.toExponential(1)} apart, and the ${kernel} kernel needs ` +
      `${finest.toExponential(1)} here: ${WAY_OUT[kernel]}`,
  );
}
