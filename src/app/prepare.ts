/**
 * What a job needs before its first shard: how its views are iterated, the iteration limit where it was left open, and
 * the reference orbit.
 */

import { densityOf, SAME_DEPTH } from '../film/levels.js';
import { deepestOf, type Reference } from '../kernel/perturbation/reference.js';
import { formulaChanges, type Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import { type Formula, samplesPerPixel, type View } from '../view/view.js';
import { withColours } from './auto-colours.js';
import { type KeptGrid, keptGridFor } from './kept-grid.js';
import { withLimit } from './limit.js';
import { endsOf, methodByCost, methodByDepth } from './method.js';
import { type Orbits, orbitsAround } from './orbits.js';
import { directProbe } from './probe.js';
import { probesAround } from './probes.js';
import { placesOf, referenceFor } from './references.js';
import type { Context } from './stage.js';

export interface Prepared {
  /** With its method, its iteration limit, and its colours if they were left open. */
  readonly request: Request;
  /** Around the deepest view, where views are perturbed. */
  readonly reference: Reference | undefined;
  /** That one and those around other deep places of a film. */
  readonly references: readonly Reference[];
  /** Of another film, whose keyframes are kept; absent: the request's own. */
  readonly kept?: KeptGrid;
}

/** The orbit that a view needs. */
export function referenceOf({ references }: Pick<Prepared, 'references'>, view: View): Reference | undefined {
  return referenceFor(view, references);
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
  const orbitsOf = byPlace((place) => orbitsAround(place, context, store));
  const orbits = orbitsOf(deepestOf(endsOf(request)));
  const limited = request.autoIterations ? await withLimit(byDepth, directProbe, orbitsOf, context) : byDepth;
  const chosen = await methodByCost(limited, directProbe, orbits, context);
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
  return { request: await coloured(chosen, references, context), reference, references };
}

function coloured(request: Request, references: readonly Reference[], context: Context): Promise<Request> {
  return withColours(request, probesAround(references), context);
}

/** Whether a film takes over the grid of another one: not if it has several orbits. */
function canShare(request: Request): boolean {
  const { film, kernel } = request;
  if (film.frames < 2 || film.assembly === 'frames' || (kernel !== 'auto' && kernel !== 'simd')) return false;
  return !formulaChanges(request) && placesOf(endsOf(request)).length === 1;
}

/** With the limit and the orbit that samples in the store have. */
async function withKept(
  request: Request,
  kept: KeptGrid,
  context: Context,
  store: Store | undefined,
): Promise<Prepared> {
  const { iterations, grid, orbit } = kept;
  const round = grid.round || request.film.anyRotation;
  const shallower = Math.log10(densityOf(samplesPerPixel(request.sampling)) * (request.height / grid.size.height));
  const perturbedFrom = kept.perturbedFrom - shallower - SAME_DEPTH;
  const chosen = { ...request, iterations, perturbedFrom };
  const deepest = deepestOf(endsOf(chosen));
  const reference = orbit && (await orbitsAround(deepest, context, store, orbit).of(iterations));
  context.emit({
    kind: 'log',
    level: 'info',
    text: 'keyframes: at the zooms of those that the store has of this place',
  });
  context.emit({
    ...{ kind: 'prepared', iterations, perturbedFrom },
    ...(reference ? { orbitLength: reference.orbit.length / 2 } : {}),
  });
  const references = reference ? [reference] : [];
  return {
    ...{ request: await coloured(chosen, references, context), reference, references },
    kept: { ...kept, grid: { ...grid, round } },
  };
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
