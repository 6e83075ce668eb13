/**
 * Direct or perturbed iteration: chosen before the computation, from the precision that views need and from the cost
 * of both on a few points. Only counts of iterations decide, not times, so that the same request has the same answer.
 */

import type { Rect } from '../shard/shard.js';
import { log10, parseDecimal } from '../view/decimal.js';
import { extentOf } from '../view/matrix.js';
import { plane } from '../view/plane.js';
import { sampleDistance, samplesPerPixel, type View } from '../view/view.js';
import type { Computed, KernelName } from './kernel.js';

export type Method = 'auto' | 'direct' | 'perturbation';

/** Samples nearer to one another than 2^-44 of their coordinates are perturbed: doubles hardly distinguish them. */
const DIRECT_BITS = 44;
/** The time of a step of perturbation, in iterations of the direct kernel: 10 ns against 0.5 ns. */
export const STEP_ITERATIONS = 20;
/** With fewer iterations, at less depth (a power of ten), a probe gains nothing. */
const PROBED_FROM = 1_000;
const PROBED_DEPTH = 3;
/** Beyond it the reference orbit of a probe might cost more than a picture. */
const PROBED_TO = 10_000_000;
/** Pixels of a probe. */
const COLUMNS = 24;
const ROWS = 12;
/** Counts that differ by less are regarded as equal. */
const TOLERANCE = 0.01;
/** The cost that is accepted for correct samples, in steps for a picture or film in which all differ: about 4 s of a core for each hundredth. */
export const ACCEPTED_STEPS = 2e10;
/**
 * Pixels of a probe: at least so many are assumed to differ, though unsampled. For a still only: frames of films that go to different
 * depths can be shared only where they are iterated directly.
 */
const ASSUMED_DIFFERENT = 0.5;

/** log10 of the zoom from which views around the deepest one are perturbed. */
export function perturbedFrom(deepest: View, method: Method, kernel: KernelName): number {
  if (method === 'direct' || kernel !== 'simd') return Infinity;
  if (method === 'perturbation') return -Infinity;
  const { re, im } = plane(deepest);
  const finest = Math.max(Math.abs(re[0]), Math.abs(im[0])) * 2 ** -DIRECT_BITS;
  const apart = sampleDistance(deepest.sampling) * extentOf(deepest.deformation)[1];
  return Math.log10((4 * apart) / (deepest.height * finest));
}

/** Whether a probe of a view that is iterated directly may show that it should not be. */
export function worthProbing(view: View, method: Method, kernel: KernelName): boolean {
  const { iterations } = view;
  if (method !== 'auto' || kernel !== 'simd' || iterations > PROBED_TO) return false;
  return iterations >= PROBED_FROM || depthOf(view) >= PROBED_DEPTH;
}

/** Whether perturbation is faster for a view, or doubles are wrong often enough to justify its cost; by some of its pixels. frames: of the film; accepted: steps, as ACCEPTED_STEPS. */
export async function prefersPerturbation(
  view: View,
  direct: (view: View, rect: Rect) => Promise<Computed>,
  perturbed: (view: View, rect: Rect) => Promise<Computed>,
  frames = 1,
  accepted = ACCEPTED_STEPS,
): Promise<boolean> {
  const probe: View = { ...view, sampling: { kind: 'grid', side: 1 } };
  const around: View = { ...probe, perturbed: true };
  let [iterations, steps, different] = [0, 0, 0];
  for (const rect of pixelsOf(view)) {
    const [one, other] = await Promise.all([direct(probe, rect), perturbed(around, rect)]);
    const [nu, better] = [one.nu[0] as number, other.nu[0] as number];
    iterations += one.iterations;
    steps += other.iterations;
    if (nu !== better && !(Math.abs(nu - better) < TOLERANCE)) different++;
  }
  const samples = frames * view.width * view.height * samplesPerPixel(view.sampling);
  const wrong = Math.max(different, frames === 1 ? ASSUMED_DIFFERENT : 0);
  return STEP_ITERATIONS * steps < iterations || steps * samples < wrong * accepted;
}

/** The cost of painting and transferring a sample, in iterations of the direct kernel. */
const HANDLING_ITERATIONS = 60;

/** The cost of a sample that takes so many iterations or steps, in iterations of the direct kernel. */
export function costOfIterations({ perturbed }: View, iterations: number): number {
  return HANDLING_ITERATIONS + iterations * (perturbed ? STEP_ITERATIONS : 1);
}

/** Single pixels, evenly spread. */
function pixelsOf({ width, height }: View): Rect[] {
  const [columns, rows] = [Math.min(width, COLUMNS), Math.min(height, ROWS)];
  return Array.from({ length: columns * rows }, (_, k) => ({
    x: Math.floor((((k % columns) + 0.5) * width) / columns),
    y: Math.floor(((Math.floor(k / columns) + 0.5) * height) / rows),
    width: 1,
    height: 1,
  }));
}

/** The same view with at most `side` pixels along the longer side, one sample each. */
export function coarse(view: View, side: number): View {
  const scale = Math.min(1, side / Math.max(view.width, view.height));
  const fitted = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return { ...view, width: fitted(view.width), height: fitted(view.height), sampling: { kind: 'grid', side: 1 } };
}

/** log10 of the zoom. */
export function depthOf({ zoom }: View): number {
  const depth = parseDecimal(zoom);
  return depth ? log10(depth) : 0;
}
