/** Which frames of a job are iterated directly, and which are perturbed. */

import type { KernelName } from '../kernel/kernel.js';
import { depthOf, perturbedFrom, prefersPerturbation, worthProbing } from '../kernel/method.js';
import { deepestOf } from '../kernel/perturbation/reference.js';
import { requireSpacing } from '../kernel/precision.js';
import { type Request, viewAt } from '../request/request.js';
import type { View } from '../view/view.js';
import type { Orbits } from './orbits.js';
import { type Compute, perturbedProbe } from './probe.js';
import type { Context } from './stage.js';

/** The first and the last view of a request; one of them is the deepest. */
export function endsOf(request: Request): View[] {
  return [viewAt(request, 0), viewAt(request, request.film.frames - 1)];
}

/** The request with the method by the precision that each depth needs. @throws FractalError VIEW_TOO_DEEP */
export function methodByDepth(request: Request): Request {
  const kernel = kernelOf(request);
  const from = perturbedFrom(deepestOf(endsOf(request)), request.method, kernel);
  const chosen = { ...request, perturbedFrom: from };
  for (const view of endsOf(chosen)) if (!view.perturbed) requireSpacing(view, kernel);
  return chosen;
}

function kernelOf({ kernel }: Request): KernelName {
  return kernel === 'auto' ? 'simd' : kernel;
}

/**
 * Also perturbs views within the range of doubles from the depth on at which that is faster or more precise. Throws the
 * signal's reason.
 */
export async function methodByCost(
  request: Request,
  direct: Compute,
  orbits: Orbits,
  { emit, signal }: Context,
): Promise<Request> {
  const { frames } = request.film;
  const [start, end] = endsOf(request).map(depthOf) as [number, number];
  /** The shallowest first. */
  const view = (k: number) => viewAt(request, end < start ? frames - 1 - k : k);
  // If it is better for one view, it is better for all deeper ones.
  const deep = await firstOf(0, frames, async (k) => view(k).perturbed === true);
  const probed = await firstOf(0, deep, async (k) => worthProbing(view(k), request.method, kernelOf(request)));
  const better = async (k: number) => {
    signal.throwIfAborted();
    return prefersPerturbation(view(k), direct, perturbedProbe(await orbits.of(request.iterations)), frames);
  };
  if (probed === deep || !(await better(deep - 1))) return request;
  const from = depthOf(view(await firstOf(probed, deep - 1, better)));
  const text = `perturbed from a zoom of ${(10 ** from).toPrecision(3)} on: quicker there, or doubles are too coarse`;
  emit({ kind: 'log', level: 'info', text });
  return { ...request, perturbedFrom: from };
}

/**
 * The first whole number of [low, high) for which `holds` is true, by bisection; `high` if there is none. It must be true for
 * all after the first.
 */
async function firstOf(low: number, high: number, holds: (k: number) => Promise<boolean>): Promise<number> {
  if (low >= high) return high;
  const middle = Math.floor((low + high) / 2);
  return (await holds(middle)) ? firstOf(low, middle, holds) : firstOf(middle + 1, high, holds);
}
