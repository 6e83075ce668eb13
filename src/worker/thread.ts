/** One computing thread of a worker: a slot. It computes what it is told, one shard at a time. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Scene } from '../cluster/messages.js';
import { messageOf, usedUp } from '../errors.js';
import { chunks } from '../kernel/chunks.js';
import type { Computed, Kernel, KernelName } from '../kernel/kernel.js';
import { fingerprintOf, openKernel, speedOf } from '../kernel/open.js';
import { openPerturbation, type Perturbed, type SharedReference } from '../kernel/perturbation/kernel.js';
import { warmPerturbation } from '../kernel/perturbation/warm.js';
import type { Paint } from '../render/colours.js';
import { paint } from '../render/paint.js';
import type { Rect } from '../shard/shard.js';
import { type Formula, samplesPerPixel, type View } from '../view/view.js';
import { collectGarbage } from './garbage.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

const { simd, slot, stops } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('thread.js runs as a thread of a worker only');

interface Placed {
  readonly scene: Omit<Scene, 'reference'>;
  readonly reference: SharedReference | undefined;
  /** Opened with the first view that needs it. */
  perturbed: Perturbed | undefined;
}

/** Thrown where a shard is left unfinished in the midst of a part. */
const STOPPED = new Error('stopped');

const scenes = new Map<string, Placed>();
const kernels = new Map<KernelName, Promise<Kernel>>();

port.on('message', async (message: ToThread) => {
  switch (message.kind) {
    case 'scene':
      scenes.set(message.key, { scene: message.scene, reference: message.reference, perturbed: undefined });
      return;
    case 'forget':
      scenes.delete(message.key);
      if (message.collect) collectGarbage();
      return answer({ kind: 'forgotten', key: message.key });
    case 'warm':
      return warm(message.formula);
    case 'close':
      await closeKernels();
      return answer({ kind: 'closed' });
    case 'open':
      return answer(await open(message.kernel));
    case 'compute':
      return answer(await compute(message));
  }
});

answer({ kind: 'started' });

function warm(formula: Formula): void {
  try {
    warmPerturbation(formula);
  } catch {
    // What is wrong with it, the first shard that needs it is answered.
  }
}

function reasonOf(error: unknown): string {
  return messageOf(usedUp(error) ?? error);
}

function answer(message: FromThread): void {
  port?.postMessage(message, message.kind === 'done' ? [message.bytes.buffer] : []);
}

function kernelOf(name: KernelName): Promise<Kernel> {
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, (kernel = openKernel(name, simd, slot)));
  return kernel;
}

/** A graphics driver aborts the process when its thread ends with a device open. */
async function closeKernels(): Promise<void> {
  for (const kernel of kernels.values()) {
    await kernel.then((opened) => opened.close()).catch(() => undefined);
  }
}

async function open(name: KernelName): Promise<FromThread> {
  try {
    const kernel = await kernelOf(name);
    const fingerprint = await fingerprintOf(kernel);
    return { kind: 'opened', kernel: name, detail: kernel.detail, fingerprint, speed: await speedOf(kernel) };
  } catch (error) {
    return { kind: 'unavailable', kernel: name, reason: reasonOf(error) };
  }
}

async function compute({ turn, kernel, scene: key, view, rect }: ToThread & { kind: 'compute' }): Promise<FromThread> {
  try {
    const placed = scenes.get(key);
    if (!placed) throw new Error(`scene ${key} was never sent`);
    const { scene } = placed;
    const from = performance.now();
    const computed = await inParts(placed, await kernelOf(kernel), view, rect, turn);
    if (!computed) return { kind: 'stopped' };
    const { nu, distance, iterations, uncertain = 0 } = computed;
    if (view.distance && !distance) throw new Error('the kernel gave no distances');
    const bytes = scene.samples
      ? new Uint8Array((distance ? triples(nu, distance) : nu).buffer as ArrayBuffer)
      : paint(nu, nu.length / (rect.width * rect.height), paintOf(scene), view.iterations, distance);
    const seconds = (performance.now() - from) / 1000;
    return {
      kind: 'done',
      bytes: bytes as Uint8Array<ArrayBuffer>,
      seconds,
      iterations,
      uncertain,
      samples: nu.length,
    };
  } catch (error) {
    if (error === STOPPED) return { kind: 'stopped' };
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

/** Part by part, so that a shard nobody wants any more is left unfinished: undefined. A graphics card takes it whole. */
async function inParts(
  placed: Placed,
  kernel: Kernel,
  view: View,
  rect: Rect,
  turn: number,
): Promise<Computed | undefined> {
  const stopped = () => Atomics.load(stops, slot) === turn;
  const check = () => {
    if (stopped()) throw STOPPED;
  };
  if (kernel.name !== 'simd') return stopped() ? undefined : samplesOf(placed, kernel, view, rect, check);
  const perPixel = samplesPerPixel(view.sampling);
  const count = rect.width * rect.height * perPixel;
  const nu = new Float64Array(count);
  const distance = view.distance && new Float64Array(2 * count);
  let [done, iterations, uncertain] = [0, 0, 0];
  for (const part of chunks(rect, perPixel)) {
    if (stopped()) return undefined;
    const one = await samplesOf(placed, kernel, view, part, check);
    nu.set(one.nu, done);
    if (one.distance) distance?.set(one.distance, 2 * done);
    done += one.nu.length;
    iterations += one.iterations;
    uncertain += one.uncertain ?? 0;
  }
  return { nu, iterations, uncertain, ...(distance ? { distance } : {}) };
}

/** Directly, or as differences from the scene's reference. */
async function samplesOf(placed: Placed, kernel: Kernel, view: View, rect: Rect, check: () => void): Promise<Computed> {
  if (!view.perturbed) return kernel.compute(view, rect);
  if (!placed.reference) throw new Error('a perturbed view came without its reference orbit');
  placed.perturbed ??= openPerturbation(placed.reference, slot);
  return placed.perturbed(view, rect, check);
}

/** nu and the distance's vector of one sample after the other. */
function triples(nu: Float64Array, vectors: Float64Array): Float64Array {
  const values = new Float64Array(3 * nu.length);
  for (let i = 0; i < nu.length; i++) {
    values[3 * i] = nu[i] as number;
    values[3 * i + 1] = vectors[2 * i] as number;
    values[3 * i + 2] = vectors[2 * i + 1] as number;
  }
  return values;
}

/** The paint that the leader took apart for the wire. */
function paintOf(scene: Pick<Scene, 'paint' | 'tables'>): Paint {
  return { ...scene.paint, ...scene.tables } as unknown as Paint;
}
