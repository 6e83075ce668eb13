/** Computing a few points of a view in this thread, before a job begins: for its iteration limit, method and outlook. */

import { setImmediate } from 'node:timers/promises';
import type { Computed } from '../kernel/kernel.js';
import { openPerturbation, shareReference } from '../kernel/perturbation/kernel.js';
import type { Reference } from '../kernel/perturbation/reference.js';
import { openSimd } from '../kernel/simd.js';
import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';

/** Computes a rectangle of a view. */
export type Compute = (view: View, rect: Rect) => Promise<Computed>;

/** A piece that takes longer makes the next one small. */
const PIECE_MS = 100;

/** Iterates views directly. */
export function directProbe(): Compute {
  const kernel = openSimd();
  return (view, rect) => kernel.compute(view, rect);
}

/** Perturbs views around this reference orbit. */
export function perturbedProbe(reference: Reference): Compute {
  const compute = openPerturbation(shareReference(reference, 1), 0);
  // A probe looks at what is typical: points that take hours are not.
  return async ({ exact: _, ...view }, rect) => compute(view, rect);
}

/**
 * All samples of a view, piece by piece; points that take long one by one. Between pieces other work of this thread has
 * its turn. Throws the signal's reason.
 */
export async function inPieces(
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
    const piece = await compute(view, { x, y, width, height: 1 });
    nu.set(piece.nu, at);
    iterations += piece.iterations;
    at += width;
    width = performance.now() - from > PIECE_MS ? 1 : view.width;
    await setImmediate();
    signal.throwIfAborted();
  }
  return { nu, iterations };
}
