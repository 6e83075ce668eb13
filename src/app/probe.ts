/** Computing a few points of a view in this thread, before a job begins: for its iteration limit, method and forecast. */

import { setImmediate } from 'node:timers/promises';
import type { Computed } from '../kernel/kernel.js';
import { openPerturbation, shareReference } from '../kernel/perturbation/kernel.js';
import type { Reference } from '../kernel/perturbation/reference.js';
import { openSimd } from '../kernel/simd.js';
import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';
import { once } from './once.js';

/** Computes a rectangle of a view. */
export type Compute = (view: View, rect: Rect) => Promise<Computed>;

/** After a part that takes longer, in milliseconds, the next one is a single sample. */
const PART_MS = 100;

/** The kernel of this thread: compiled once, for all jobs of a service. */
const kernel = once(openSimd);

/** Iterates views directly. */
export const directProbe: Compute = (view, rect) => kernel().compute(view, rect);

/** Perturbs views around this reference orbit. */
export function perturbedProbe(reference: Reference): Compute {
  const compute = openPerturbation(shareReference(reference, 1), 0);
  // A probe measures typical points: points that take hours are excluded.
  return async ({ exact: _, ...view }, rect) => compute(view, rect);
}

/**
 * All samples of a view, part by part; points that take long one by one. Between parts the event loop
 * runs. Throws the signal's reason.
 */
export async function inParts(
  view: View,
  compute: Compute,
  signal: AbortSignal,
): Promise<Pick<Computed, 'nu' | 'iterations'>> {
  const nu = new Float64Array(view.width * view.height);
  let width = view.width;
  let iterations = 0;
  for (let at = 0; at < nu.length; ) {
    const from = performance.now();
    const [x, y] = [at % view.width, Math.floor(at / view.width)];
    width = Math.min(width, view.width - x);
    const part = await compute(view, { x, y, width, height: 1 });
    nu.set(part.nu, at);
    iterations += part.iterations;
    at += width;
    width = performance.now() - from > PART_MS ? 1 : view.width;
    await setImmediate();
    signal.throwIfAborted();
  }
  return { nu, iterations };
}
