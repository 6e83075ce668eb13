/**
 * What a job needs before its first shard: how its views are iterated, the iteration limit where it was left open, and
 * the reference orbit.
 */

import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import type { Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import type { Formula, View } from '../view/view.js';
import { withLimit } from './limit.js';
import { endsOf, methodByCost, methodByDepth } from './method.js';
import { type Orbits, orbitsAround } from './orbits.js';
import { type Compute, directProbe } from './probe.js';
import { placesOf, referenceAround } from './references.js';
import type { Context } from './stage.js';

export interface Prepared {
  /** With its method and iteration limit. */
  readonly request: Request;
  /** Around the deepest view, where views are perturbed. */
  readonly reference: Reference | undefined;
  /** That one and those around other deep places of a film. */
  readonly references: readonly Reference[];
}

/** The orbit that a view needs. */
export function referenceOf({ references }: Pick<Prepared, 'references'>, view: View): Reference | undefined {
  return view.perturbed && references.length > 0 ? referenceAround(view, references) : undefined;
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
  const orbitsOf = byPlace((place) => orbitsAround(place, context, store));
  const orbits = orbitsOf(deepestOf(endsOf(request)));
  const direct = once(directProbe);
  const limited = request.autoIterations ? await withLimit(byDepth, direct, orbitsOf, context) : byDepth;
  const chosen = await methodByCost(limited, direct, orbits, context);
  const [deepest, ...others] = placesOf(endsOf(chosen).filter((view) => view.perturbed));
  const reference = deepest ? await orbits.of(chosen.iterations) : undefined;
  const references = reference ? [reference] : [];
  for (const place of others) references.push(await orbitsOf(place).of(chosen.iterations));
  context.emit({
    kind: 'prepared',
    iterations: chosen.iterations,
    perturbedFrom: chosen.perturbedFrom ?? Infinity,
    ...(reference ? { orbitLength: reference.orbit.length / 2 } : {}),
  });
  return { request: chosen, reference, references };
}

/** The same for views of the same place. */
function byPlace(make: (place: View) => Orbits): (place: View) => Orbits {
  const known = new Map<string, Orbits>();
  return (place) => {
    const name = `${place.re} ${place.im} ${place.zoom}`;
    const orbits = known.get(name) ?? make(place);
    known.set(name, orbits);
    return orbits;
  };
}

/** Opened when it is first needed. */
function once(open: () => Compute): Compute {
  let opened: Compute | undefined;
  return (view, rect) => {
    opened ??= open();
    return opened(view, rect);
  };
}
