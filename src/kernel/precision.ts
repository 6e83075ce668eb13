/** How close two samples may lie for a kernel that iterates directly. */

import { FractalError } from '../errors.js';
import { extentOf } from '../view/matrix.js';
import { plane } from '../view/plane.js';
import { sampleDistance, type View } from '../view/view.js';
import type { KernelName } from './kernel.js';

/** Shares of the coordinate's size: f32 has 24 bits and f64 53, of which iterating loses some. */
export const RESOLUTION: Readonly<Record<KernelName, number>> = { gpu: 2 ** -20, cpu: 2 ** -45, simd: 2 ** -45 };

interface Spacing {
  /** Distance of neighbouring samples where it is least, the same in pixels, and the smallest that the kernel can represent here. */
  readonly spacing: number;
  readonly apart: number;
  readonly finest: number;
}

function spacingOf(view: View, kernel: KernelName): Spacing {
  const { re, im, step } = plane(view);
  const [longest, shortest] = extentOf(view.deformation);
  const extent = Math.hypot(view.width, view.height) / 2;
  const size = Math.max(Math.abs(re[0]), Math.abs(im[0]), extent * longest * step);
  const apart = sampleDistance(view.sampling) * shortest;
  return { spacing: step * apart, apart, finest: size * RESOLUTION[kernel] };
}

/** Why direct iteration of `kernel` cannot distinguish the samples of a view, if so; and the deepest zoom here. */
export function tooClose(
  view: View,
  kernel: KernelName,
): { readonly why: string; readonly deepest: string } | undefined {
  const { spacing, apart, finest } = spacingOf(view, kernel);
  if (spacing >= finest) return undefined;
  const needs = `the ${kernel} kernel needs ${finest.toExponential(1)} here`;
  return {
    why: `zoom ${view.zoom} puts samples ${spacing.toExponential(1)} apart, and ${needs}`,
    deepest: ((4 * apart) / (finest * view.height)).toExponential(1),
  };
}

/** @throws FractalError VIEW_TOO_DEEP when the samples of a view are closer than `kernel` can distinguish. */
export function requireSpacing(view: View, kernel: KernelName): void {
  const close = tooClose(view, kernel);
  if (!close) return;
  const way = kernel === 'simd' ? 'use --method auto, or ' : 'use --kernel simd, or ';
  throw new FractalError('VIEW_TOO_DEEP', `${close.why}: ${way}stay below a zoom of ${close.deepest}`);
}
