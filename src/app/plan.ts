/** `--dry-run`: which worker would compute what, and about how long; nothing is dialled or rendered. */

import { addressText } from '../cluster/transport.js';
import type { Mask } from '../kernel/chunks.js';
import type { Computed } from '../kernel/kernel.js';
import { openKernel } from '../kernel/open.js';
import { openPerturbation, shareReference } from '../kernel/perturbation/kernel.js';
import { deepestOf, iterateReference, orderFor, type ReferenceOrder } from '../kernel/perturbation/reference.js';
import { compileSimd } from '../kernel/simd.js';
import { PLAIN } from '../render/quantise.js';
import type { Request } from '../request/request.js';
import type { Rect } from '../shard/shard.js';
import { cutter } from '../shard/split.js';
import type { View } from '../view/view.js';
import { adaptiveNeed, type Need } from './adaptive-need.js';
import type { AssembleOn } from './assembly-place.js';
import { logTo } from './events.js';
import { evenly } from './frames.js';
import type { StoreOptions } from './kept-place.js';
import { withFittingKernel } from './kernel-choice.js';
import { endsOf, methodByDepth } from './method.js';
import { type Picture, paintOf, pictureOf } from './picture.js';
import type { Context } from './stage.js';
import { requestWarnings } from './warnings.js';
import { type Ways, waysOf } from './ways.js';
import type { WorkerSource } from './worker-source.js';

export interface Plan {
  /** Workers in this process; 0: others. */
  readonly local: number;
  /** Where the others come from, as text. */
  readonly source: string;
  /** In the order of their ranks. `slots` 0: the worker decides. */
  readonly workers: readonly { readonly address: string; readonly slots: number }[];
  /** At least: a worker that decides itself counts as one. */
  readonly slots: number;
  readonly request: Request;
  readonly perPixel: number;
  /** Samples that are computed. */
  readonly samples: number;
  /** Of a film: how its frames are made. */
  readonly ways?: Ways;
  /** Shards of a frame; undefined: their size is decided while they are computed. */
  readonly shards: number | undefined;
  readonly cost: Cost;
}

export interface Cost {
  /** At most so many iterations; absent: none is needed. */
  readonly orbit?: { readonly iterations: number; readonly seconds: number };
  /** Of all samples on one slot of this machine; absent: unknown until the orbit is computed. */
  readonly computing?: { readonly iterations: number; readonly seconds: number };
}

/** Pixels of the picture that are computed to estimate the rest, along the longer side. */
const PROBE_SIDE = 96;
/** Of a film, so many frames. */
const PROBED_FRAMES = 5;
/** A reference orbit that takes longer is not computed for an estimate. */
const MOST_SECONDS = 20;
/** Of a trial that shows how fast its iterations are. */
const TRIAL_SECONDS = 0.05;
const TRIALS = 3;

type Compute = (view: View, rect: Rect, mask?: Mask) => Promise<Computed>;

export interface PlanOrder {
  readonly request: Request;
  /** Warnings about how the request was read. */
  readonly notes: readonly string[];
  readonly cluster: { readonly strict: boolean; readonly assembleOn: AssembleOn };
  readonly store: StoreOptions;
}

/** @throws FractalError VIEW_TOO_DEEP, or the signal's reason */
export async function plan(
  order: PlanOrder,
  { targets, local, source }: Pick<WorkerSource, 'targets' | 'local' | 'source'>,
  { emit, signal }: Context,
): Promise<Plan> {
  const warn = logTo(emit, 'warn');
  const fitting = withFittingKernel(order.request, { strict: order.cluster.strict, warn });
  for (const text of requestWarnings(fitting, order.notes)) warn(text);
  const request = methodByDepth(fitting);
  const picture = pictureOf(request, undefined);
  const slots = targets.reduce((sum, target) => sum + Math.max(1, target.slots), 0);
  const { assembleOn } = order.cluster;
  const place = { assembleOn, slots: local > 0 ? 0 : slots };
  const { store } = order;
  const ways = request.film.frames > 1 ? await waysOf(request, picture, { store, place, signal }) : undefined;
  const pixels = picture.width * picture.height;
  const { need, cost } = await costOf(request, picture, ways?.chosen.samples ?? pixels * picture.perPixel, signal);
  const perPixel = need?.samples ?? picture.perPixel;
  const samples = ways?.chosen.samples ?? Math.round(pixels * perPixel);
  return {
    local,
    source,
    workers: targets.map(({ address, slots }) => ({ address: addressText(address), slots })),
    slots: local || slots,
    request,
    perPixel,
    samples,
    ...(ways ? { ways } : {}),
    shards: request.blockSize ? countShards(request, request.blockSize) : undefined,
    cost,
  };
}

function countShards({ width, height, shape }: Request, blockSize: number): number {
  const cut = cutter([{ x: 0, y: 0, width, height }], shape === 'row' ? 'row' : 'tile', blockSize);
  let count = 0;
  while (cut.next(1)) count++;
  return count;
}

/** `need`: of a still with adaptive sampling. */
async function costOf(
  request: Request,
  picture: Picture,
  samples: number,
  signal: AbortSignal,
): Promise<{ readonly need?: Need | undefined; readonly cost: Cost }> {
  const kernel = await openKernel(request.kernel === 'cpu' ? 'cpu' : 'simd', compileSimd(1), 0);
  try {
    const deepest = deepestOf(endsOf(request));
    const order = deepest.perturbed ? orderFor(deepest) : undefined;
    const orbit = order && { iterations: order.iterations, seconds: secondsOf(order) };
    if (orbit && orbit.seconds > MOST_SECONDS) return { cost: { orbit } };
    const perturbed = order && openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    const compute: Compute = async (view, rect, mask) =>
      perturbed && view.perturbed ? perturbed(view, rect, undefined, mask) : kernel.compute(view, rect, mask);
    const sample = await sampleCost(compute, picture, signal);
    const paint = picture.frames === 1 ? paintOf(request, { kind: 'pixels', levels: PLAIN }) : undefined;
    const need = paint && (await adaptiveNeed(picture.viewOf(0), paint, compute, signal));
    const iterations = need ? picture.width * picture.height * need.iterations : sample.iterations * samples;
    const seconds = sample.iterations > 0 ? sample.seconds / sample.iterations : 0;
    return { need, cost: { ...(orbit ? { orbit } : {}), computing: { iterations, seconds: seconds * iterations } } };
  } finally {
    await kernel.close();
  }
}

/** By trials of its first iterations. */
function secondsOf(order: ReferenceOrder): number {
  for (let iterations = 64; ; iterations *= 8) {
    const [seconds, done] = fastest({ ...order, iterations: Math.min(iterations, order.iterations) });
    // An orbit that escaped, or is periodic, takes no further time.
    if (done < iterations) return seconds;
    if (seconds > TRIAL_SECONDS) return (seconds * order.iterations) / done;
  }
}

/** Seconds of the fastest of some trials, since other programs may interrupt one; and its iterations. */
function fastest(order: ReferenceOrder): readonly [seconds: number, done: number] {
  let [least, done] = [Infinity, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const from = performance.now();
    done = iterateReference(order).orbit.length / 2 - 1;
    least = Math.min(least, (performance.now() - from) / 1000);
  }
  return [least, done];
}

/** What a sample costs on average: some frames, evenly spread, are rendered coarsely. */
async function sampleCost(
  compute: Compute,
  { viewOf, frames }: Picture,
  signal: AbortSignal,
): Promise<{ seconds: number; iterations: number }> {
  let [seconds, iterations, samples] = [0, 0, 0];
  for (const frame of evenly(frames, PROBED_FRAMES)) {
    signal.throwIfAborted();
    const view = viewOf(frame);
    const scale = Math.min(1, PROBE_SIDE / Math.max(view.width, view.height));
    const small: View = {
      ...view,
      width: Math.max(1, Math.round(view.width * scale)),
      height: Math.max(1, Math.round(view.height * scale)),
      sampling: { kind: 'grid', side: 1 },
    };
    const from = performance.now();
    const whole = { x: 0, y: 0, width: small.width, height: small.height };
    const computed = await compute(small, whole);
    seconds += (performance.now() - from) / 1000;
    iterations += computed.iterations;
    samples += computed.nu.length;
  }
  return { seconds: seconds / samples, iterations: iterations / samples };
}
