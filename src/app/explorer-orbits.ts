/**
 * The reference orbits of the explorer, in memory: one serves all views around its point that it reaches, and is computed
 * with bits to spare, so that zooming in does not compute one at each step.
 */

import { orderFor, type Reference, type ReferenceOrder } from '../kernel/perturbation/reference.js';
import type { Store } from '../store/store.js';
import type { Formula, View } from '../view/view.js';
import { logTo } from './events.js';
import { type Orbits, orbitsAround } from './orbits.js';
import { reaches } from './references.js';
import { SharedWork } from './shared-work.js';
import type { Context } from './stage.js';

/** So many powers of two deeper than the view for which it is computed an orbit is precise enough. */
const SPARE_BITS = 64;
/** An orbit that ends with a period serves views that are so many powers of two deeper than its own: beyond, the rest that it leaves is seen. */
const PERIOD_DEEPER = 16;
/** An orbit that is so many times as long as needed is not sent to workers. */
const MOST_LONGER = 32;
/** Of a limit more iterations are computed, for looks nearby whose limit is a little larger. */
const LONGER = 1.5;

export interface OrbitsOptions {
  readonly store: Store | undefined;
  readonly mostBytes: number;
}

interface Known {
  readonly order: ReferenceOrder;
  readonly reference: Reference;
  readonly bytes: number;
}

export class ExplorerOrbits {
  /** The one that was used last comes last. */
  private readonly known = new Set<Known>();
  private readonly begun = new Set<{ readonly order: ReferenceOrder; readonly work: SharedWork<Known> }>();
  private bytes = 0;

  constructor(private readonly options: OrbitsOptions) {}

  /** One in memory that serves the view with its limit. */
  find(view: View): Reference | undefined {
    const order = orderFor(view);
    for (const one of [...this.known].reverse()) {
      if (!serves(one, view, order)) continue;
      this.known.delete(one);
      this.known.add(one);
      return one.reference;
    }
    return undefined;
  }

  /** Those around the centre of a view. */
  around(view: View, context: Context): Orbits {
    return {
      of: async (iterations) =>
        this.find({ ...view, iterations }) ?? (await this.compute({ ...view, iterations }, context)),
      // The search for a limit goes on as if orbits took no time: they are in memory, or soon are.
      nanoseconds: () => 0,
    };
  }

  private async compute(view: View, { emit, signal }: Context): Promise<Reference> {
    signal.throwIfAborted();
    const order = orderFor(view);
    const same = [...this.begun].find((one) => !one.work.isLost && willServe(one.order, view, order));
    if (same) return (await same.work.wait(signal)).reference;
    const iterations = Math.ceil(LONGER * view.iterations);
    const more = { ...order, bits: order.bits + SPARE_BITS, iterations };
    const work = new SharedWork(async (ending) => {
      const orbits = orbitsAround(view, { emit, signal: ending }, this.options.store, more);
      const reference = await orbits.of(iterations);
      logTo(
        emit,
        'info',
      )(`explorer: reference orbit of ${reference.orbit.length / 2 - 1} iterations, ${more.bits} bits`);
      return this.keep(more, reference);
    });
    const one = { order: more, work };
    this.begun.add(one);
    try {
      return (await work.wait(signal)).reference;
    } finally {
      this.begun.delete(one);
    }
  }

  private keep(order: ReferenceOrder, reference: Reference): Known {
    // Once as it is here, once as the asset of workers.
    const one = { order, reference, bytes: 2 * (reference.orbit.byteLength + reference.underflow.byteLength) };
    this.known.add(one);
    this.bytes += one.bytes;
    for (const old of this.known) {
      if (this.bytes <= this.options.mostBytes || old === one) break;
      this.known.delete(old);
      this.bytes -= old.bytes;
    }
    return one;
  }
}

/** Its last entry lies beyond the set: it is long enough for any limit, at any depth. */
function escapes({ orbit }: Reference): boolean {
  return Math.hypot(orbit.at(-2) as number, orbit.at(-1) as number) > 2;
}

function serves({ order, reference }: Known, view: View, needed: ReferenceOrder): boolean {
  if (!isAround(order, view, needed)) return false;
  const length = reference.orbit.length / 2 - 1;
  const isLong = needed.iterations <= order.iterations && length <= MOST_LONGER * needed.iterations;
  if (order.formula.julia) return isLong;
  if (escapes(reference)) return true;
  // It is shorter than its limit: it ends with a period.
  return length < order.iterations ? needed.radius >= order.radius - PERIOD_DEEPER : isLong;
}

/** Whether the orbit of an order, which is being computed, will serve a view, however it ends. */
function willServe(order: ReferenceOrder, view: View, needed: ReferenceOrder): boolean {
  const isDeep = needed.radius >= order.radius - PERIOD_DEEPER;
  return isDeep && needed.iterations <= order.iterations && isAround(order, view, needed);
}

/** Whether the orbit of an order has the formula, the place and the precision. */
function isAround(order: ReferenceOrder, view: View, needed: ReferenceOrder): boolean {
  if (order.bits < needed.bits || (needed.extended && !order.extended)) return false;
  return sameFormula(order.formula, needed.formula) && reaches(order, view);
}

export function sameFormula(a: Formula, b: Formula): boolean {
  return a.step === b.step && a.power === b.power && a.julia?.re === b.julia?.re && a.julia?.im === b.julia?.im;
}
