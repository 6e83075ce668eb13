/** Which frames of a job are iterated directly, and which are perturbed. */

import { FractalError } from '../errors.js';
import type { KernelName } from '../kernel/kernel.js';
import { depthOf, perturbedFrom, prefersPerturbation, worthProbing } from '../kernel/method.js';
import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import { requireSpacing } from '../kernel/precision.js';
import { constantChanges, depthAt, landmarks, type Request, viewAt } from '../request/request.js';
import type { View } from '../view/view.js';
import type { Orbits } from './orbits.js';
import { type Compute, perturbedProbe } from './probe.js';
import { placesOf } from './references.js';
import type { Context } from './stage.js';

/** The first and the last view of a request, and those at keyframes of a path; one of them is the deepest. */
export function endsOf(request: Request): View[] {
  return landmarks(request).map((frame) => viewAt(request, frame));
}

/** The request with the method by the precision that each depth needs. @throws FractalError VIEW_TOO_DEEP */
export function methodByDepth(request: Request): Request {
  const kernel = kernelOf(request);
  const views = request.film.path ? endsOf(request) : [deepestOf(endsOf(request))];
  const from = Math.min(...views.map((view) => perturbedFrom(view, request.method, kernel)));
  if (constantChanges(request)) return withoutOrbit(request, from);
  const chosen = { ...request, perturbedFrom: from };
  for (const view of endsOf(chosen)) if (!view.perturbed) requireSpacing(view, kernel);
  return chosen;
}

/** An orbit belongs to one constant of a Julia set. @throws FractalError VIEW_TOO_DEEP */
function withoutOrbit(request: Request, from: number): Request {
  const deep = landmarks(request).find((frame) => depthAt(request, frame) >= from);
  if (deep === undefined) return { ...request, perturbedFrom: Infinity };
  const [zoom, limit] = [depthAt(request, deep), from].map((log) => `1e${log.toFixed(1)}`);
  const way = from === -Infinity ? 'use --method auto' : `keep it below ${limit}, or the constant the same`;
  throw new FractalError(
    'VIEW_TOO_DEEP',
    `frame ${deep} has a zoom of ${zoom}, which needs an orbit of one Julia constant, and this film changes it: ${way}`,
  );
}

function kernelOf({ kernel }: Request): KernelName {
  return kernel === 'auto' ? 'simd' : kernel;
}

/**
 * Also perturbs views within the range of doubles from the depth on at which that is faster or more precise. Throws the
 * signal's reason. accepted: steps of perturbation for correct samples, as ACCEPTED_STEPS.
 */
export async function methodByCost(
  request: Request,
  direct: Compute,
  orbits: Orbits,
  { emit, signal }: Context,
  perturbed: (reference: Reference) => Compute = perturbedProbe,
  accepted?: number,
): Promise<Request> {
  const { frames } = request.film;
  // An orbit around one deep place says nothing about another one.
  if (constantChanges(request) || placesOf(endsOf(request)).length > 1) return request;
  const order = shallowestFirst(request);
  const view = (k: number) => viewAt(request, order(k));
  // If it is better for one view, it is better for all deeper ones.
  const deep = await firstOf(0, frames, async (k) => view(k).perturbed === true);
  const probed = await firstOf(0, deep, async (k) => worthProbing(view(k), request.method, kernelOf(request)));
  const better = async (k: number) => {
    signal.throwIfAborted();
    return prefersPerturbation(view(k), direct, perturbed(await orbits.of(request.iterations)), frames, accepted);
  };
  if (probed === deep || !(await better(deep - 1))) return request;
  const from = depthOf(view(await firstOf(probed, deep - 1, better)));
  const text = `perturbed from a zoom of ${(10 ** from).toPrecision(3)} on: quicker there, or doubles are too coarse`;
  emit({ kind: 'log', level: 'info', text });
  return { ...request, perturbedFrom: from };
}

/** The frames of a film in the order of their zooms. */
function shallowestFirst(request: Request): (k: number) => number {
  const { frames, path } = request.film;
  if (path) {
    const depths = Array.from({ length: frames }, (_, frame) => depthAt(request, frame));
    const order = [...depths.keys()].sort((a, b) => (depths[a] as number) - (depths[b] as number) || a - b);
    return (k) => order[k] as number;
  }
  const falls = depthAt(request, frames - 1) < depthAt(request, 0);
  return (k) => (falls ? frames - 1 - k : k);
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
