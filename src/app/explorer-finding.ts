/**
 * What a picture of the explorer leaves open: iteration limit, method and reference orbit, as a still of it has them
 * (prepare.ts), but for orbits, which views nearby share.
 */

import { ACCEPTED_STEPS } from '../kernel/method.js';
import type { Reference } from '../kernel/perturbation/reference.js';
import { depthOf, iterationsAt, type Request, viewAt } from '../request/request.js';
import type { View } from '../view/view.js';
import type { ExplorerOrbits } from './explorer-orbits.js';
import { sameFormula } from './explorer-orbits.js';
import { limitAt } from './limit.js';
import { methodByCost, methodByDepth } from './method.js';
import { type Compute, directProbe } from './probe.js';
import type { Context } from './stage.js';

export interface Found {
  /** With its limit and its method. */
  readonly request: Request;
  readonly view: View;
  /** Where views are perturbed. */
  readonly reference: Reference | undefined;
}

export interface Finding {
  readonly orbits: ExplorerOrbits;
  /** Computes points around a reference orbit; the same for the same orbit. */
  readonly perturbed: (reference: Reference) => Compute;
}

/** With a larger limit the search for the quicker method would take longer than it saves. */
const MOST_PROBED = 200_000;
/** Steps of perturbation that are accepted for correct samples: a twentieth of those of a still, which is not waited for at each move. */
const ACCEPTED = ACCEPTED_STEPS / 20;
/** While no point escapes, limits up to so many times that of most views of the depth are tried. */
const MOST_TIMES = 64;

/** @throws FractalError VIEW_TOO_DEEP, ORBIT_TOO_LONG, or the signal's reason */
export async function find(request: Request, { orbits, perturbed }: Finding, context: Context): Promise<Found> {
  const byDepth = methodByDepth(request);
  const place = viewAt(byDepth, 0);
  const around = orbits.around(place, context);
  const how = { direct: directProbe, perturbed, orbits: around, most: MOST_TIMES * request.iterations };
  const limit = request.autoIterations
    ? await limitAt(place, request.iterations, how, context)
    : { iterations: request.iterations, undecided: 0 };
  const limited = { ...byDepth, iterations: limit.iterations };
  // Where all points are interior, no method is quicker than the proofs of direct iteration.
  const isProbed = limit.iterations <= MOST_PROBED && limit.undecided < 1;
  const chosen = isProbed ? await methodByCost(limited, directProbe, around, context, perturbed, ACCEPTED) : limited;
  const view = viewAt(chosen, 0);
  const reference = view.perturbed ? await around.of(view.iterations) : undefined;
  return { request: chosen, view, reference };
}

/**
 * The same at once, with the limit of a picture nearby. undefined: that one is of another formula, or there is no orbit that
 * serves this one. @throws FractalError VIEW_TOO_DEEP
 */
export function findNear(request: Request, other: Found, orbits: ExplorerOrbits): Found | undefined {
  if (!isAlike(request, other.request)) return undefined;
  const limited = { ...methodByDepth(request), iterations: limitNear(request, other.request) };
  const byDepth = viewAt(limited, 0);
  const chosen = other.view.perturbed && request.method === 'auto' ? { ...limited, perturbedFrom: -Infinity } : limited;
  for (const one of chosen === limited ? [limited] : [chosen, limited]) {
    const view = viewAt(one, 0);
    const reference = view.perturbed ? orbits.find(view) : undefined;
    if (!view.perturbed || reference) return { request: one, view, reference };
    if (byDepth.perturbed) return undefined;
  }
  return undefined;
}

/** Whether samples of one are those of the other, apart from the place and the limit. */
function isAlike(a: Request, b: Request): boolean {
  const same = a.bailout === b.bailout && a.count === b.count && a.exact === b.exact && a.method === b.method;
  return same && a.autoIterations === b.autoIterations && sameFormula(a.formula, b.formula);
}

/** Deeper views need more. */
function limitNear(request: Request, other: Request): number {
  if (!request.autoIterations) return request.iterations;
  const growth = iterationsAt(depthOf(request.zoom)) / iterationsAt(depthOf(other.zoom));
  return Math.ceil(other.iterations * Math.max(1, growth));
}
