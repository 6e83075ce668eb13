/**
 * What a job needs before its first shard: how its views are iterated, the iteration limit where it was left open, and
 * the reference orbit.
 */

import { densityOf, SAME_DEPTH } from '../film/levels.js';
import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import type { Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import { type Formula, samplesPerPixel } from '../view/view.js';
import { type KeptGrid, keptGridFor } from './kept-grid.js';
import { withLimit } from './limit.js';
import { endsOf, methodByCost, methodByDepth } from './method.js';
import { orbitsAround } from './orbits.js';
import { type Compute, directProbe } from './probe.js';
import type { Context } from './stage.js';

export interface Prepared {
  /** With its method and iteration limit. */
  readonly request: Request;
  /** Where views are perturbed. */
  readonly reference: Reference | undefined;
  /** Of another film, whose keyframes are kept; absent: the request's own. */
  readonly kept?: KeptGrid;
}

export interface PrepareOptions {
  /** Where reference orbits are looked for, and kept. */
  readonly store?: Store | undefined;
  /** Called early where views of this formula will be perturbed. */
  readonly expectPerturbed?: ((formula: Formula) => void) | undefined;
}

/** @throws FractalError VIEW_TOO_DEEP, ORBIT_TOO_LONG, or the signal's reason */
export async function prepare(
  request: Request,
  context: Context,
  { store, expectPerturbed }: PrepareOptions = {},
): Promise<Prepared> {
  const kept = store && canShare(request) ? await keptGridFor(store, request) : undefined;
  if (kept) return withKept(request, kept, context, store);
  const byDepth = methodByDepth(request);
  if (endsOf(byDepth).some((view) => view.perturbed)) expectPerturbed?.(request.formula);
  const orbits = orbitsAround(deepestOf(endsOf(request)), context, store);
  const direct = once(directProbe);
  const limited = request.autoIterations ? await withLimit(byDepth, direct, orbits, context) : byDepth;
  const chosen = await methodByCost(limited, direct, orbits, context);
  const perturbed = endsOf(chosen).some((view) => view.perturbed);
  const reference = perturbed ? await orbits.of(chosen.iterations) : undefined;
  context.emit({
    kind: 'prepared',
    iterations: chosen.iterations,
    perturbedFrom: chosen.perturbedFrom ?? Infinity,
    ...(reference ? { orbitLength: reference.orbit.length / 2 } : {}),
  });
  return { request: chosen, reference };
}

function canShare({ film, kernel }: Request): boolean {
  return film.frames > 1 && film.assembly !== 'frames' && (kernel === 'auto' || kernel === 'simd');
}

/** With the limit and the orbit that samples in the store have. */
async function withKept(
  request: Request,
  kept: KeptGrid,
  context: Context,
  store: Store | undefined,
): Promise<Prepared> {
  const { iterations, grid, orbit } = kept;
  const shallower = Math.log10(densityOf(samplesPerPixel(request.sampling)) * (request.height / grid.size.height));
  const perturbedFrom = kept.perturbedFrom - shallower - SAME_DEPTH;
  const chosen = { ...request, iterations, perturbedFrom };
  const deepest = deepestOf(endsOf(chosen));
  const reference = orbit && (await orbitsAround(deepest, context, store, orbit).of(iterations));
  context.emit({ kind: 'log', level: 'info', text: 'keyframes: as dense as those of an earlier film, which are kept' });
  context.emit({
    ...{ kind: 'prepared', iterations, perturbedFrom },
    ...(reference ? { orbitLength: reference.orbit.length / 2 } : {}),
  });
  return { request: chosen, reference, kept };
}

/** Opened when it is first needed. */
function once(open: () => Compute): Compute {
  let opened: Compute | undefined;
  return (view, rect) => {
    opened ??= open();
    return opened(view, rect);
  };
}
