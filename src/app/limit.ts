/** The iteration limit of a job that leaves it open, by a coarse grid of its deepest view, at each place that a film goes to. */

import { FractalError } from '../errors.js';
import { findLimit, type Limit } from '../kernel/limit.js';
import { STEP_ITERATIONS } from '../kernel/method.js';
import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import type { Request } from '../request/request.js';
import { MAX_ITERATIONS } from '../view/bounds.js';
import type { View } from '../view/view.js';
import { logTo } from './events.js';
import { endsOf } from './method.js';
import type { Orbits } from './orbits.js';
import { type Compute, inParts, perturbedProbe } from './probe.js';
import { placesOf } from './references.js';
import type { Context } from './stage.js';

/** Between two lines about the limit that is being tried. */
const REPORT_MS = 2_000;

/** What an iteration of the direct kernel takes. */
const DIRECT_NANOSECONDS = 0.5;

/** log10 of the heights of a view within which its points have about the iteration counts of a deeper view. */
const IN_VIEW_LOG10 = 0;

/** A warning does not suggest a larger --iters than this. */
const MOST_ADVISED = 1e8;

/**
 * The request with its iteration limit. `orbitsOf`: those around a place.
 * @throws FractalError ORBIT_TOO_LONG, or the signal's reason
 */
export async function withLimit(
  request: Request,
  direct: Compute,
  orbitsOf: (place: View) => Orbits,
  context: Context,
): Promise<Request> {
  let iterations = 1;
  const views = endsOf(request);
  for (const place of request.film.path ? placesOf(views, IN_VIEW_LOG10) : [deepestOf(views)]) {
    const how = { direct, perturbed: perturbedProbe, orbits: orbitsOf(place), most: MAX_ITERATIONS };
    const limit = await limitAt(place, request.iterations, how, context);
    iterations = Math.max(iterations, limit.iterations);
  }
  return { ...request, iterations };
}

export interface LimitSearch {
  readonly direct: Compute;
  /** Computes views around an orbit. */
  readonly perturbed: (reference: Reference) => Compute;
  readonly orbits: Orbits;
  /** The largest limit that is tried. */
  readonly most: number;
}

/** The limit of a place. `first`: one that suits most views of its depth. @throws FractalError ORBIT_TOO_LONG, or the signal's reason */
export async function limitAt(
  place: View,
  first: number,
  { direct, perturbed, orbits, most }: LimitSearch,
  { emit, signal }: Context,
): Promise<Limit> {
  const note = logTo(emit, 'info');
  let reportedAt = performance.now();
  const compute = async (view: View) => {
    if (performance.now() - reportedAt > REPORT_MS) {
      reportedAt = performance.now();
      note(`iteration limit: trying ${view.iterations}`);
    }
    const probe = view.perturbed ? await perturbedAt(view.iterations, orbits, perturbed) : direct;
    if (!probe) return undefined;
    const trial = await inParts(view, probe, signal);
    const steps = trial.iterations * DIRECT_NANOSECONDS * (view.perturbed ? STEP_ITERATIONS : 1);
    return { nu: trial.nu, nanoseconds: steps + (view.perturbed ? orbits.nanoseconds() : 0) };
  };
  const limit = await findLimit(place, first, most, compute);
  const { iterations, undecided, tried } = limit;
  if (undecided === 1) emit({ kind: 'log', level: 'warn', always: true, text: interiorWarning(tried) });
  else note(`iteration limit: ${iterations}, ${(undecided * 100).toFixed(1)} % of a coarse grid undecided`);
  return limit;
}

/** undefined for an orbit that exceeds the memory bound. */
async function perturbedAt(
  iterations: number,
  orbits: Orbits,
  perturbed: LimitSearch['perturbed'],
): Promise<Compute | undefined> {
  try {
    return perturbed(await orbits.of(iterations));
  } catch (error) {
    if (error instanceof FractalError && error.code === 'ORBIT_TOO_LONG') return undefined;
    throw error;
  }
}

function interiorWarning(tried: number): string {
  const edge = 'move the centre to the edge of the set';
  const way = tried < MOST_ADVISED ? `give --iters a larger number, or ${edge}` : edge;
  const most = tried < MOST_ADVISED ? tried : tried.toExponential(1);
  return `no point of a coarse grid escapes within ${most} iterations, all of the picture may be interior: ${way}`;
}
