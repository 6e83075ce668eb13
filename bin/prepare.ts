/**
 * What a job needs before anybody computes: how its views are iterated, the iteration limit, if it was left open, and
 * the reference orbit.
 */

import { setImmediate } from 'node:timers/promises';
import { FractalError } from '../src/errors.js';
import type { Computed, Kernel, KernelName } from '../src/kernel/kernel.js';
import { settleLimit } from '../src/kernel/limit.js';
import { depthOf, perturbedFrom, prefersPerturbation, STEP_ITERATIONS, worthProbing } from '../src/kernel/method.js';
import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import {
  computeReference,
  deepestOf,
  orderFor,
  type Reference,
  type ReferenceOrder,
} from '../src/kernel/perturbation/reference.js';
import { nanosecondsAt } from '../src/kernel/perturbation/walker.js';
import { requireSpacing } from '../src/kernel/precision.js';
import { openSimd } from '../src/kernel/simd.js';
import { type Request, viewAt } from '../src/request.js';
import type { Rect } from '../src/shard/shard.js';
import { keepOrbit, type Orbit, orbitKey, recallOrbit } from '../src/store/orbits.js';
import type { Store } from '../src/store/store.js';
import { MAX_ITERATIONS } from '../src/view/bounds.js';
import type { Formula, View } from '../src/view/view.js';
import type { Progress } from './progress.js';

export interface Prepared {
  /** With method and limit settled. */
  readonly request: Request;
  /** Where views are perturbed. */
  readonly reference: Reference | undefined;
}

/** Lines for the user, as in progress.ts. */
export type Voice = Pick<Progress, 'note' | 'warnAlways'>;

/** Between two lines about the reference orbit. */
const TELL_MS = 2_000;

/** What an iteration of the direct kernel takes. */
const DIRECT_NANOSECONDS = 0.5;

/** A larger --iters is no advice. */
const MOST_ADVISED = 1e8;
/** An orbit that goes on for more times the limit, after a search for one, is not sent to workers. */
const MOST_REACH = 32;

/** A piece of a probe that takes longer makes the next one small. */
const PIECE_MS = 100;

/** An orbit that takes less is computed again rather than kept: by its length and precision, not by a clock. */
const KEPT_NANOSECONDS = 1e8;

/**
 * `store`: where orbits are found again; `expect`: told early that views of this formula will be perturbed.
 * @throws FractalError VIEW_TOO_DEEP, ORBIT_TOO_LONG, or the signal's reason
 */
export async function prepare(
  request: Request,
  signal: AbortSignal,
  screen: Voice,
  store?: Store,
  expect: (perturbed: Formula) => void = () => undefined,
): Promise<Prepared> {
  const { note } = screen;
  const settled = byDepth(request);
  if (endsOf(settled).some((view) => view.perturbed)) expect(request.formula);
  const orbits = orbitsAround(deepestOf(endsOf(request)), (order) => orbitOf(order, signal, note, store));
  const limited = request.autoIterations ? await withLimit(settled, orbits, signal, screen) : settled;
  const chosen = await withMethod(limited, orbits, note);
  const perturbed = endsOf(chosen).some((view) => view.perturbed);
  return { request: chosen, reference: perturbed ? await orbits.of(chosen.iterations) : undefined };
}

/** The method by the precision that each depth needs. @throws FractalError VIEW_TOO_DEEP */
export function byDepth(request: Request): Request {
  const kernel = kernelOf(request);
  const from = perturbedFrom(deepestOf(endsOf(request)), request.method, kernel);
  const settled = { ...request, perturbedFrom: from };
  for (const view of endsOf(settled)) if (!view.perturbed) requireSpacing(view, kernel);
  return settled;
}

/** The first and the last view; the deepest is one of them. */
function endsOf(request: Request): View[] {
  return [viewAt(request, 0), viewAt(request, request.film.frames - 1)];
}

function kernelOf({ kernel }: Request): KernelName {
  return kernel === 'auto' ? 'simd' : kernel;
}

/** The iteration limit by a coarse grid of the deepest view. */
async function withLimit(
  request: Request,
  orbits: Orbits,
  signal: AbortSignal,
  { note, warnAlways }: Voice,
): Promise<Request> {
  const deepest = deepestOf(endsOf(request));
  let saidAt = performance.now();
  const compute = async (view: View) => {
    if (performance.now() - saidAt > TELL_MS) {
      saidAt = performance.now();
      note(`iteration limit: trying ${view.iterations}`);
    }
    const perturbed = view.perturbed ? await perturbation(view.iterations, orbits).catch(unlessTooLong) : direct;
    if (!perturbed) return undefined;
    const trial = await inPieces(view, perturbed, signal);
    const steps = trial.iterations * DIRECT_NANOSECONDS * (view.perturbed ? STEP_ITERATIONS : 1);
    return { nu: trial.nu, nanoseconds: steps + (view.perturbed ? orbits.nanoseconds() : 0) };
  };
  const { iterations, undecided, tried } = await settleLimit(deepest, request.iterations, MAX_ITERATIONS, compute);
  if (undecided === 1) {
    const edge = 'move the centre to the edge of the set';
    const way = tried < MOST_ADVISED ? `give --iters a larger number, or ${edge}` : edge;
    const most = tried < MOST_ADVISED ? tried : tried.toExponential(1);
    warnAlways(
      `no point of a coarse grid escapes within ${most} iterations, all of the picture may be interior: ${way}`,
    );
  } else note(`iteration limit: ${iterations}, ${(undecided * 100).toFixed(1)} % of a coarse grid undecided`);
  return { ...request, iterations };
}

/** undefined for an orbit that outgrows memory. */
function unlessTooLong(error: unknown): undefined {
  if (!(error instanceof FractalError && error.code === 'ORBIT_TOO_LONG')) throw error;
}

/** All samples, piece by piece, between which a signal is heard; points that take their time one by one. */
export async function inPieces(
  view: View,
  compute: (view: View, rect: Rect) => Promise<Computed>,
  signal: AbortSignal,
): Promise<Omit<Computed, 'distance'>> {
  const nu = new Float64Array(view.width * view.height);
  let width = view.width;
  let iterations = 0;
  for (let at = 0; at < nu.length; ) {
    const from = performance.now();
    const [x, y] = [at % view.width, Math.floor(at / view.width)];
    width = Math.min(width, view.width - x);
    const piece = await compute(view, { x, y, width, height: 1 });
    nu.set(piece.nu, at);
    iterations += piece.iterations;
    at += width;
    width = performance.now() - from > PIECE_MS ? 1 : view.width;
    await setImmediate();
    signal.throwIfAborted();
  }
  return { nu, iterations };
}

/** Perturbs the deeper ones of the views that doubles reach, as far as that is better. */
async function withMethod(request: Request, orbits: Orbits, note: (text: string) => void): Promise<Request> {
  const { frames } = request.film;
  const [start, end] = endsOf(request).map(depthOf) as [number, number];
  /** The shallowest first. */
  const view = (k: number) => viewAt(request, end < start ? frames - 1 - k : k);
  // What holds for a view holds for deeper ones, each time.
  const deep = await firstOf(0, frames, async (k) => view(k).perturbed === true);
  const probed = await firstOf(0, deep, async (k) => worthProbing(view(k), request.method, kernelOf(request)));
  const better = async (k: number) =>
    prefersPerturbation(view(k), direct, await perturbation(request.iterations, orbits), frames);
  if (probed === deep || !(await better(deep - 1))) return request;
  const from = depthOf(view(await firstOf(probed, deep - 1, better)));
  note(`perturbed from a zoom of ${(10 ** from).toPrecision(3)} on: quicker there, or doubles are too coarse`);
  return { ...request, perturbedFrom: from };
}

/** The first whole number of [low, high) that it holds for, by halves, as it does for all after that; or high. */
async function firstOf(low: number, high: number, holds: (k: number) => Promise<boolean>): Promise<number> {
  if (low >= high) return high;
  const middle = Math.floor((low + high) / 2);
  return (await holds(middle)) ? firstOf(low, middle, holds) : firstOf(middle + 1, high, holds);
}

/** In this process. */
const direct = async (view: View, rect: Rect): Promise<Computed> => {
  kernel ??= openSimd();
  return kernel.compute(view, rect);
};
let kernel: Kernel | undefined;

async function perturbation(
  iterations: number,
  orbits: Orbits,
): Promise<(view: View, rect: Rect) => Promise<Computed>> {
  const compute = openPerturbation(shareReference(await orbits.of(iterations), 1), 0);
  // A probe looks at what is typical: points that take hours are none of it.
  return async ({ exact: _, ...view }, rect) => compute(view, rect);
}

/** The reference orbit of a job, computed when it is first asked for, and again when a limit is beyond its end. */
interface Orbits {
  of(iterations: number): Promise<Reference>;
  /** What computing the last one took, by its length and precision. */
  nanoseconds(): number;
}

function orbitsAround(deepest: View, compute: (order: ReferenceOrder) => Promise<Reference>): Orbits {
  let reference: Reference | undefined;
  let reach = 0;
  let cost = 0;
  return {
    async of(iterations) {
      // One that escaped, or closed its period, does for any limit.
      if (reference && reference.orbit.length / 2 - 1 < reach) return reference;
      if (reference && iterations <= reach && reach <= MOST_REACH * iterations) return reference;
      const order = orderFor({ ...deepest, iterations });
      reference = await compute(order);
      reach = iterations;
      cost = nanosecondsOf(reference, order);
      return reference;
    },
    nanoseconds: () => cost,
  };
}

async function orbitOf(
  order: ReferenceOrder,
  signal: AbortSignal,
  note: (text: string) => void,
  store: Store | undefined,
): Promise<Reference> {
  const key = store && orbitKey(order);
  const found = key && (await recallOrbit(store, key));
  if (found) {
    const { formula, re, im, extended } = order;
    const { orbit, underflow, start } = found;
    note(`reference orbit: ${lengthOf(found)}, from the store`);
    return { formula, re, im, orbit, underflow, start, extended };
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
  if (key && nanosecondsOf(reference, order) > KEPT_NANOSECONDS) keepOrbit(store, key, { ...reference, period });
  return reference;
}

function nanosecondsOf({ orbit }: Pick<Reference, 'orbit'>, { bits, formula }: ReferenceOrder): number {
  return (orbit.length / 2) * nanosecondsAt(bits, formula.power);
}

function lengthOf({ orbit, period }: Pick<Orbit, 'orbit' | 'period'>): string {
  return period === undefined ? `${orbit.length / 2 - 1} iterations` : `period ${period}`;
}
