/** Shards of escape-time fractals in one computing thread: samples by the kernel, then painted or as they are. */

import { chunks } from '../../kernel/chunks.js';
import type { Kernel, KernelName, Computed as Samples } from '../../kernel/kernel.js';
import { fingerprintOf, openKernel, speedOf } from '../../kernel/open.js';
import { openPerturbation, type Perturbed } from '../../kernel/perturbation/kernel.js';
import { warmPerturbation } from '../../kernel/perturbation/warm.js';
import type { SimdModule } from '../../kernel/simd.js';
import { paint } from '../../render/paint.js';
import { joined } from '../../render/raw-samples.js';
import type { Rect } from '../../shard/shard.js';
import { type Formula, samplesPerPixel, type View } from '../../view/view.js';
import type { Computed, Computing } from '../kind.js';
import type { ThreadFractal } from './prepare.js';
import type { FractalTask } from './scene.js';

/** Samples of a rectangle. `check`: called often; an error that it throws ends the computation. */
type Sampler = (view: View, rect: Rect, check: () => void) => Promise<Samples>;

/** Thrown where a shard is stopped within a part. */
const STOPPED = new Error('stopped');

export function startFractal(shared: unknown, slot: number): Computing<FractalTask> {
  const kernels = new Map<string, Promise<Kernel>>();

  function kernelOf(name: string): Promise<Kernel> {
    let kernel = kernels.get(name);
    if (!kernel) kernels.set(name, (kernel = openKernel(name as KernelName, shared as SimdModule, slot)));
    return kernel;
  }

  return {
    async open(name) {
      const kernel = await kernelOf(name);
      const fingerprint = await fingerprintOf(kernel);
      return { detail: kernel.detail, fingerprint, speed: await speedOf(kernel) };
    },
    useScene(scene) {
      const threadScene = scene as ThreadFractal;
      /** Opened with the first view that needs it. */
      let perturbed: Perturbed | undefined;
      const sampler = (kernel: Kernel): Sampler => {
        return async (view, rect, check) => {
          if (!view.perturbed) return kernel.compute(view, rect);
          if (!threadScene.reference) throw new Error('a perturbed view came without its reference orbit');
          perturbed ??= openPerturbation(threadScene.reference, slot);
          return perturbed(view, rect, check);
        };
      };
      return {
        async compute(name, task, stopped) {
          const kernel = await kernelOf(name);
          const samples = await inParts(sampler(kernel), kernel.name, task, stopped);
          return samples && answerOf(samples, task, threadScene);
        },
      };
    },
    warm(formula) {
      try {
        warmPerturbation(formula as Formula);
      } catch {
        // What is wrong with it, the first shard that needs it reports.
      }
    },
    /** A graphics driver aborts the process when its thread ends with a device open. */
    async close() {
      for (const kernel of kernels.values()) {
        await kernel.then((opened) => opened.close()).catch(() => undefined);
      }
    },
  };
}

/** Part by part, so that a cancelled shard can stop. A graphics card computes it in one part. */
async function inParts(
  samplesOf: Sampler,
  kernel: KernelName,
  { view, rect }: FractalTask,
  stopped: () => boolean,
): Promise<Samples | undefined> {
  const check = () => {
    if (stopped()) throw STOPPED;
  };
  try {
    check();
    if (kernel !== 'simd') return await samplesOf(view, rect, check);
    const perPixel = samplesPerPixel(view.sampling);
    const count = rect.width * rect.height * perPixel;
    const nu = new Float64Array(count);
    const distance = view.distance && new Float64Array(2 * count);
    const footprint = view.footprint && new Float64Array(count);
    const iterate = view.iterate && new Float64Array(2 * count);
    let [done, iterations, uncertain] = [0, 0, 0];
    for (const part of chunks(rect, perPixel)) {
      check();
      const one = await samplesOf(view, part, check);
      nu.set(one.nu, done);
      if (one.distance) distance?.set(one.distance, 2 * done);
      if (one.footprint) footprint?.set(one.footprint, done);
      if (one.iterate) iterate?.set(one.iterate, 2 * done);
      done += one.nu.length;
      iterations += one.iterations;
      uncertain += one.uncertain ?? 0;
    }
    return {
      ...{ nu, iterations, uncertain },
      ...(distance ? { distance } : {}),
      ...(footprint ? { footprint } : {}),
      ...(iterate ? { iterate } : {}),
    };
  } catch (error) {
    if (error === STOPPED) return undefined;
    throw error;
  }
}

function answerOf(samples: Samples, { view, rect, look }: FractalTask, { paint: how }: ThreadFractal): Computed {
  const { nu, distance, footprint, iterations, uncertain = 0 } = samples;
  if (view.distance && !distance) throw new Error('the kernel gave no distances');
  if (view.footprint && !footprint) throw new Error('the kernel gave no footprints');
  if (view.iterate && !samples.iterate) throw new Error('the kernel gave no iterates');
  const perPixel = nu.length / (rect.width * rect.height);
  const widths = { ...(distance ? { distance } : {}), ...(footprint ? { footprint } : {}) };
  const painted = { nu, perPixel, iterations: view.iterations, ...widths };
  const values = how ? paint(painted, { ...how, ...look }, rect) : joined(samples);
  return { bytes: new Uint8Array(values.buffer as ArrayBuffer), iterations, uncertain, samples: nu.length };
}
