/** Computing a few points of a view in this thread, before a job begins: for its iteration limit, method and forecast. */

import { setImmediate } from 'node:timers/promises';
import type { Mask } from '../kernel/chunks.js';
import type { Computed } from '../kernel/kernel.js';
import { shareAside } from '../kernel/perturbation/aside.js';
import { openPerturbation, type Perturbed } from '../kernel/perturbation/kernel.js';
import type { Reference } from '../kernel/perturbation/reference.js';
import { openSimd } from '../kernel/simd.js';
import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';
import { once } from './once.js';

/** Computes a rectangle of a view, or some of its pixels. */
export type Compute = (view: View, rect: Rect, mask?: Mask) => Promise<Computed>;

/** After a part that takes longer, in milliseconds, the next one is a single sample. */
const PART_MS = 100;

/** The kernel of this thread: compiled once, for all jobs of a service. */
const kernel = once(openSimd);

/** Other work of the thread waits for a probe no longer than this, in milliseconds, and one rectangle. */
const PATIENCE_MS = 5;
/** Of this thread. */
const breather = once(() => breathing(PATIENCE_MS));
const breathe = () => breather()();

/** Lets the event loop run, unless it did a short time ago. */
function breathing(patience: number): () => Promise<void> {
  let turnAt = 0;
  return async () => {
    if (performance.now() - turnAt < patience) return;
    await setImmediate();
    turnAt = performance.now();
  };
}

/** Iterates views directly. */
export const directProbe: Compute = async (view, rect, mask) => {
  await breathe();
  return kernel().compute(view, rect, mask);
};

/** Perturbs views around this reference orbit, whose tables are built before the first of them. */
export function perturbedProbe(reference: Reference): Compute {
  const open = async () => openPerturbation(await shareAside(reference), 0);
  let opened: Promise<Perturbed> | undefined;
  /** A probe measures typical points: points that take hours are excluded. */
  const typical = latest(({ exact: _, ...view }: View): View => view);
  return async (view, rect, mask) => {
    opened ??= open();
    const compute = await opened.catch((error) => {
      // Another time there may be room.
      opened = undefined;
      throw error;
    });
    await breathe();
    return compute(typical(view), rect, undefined, mask);
  };
}

/** The same function, which keeps its latest result: one view is asked for point by point. */
function latest(of: (view: View) => View): (view: View) => View {
  let [known, made]: View[] = [];
  return (view) => {
    if (view !== known) [known, made] = [view, of(view)];
    return made as View;
  };
}

/**
 * All samples of a view of one sample a pixel, part by part; points that take long one by one. The event loop runs
 * meanwhile. Throws the signal's reason.
 */
export async function inParts(
  view: View,
  compute: Compute,
  signal: AbortSignal,
): Promise<Pick<Computed, 'nu' | 'footprint' | 'iterations'>> {
  const nu = new Float64Array(view.width * view.height);
  const footprint = view.footprint ? new Float64Array(nu.length) : undefined;
  let width = view.width;
  let iterations = 0;
  for (let at = 0; at < nu.length; ) {
    await breathe();
    signal.throwIfAborted();
    const from = performance.now();
    const [x, y] = [at % view.width, Math.floor(at / view.width)];
    width = Math.min(width, view.width - x);
    const part = await compute(view, { x, y, width, height: 1 });
    nu.set(part.nu, at);
    if (part.footprint) footprint?.set(part.footprint, at);
    iterations += part.iterations;
    at += width;
    width = performance.now() - from > PART_MS ? 1 : view.width;
  }
  return { nu, ...(footprint ? { footprint } : {}), iterations };
}
