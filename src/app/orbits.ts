/** The reference orbit of a job: taken from the store, or computed when it is first needed. */

import { computeReference, orderFor, type Reference, type ReferenceOrder } from '../kernel/perturbation/reference.js';
import { nanosecondsAt } from '../kernel/perturbation/walker.js';
import { keepOrbit, type Orbit, orbitKey, recallOrbit } from '../store/orbits.js';
import type { Store } from '../store/store.js';
import type { View } from '../view/view.js';
import { logTo } from './events.js';
import type { Context } from './stage.js';

export interface Orbits {
  /** An orbit long enough for this iteration limit. @throws FractalError ORBIT_TOO_LONG, or the signal's reason */
  of(iterations: number): Promise<Reference>;
  /** Estimated nanoseconds for computing the last one, by its length and precision. */
  nanoseconds(): number;
}

/** An orbit that took less is not worth a line. */
const REPORTED_SECONDS = 0.1;
/** Between two lines about an orbit that is being computed. */
const REPORT_MS = 2_000;

/** An orbit longer than this multiple of the limit is not sent to workers after a search for the limit. */
const MOST_REACH = 32;

/**
 * An orbit with a smaller estimate is computed again rather than kept; an estimate by length and precision, not a measured
 * time.
 */
const KEPT_NANOSECONDS = 1e8;

/**
 * Orbits for the views around the deepest one; `store`: where they are looked for and kept. `as`: with the precision of
 * another one.
 */
export function orbitsAround(
  deepest: View,
  context: Context,
  store: Store | undefined,
  as: Partial<ReferenceOrder> = {},
): Orbits {
  let reference: Reference | undefined;
  let reach = 0;
  let cost = 0;
  return {
    async of(iterations) {
      // An orbit that escaped, or is periodic, is long enough for any limit.
      if (reference && reference.orbit.length / 2 - 1 < reach) return reference;
      if (reference && iterations <= reach && reach <= MOST_REACH * iterations) return reference;
      const order = { ...orderFor({ ...deepest, iterations }), ...as };
      reference = await orbitOf(order, context, store);
      reach = iterations;
      cost = nanosecondsOf(reference, order);
      return reference;
    },
    nanoseconds: () => cost,
  };
}

async function orbitOf(order: ReferenceOrder, { emit, signal }: Context, store: Store | undefined): Promise<Reference> {
  const note = logTo(emit, 'info');
  const key = store && orbitKey(order);
  const found = key && (await recallOrbit(store, key));
  if (found) {
    const { formula, re, im, extended } = order;
    const { orbit, underflow, start } = found;
    note(`reference orbit: ${lengthOf(found)}, from the store`);
    return { formula, re, im, orbit, underflow, start, extended };
  }
  const from = performance.now();
  let reportedAt = from;
  const { period, ...reference } = await computeReference(order, signal, (done) => {
    if (performance.now() - reportedAt < REPORT_MS) return;
    reportedAt = performance.now();
    note(`reference orbit: ${done} of at most ${order.iterations} iterations`);
  });
  const seconds = (performance.now() - from) / 1000;
  if (seconds >= REPORTED_SECONDS) {
    note(`reference orbit: ${lengthOf({ ...reference, period })}, ${order.bits} bits, ${seconds.toFixed(1)} s`);
  }
  if (key && nanosecondsOf(reference, order) > KEPT_NANOSECONDS) keepOrbit(store, key, { ...reference, period });
  return reference;
}

function nanosecondsOf({ orbit }: Pick<Reference, 'orbit'>, { bits, formula }: ReferenceOrder): number {
  return (orbit.length / 2) * nanosecondsAt(bits, formula.power);
}

function lengthOf({ orbit, period }: Pick<Orbit, 'orbit' | 'period'>): string {
  return period === undefined ? `${orbit.length / 2 - 1} iterations` : `period ${period}`;
}
