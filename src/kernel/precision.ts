/** How close two samples may lie for a kernel that iterates directly. */

import { FractalError } from '../errors.js';
import { plane } from '../view/plane.js';
import { samplesPerPixel, type View } from '../view/view.js';
import type { KernelName } from './kernel.js';

/** Shares of the coordinate's size: f32 has 24 bits and f64 53, of which iterating loses some. */
export const RESOLUTION: Readonly<Record<KernelName, number>> = { gpu: 2 ** -20, cpu: 2 ** -45, simd: 2 ** -45 };

/** @throws FractalError VIEW_TOO_DEEP when the samples of a view lie closer than `kernel` can tell apart. */
export function requireSpacing(view: View, kernel: KernelName): void {
  const { re, im, step } = plane(view);
  const extent = Math.hypot(view.width, view.height) / 2;
  const size = Math.max(Math.abs(re[0]), Math.abs(im[0]), extent * step);
  const perPixel = Math.sqrt(samplesPerPixel(view.sampling));
  const spacing = step / perPixel;
  const finest = size * RESOLUTION[kernel];
  if (spacing >= finest) return;
  const deepest = (4 / (finest * perPixel * view.height)).toExponential(1);
  const way = kernel === 'gpu' ? 'use --kernel simd, or ' : '';
  throw new FractalError(
    'VIEW_TOO_DEEP',
    `zoom ${view.zoom} puts samples ${spacing.toExponential(1)} apart, and the ${kernel} kernel needs ` +
      `${finest.toExponential(1)} here: ${way}stay below a zoom of ${deepest}`,
  );
}
