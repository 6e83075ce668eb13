/**
 * What a job needs before its first shard: how its views are iterated, the iteration limit where it was left open, and
 * the reference orbit.
 */

import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import type { Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import type { Formula } from '../view/view.js';
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

/** Opened when it is first needed. */
function once(open: () => Compute): Compute {
  let opened: Compute | undefined;
  return (view, rect) => {
    opened ??= open();
    return opened(view, rect);
  };
}
