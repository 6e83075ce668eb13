/** `--dry-run`: who would compute what, and about how long; nothing is dialled or rendered. */

import { addressText } from '../src/cluster/transport.js';
import type { Kernel } from '../src/kernel/kernel.js';
import { openKernel } from '../src/kernel/open.js';
import { openPerturbation, shareReference } from '../src/kernel/perturbation/kernel.js';
import { deepestOf, iterateReference, orderFor, type ReferenceOrder } from '../src/kernel/perturbation/reference.js';
import { compileSimd } from '../src/kernel/simd.js';
import { pictureOf } from '../src/pipeline.js';
import type { Request } from '../src/request/request.js';
import { cutter } from '../src/shard/split.js';
import type { View } from '../src/view/view.js';
import type { Crew } from './crew.js';
import { byDepth } from './prepare.js';
import { roughly } from './summary.js';

/** Pixels of the picture that are computed to estimate the rest, along the longer side. */
const PROBE_SIDE = 96;
/** A reference orbit that takes longer is not computed for an estimate. */
const MOST_SECONDS = 20;
/** Of a trial that tells how fast its iterations are. */
const TRIAL_SECONDS = 0.05;

export async function plan(asked: Request, crew: Crew): Promise<string> {
  const request = byDepth(asked);
  const picture = pictureOf(request, 'samples');
  const ranks = ranksOf(crew);
  const slots = crew.local || crew.targets.reduce((sum, target) => sum + Math.max(1, target.slots), 0);
  const { width, height, frames, perPixel } = picture;
  const shards = request.blockSize ? countShards(request, request.blockSize) : undefined;
  const samples = width * height * frames * perPixel;
  const lines = [
    ...ranks,
    `slots: ${slots}${crew.targets.some((target) => target.slots === 0) ? ' at least: some hosts say themselves how many they have' : ''}`,
    `frames: ${frames} of ${width}x${height}, ${perPixel} sample${perPixel > 1 ? 's' : ''} a pixel, ${request.autoIterations ? 'about' : 'at most'} ${request.iterations} iterations`,
    `shards: ${shards === undefined ? `guided ${request.shape === 'row' ? 'rows' : 'tiles'}, large first` : `${shards * frames} (${shards} a frame)`}`,
    `samples: ${samples}`,
    ...(await costs(request, picture.viewOf, frames, samples, slots)),
    `outfile: ${request.outfile}`,
  ];
  return `${lines.join('\n')}\n`;
}

function ranksOf({ targets, local, source }: Crew): string[] {
  if (local === 1) return ['rank 0: a worker of the leader itself, 1 slot'];
  if (local > 1) return [`ranks 0 to ${local - 1}: workers of the leader itself, 1 slot each`];
  return [
    `hosts: ${targets.length} of ${source}`,
    ...targets.map(({ address, slots }, rank) => `rank ${rank}: ${addressText(address)}, ${slots || 'its own'} slots`),
  ];
}

function countShards(request: Request, blockSize: number): number {
  const cut = cutter(
    [{ x: 0, y: 0, width: request.width, height: request.height }],
    request.shape === 'row' ? 'row' : 'tile',
    blockSize,
  );
  let count = 0;
  while (cut.next(1)) count++;
  return count;
}

async function costs(
  request: Request,
  viewOf: (frame: number) => View,
  frames: number,
  samples: number,
  slots: number,
): Promise<string[]> {
  const kernel = await openKernel(request.kernel === 'cpu' ? 'cpu' : 'simd', compileSimd(1), 0);
  try {
    const deepest = deepestOf([viewOf(0), viewOf(frames - 1)]);
    const order = deepest.perturbed && orderFor(deepest);
    const orbitSeconds = order ? secondsOf(order) : 0;
    const orbit = order
      ? [`reference orbit: at most ${order.iterations} iterations, about ${roughly(orbitSeconds)} on this machine`]
      : [];
    if (orbitSeconds > MOST_SECONDS) return [...orbit, 'estimated time: unknown until the orbit is computed'];
    const cost = await estimate(kernel, order, viewOf, frames);
    const seconds = cost.secondsPerSample * samples;
    return [
      ...orbit,
      `iterations: about ${counted(cost.iterationsPerSample * samples)}`,
      `estimated time: about ${roughly(seconds / slots)} on ${slots} slot${slots > 1 ? 's' : ''} of this machine`,
    ];
  } finally {
    await kernel.close();
  }
}

/** "830", "5.3 million", "2.1 billion". */
function counted(count: number): string {
  for (const [name, unit] of [
    ['trillion', 1e12],
    ['billion', 1e9],
    ['million', 1e6],
  ] as const)
    if (count >= unit) return `${(count / unit).toLocaleString('en', { maximumSignificantDigits: 2 })} ${name}`;
  return String(Math.round(count));
}

/** By a trial of its first iterations. */
function secondsOf(order: ReferenceOrder): number {
  for (let iterations = 64; ; iterations *= 8) {
    const from = performance.now();
    const { orbit } = iterateReference({ ...order, iterations: Math.min(iterations, order.iterations) });
    const seconds = (performance.now() - from) / 1000;
    const done = orbit.length / 2 - 1;
    // One that escaped, or is whole, has no more to come.
    if (done < iterations) return seconds;
    if (seconds > TRIAL_SECONDS) return (seconds * order.iterations) / done;
  }
}

/** Renders the first, the middle and the last frame coarsely. */
async function estimate(
  kernel: Kernel,
  order: ReferenceOrder | undefined,
  viewOf: (frame: number) => View,
  frames: number,
): Promise<{ secondsPerSample: number; iterationsPerSample: number }> {
  const perturbed = order && openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  let [seconds, iterations, samples] = [0, 0, 0];
  for (const frame of new Set([0, frames >> 1, frames - 1])) {
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
  return { secondsPerSample: seconds / samples, iterationsPerSample: iterations / samples };
}
