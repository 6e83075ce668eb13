/** `--dry-run`: which worker would compute what, and about how long; nothing is dialled or rendered. */

import { addressText } from '../cluster/transport.js';
import type { Kernel } from '../kernel/kernel.js';
import { openKernel } from '../kernel/open.js';
import { openPerturbation, shareReference } from '../kernel/perturbation/kernel.js';
import { deepestOf, iterateReference, orderFor, type ReferenceOrder } from '../kernel/perturbation/reference.js';
import { compileSimd } from '../kernel/simd.js';
import type { Request } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { cutter } from '../shard/split.js';
import type { View } from '../view/view.js';
import { type Assembly, assemblyOf } from './assembly.js';
import { assumedFrameSeconds } from './estimate.js';
import { logTo } from './events.js';
import type { StoreOptions } from './kept-place.js';
import { withFittingKernel } from './kernel-choice.js';
import { endsOf, methodByDepth } from './method.js';
import { type Picture, pictureOf } from './picture.js';
import type { Context } from './stage.js';
import { storeWarning } from './store-need.js';
import { requestWarnings } from './warnings.js';
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
  readonly assembly?: Pick<Assembly, 'why'> & { readonly ways: readonly Way[]; readonly keyframes?: number };
  /** Shards of a frame; undefined: their size is decided while they are computed. */
  readonly shards: number | undefined;
  readonly cost: Cost;
}

/** One of the ways to make the frames of a film. */
export interface Way {
  readonly by: 'frames' | 'keyframes';
  /** Samples that are computed. */
  readonly samples: number;
  /** That the leader takes to assemble the frames and encode them, on one thread. */
  readonly makingSeconds: number;
  /** In the store. */
  readonly bytes: number;
  /** Why the store does not suffice, if so. */
  readonly tooLarge: string | undefined;
}

export interface Cost {
  /** At most so many iterations; absent: none is needed. */
  readonly orbit?: { readonly iterations: number; readonly seconds: number };
  /** Of all samples on one slot of this machine; absent: unknown until the orbit is computed. */
  readonly computing?: { readonly iterations: number; readonly seconds: number };
}

/** Pixels of the picture that are computed to estimate the rest, along the longer side. */
const PROBE_SIDE = 96;
/** A reference orbit that takes longer is not computed for an estimate. */
const MOST_SECONDS = 20;
/** Of a trial that shows how fast its iterations are. */
const TRIAL_SECONDS = 0.05;

export interface PlanOrder {
  readonly request: Request;
  /** Warnings about how the request was read. */
  readonly notes: readonly string[];
  readonly cluster: { readonly strict: boolean };
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
  const assembly = request.film.frames > 1 ? assemblyOf(request) : undefined;
  const each = picture.width * picture.height * picture.frames * picture.perPixel;
  const samples = (assembly?.stretches && assembly.samples.keyframes) ?? each;
  const keyframes = assembly?.stretches?.reduce((sum, { film }) => sum + (film?.cover.keyframes.length ?? 0), 0);
  return {
    local,
    source,
    workers: targets.map(({ address, slots }) => ({ address: addressText(address), slots })),
    slots: local || targets.reduce((sum, target) => sum + Math.max(1, target.slots), 0),
    request,
    perPixel: picture.perPixel,
    samples,
    ...(assembly
      ? {
          assembly: {
            why: assembly.why,
            ways: waysOf(assembly, picture, order.store),
            ...(keyframes ? { keyframes } : {}),
          },
        }
      : {}),
    shards: request.blockSize ? countShards(request, request.blockSize) : undefined,
    cost: await costOf(request, picture, samples, signal),
  };
}

/** Frame by frame, and from keyframes where that is possible. */
function waysOf({ samples }: Assembly, picture: Picture, { place, size, samples: raw }: StoreOptions): Way[] {
  const { width, height, frames, perPixel, channels } = picture;
  const kind = raw ? 'samples' : 'pixels';
  const pixels = width * height * frames;
  const way = (by: Way['by'], computed: number, bytes: number): Way => ({
    by,
    samples: computed,
    makingSeconds: assumedFrameSeconds({ pixels }),
    bytes,
    // A store of the usual size grows.
    tooLarge: !place || size === undefined ? undefined : storeWarning(bytes, size),
  });
  const { keyframes } = samples;
  return [
    way('frames', samples.frames, pixels * bytesOfPixel(kind, { perPixel, channels })),
    ...(keyframes === undefined
      ? []
      : [way('keyframes', keyframes, keyframes * bytesOfPixel('samples', { perPixel: 1, channels }))]),
  ];
}

function countShards({ width, height, shape }: Request, blockSize: number): number {
  const cut = cutter([{ x: 0, y: 0, width, height }], shape === 'row' ? 'row' : 'tile', blockSize);
  let count = 0;
  while (cut.next(1)) count++;
  return count;
}

async function costOf(request: Request, picture: Picture, samples: number, signal: AbortSignal): Promise<Cost> {
  const kernel = await openKernel(request.kernel === 'cpu' ? 'cpu' : 'simd', compileSimd(1), 0);
  try {
    const deepest = deepestOf(endsOf(request));
    const order = deepest.perturbed ? orderFor(deepest) : undefined;
    const orbit = order && { iterations: order.iterations, seconds: secondsOf(order) };
    if (orbit && orbit.seconds > MOST_SECONDS) return { orbit };
    const sample = await sampleCost(kernel, order, picture, signal);
    return {
      ...(orbit ? { orbit } : {}),
      computing: { iterations: sample.iterations * samples, seconds: sample.seconds * samples },
    };
  } finally {
    await kernel.close();
  }
}

/** By a trial of its first iterations. */
function secondsOf(order: ReferenceOrder): number {
  for (let iterations = 64; ; iterations *= 8) {
    const from = performance.now();
    const { orbit } = iterateReference({ ...order, iterations: Math.min(iterations, order.iterations) });
    const seconds = (performance.now() - from) / 1000;
    const done = orbit.length / 2 - 1;
    // An orbit that escaped, or is periodic, takes no further time.
    if (done < iterations) return seconds;
    if (seconds > TRIAL_SECONDS) return (seconds * order.iterations) / done;
  }
}

/** What a sample costs on average: the first, the middle and the last frame are rendered coarsely. */
async function sampleCost(
  kernel: Kernel,
  order: ReferenceOrder | undefined,
  { viewOf, frames }: Picture,
  signal: AbortSignal,
): Promise<{ seconds: number; iterations: number }> {
  const perturbed = order && openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  let [seconds, iterations, samples] = [0, 0, 0];
  for (const frame of new Set([0, frames >> 1, frames - 1])) {
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
    const computed = await (perturbed && view.perturbed ? perturbed : kernel.compute)(small, whole);
    seconds += (performance.now() - from) / 1000;
    iterations += computed.iterations;
    samples += computed.nu.length;
  }
  return { seconds: seconds / samples, iterations: iterations / samples };
}
