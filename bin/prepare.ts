/** What a job needs before anybody computes: the iteration limit, if it was left open, and the reference orbit. */

import { settleLimit } from '../src/kernel/limit.js';
import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import {
  computeReference,
  deepestOf,
  orderForAll,
  type Reference,
  type ReferenceOrder,
} from '../src/kernel/perturbation/reference.js';
import { openSimd } from '../src/kernel/simd.js';
import { type Request, viewAt } from '../src/request.js';
import { keepOrbit, type Orbit, orbitKey, recallOrbit } from '../src/store/orbits.js';
import type { Store } from '../src/store/store.js';
import { MAX_ITERATIONS } from '../src/view/bounds.js';
import type { View } from '../src/view/view.js';

export interface Prepared {
  /** With a limit that is settled. */
  readonly request: Request;
  /** Where views lie too deep to be iterated directly. */
  readonly reference: Reference | undefined;
}

/** Between two lines about the reference orbit. */
const TELL_MS = 2_000;

/** An orbit that took less is computed again rather than kept. */
const KEPT_SECONDS = 0.1;

/** `store`: where orbits are found again. @throws FractalError VIEW_TOO_DEEP, or the signal's reason */
export async function prepare(
  request: Request,
  signal: AbortSignal,
  note: (text: string) => void,
  store?: Store,
): Promise<Prepared> {
  const kernel = request.kernel === 'auto' ? 'simd' : request.kernel;
  // The deepest view is at one end of the path.
  const ends = [viewAt(request, 0), viewAt(request, request.film.frames - 1)];
  let reference: Reference | undefined;
  let reach = 0;
  const referenceFor = async (iterations: number) => {
    const views = ends.map((view) => ({ ...view, iterations }));
    const order = orderForAll(views, kernel);
    // One that escaped does for any limit.
    if (!order || (reference && (iterations <= reach || reference.orbit.length / 2 - 1 < reach))) return reference;
    reach = iterations;
    reference = await orbitOf(order, signal, note, store);
    return reference;
  };
  if (!request.autoIterations) return { request, reference: await referenceFor(request.iterations) };

  const direct = openSimd();
  const nuOf = async (view: View) => {
    const orbit = await referenceFor(view.iterations);
    const whole = { x: 0, y: 0, width: view.width, height: view.height };
    if (!orbit) return (await direct.compute(view, whole)).nu;
    return openPerturbation(shareReference(orbit, 1), 0)(view, whole).nu;
  };
  const { iterations, undecided } = await settleLimit(deepestOf(ends), request.iterations, MAX_ITERATIONS, nuOf);
  note(`iteration limit: ${iterations}, ${(undecided * 100).toFixed(1)} % of a coarse grid undecided`);
  return { request: { ...request, iterations }, reference: await referenceFor(iterations) };
}

async function orbitOf(
  order: ReferenceOrder,
  signal: AbortSignal,
  note: (text: string) => void,
  store: Store | undefined,
): Promise<Reference> {
  const key = orbitKey(order);
  const found = store && (await recallOrbit(store, key));
  if (found) {
    const { formula, re, im, deep } = order;
    const { orbit, tiny, start } = found;
    note(`reference orbit: ${lengthOf(found)}, from the store`);
    return { formula, re, im, orbit, tiny, start, deep };
  }
  const from = performance.now();
  let told = from;
  const { period, ...reference } = await computeReference(order, signal, (done) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    note(`reference orbit: ${done} of at most ${order.iterations} iterations`);
  });
  const seconds = (performance.now() - from) / 1000;
  note(`reference orbit: ${lengthOf({ ...reference, period })}, ${order.bits} bits, ${seconds.toFixed(2)} s`);
  if (store && seconds > KEPT_SECONDS) keepOrbit(store, key, { ...reference, period });
  return reference;
}

function lengthOf({ orbit, period }: Pick<Orbit, 'orbit' | 'period'>): string {
  return period === undefined ? `${orbit.length / 2 - 1} iterations` : `period ${period}`;
}
