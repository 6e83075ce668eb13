/** Shards of escape-time fractals in one computing thread: samples by the kernel, then painted or as they are. */

import { chunks } from '../../kernel/chunks.js';
import type { Kernel, KernelName, Computed as Samples } from '../../kernel/kernel.js';
import { fingerprintOf, openKernel, speedOf } from '../../kernel/open.js';
import { openPerturbation, type Perturbed } from '../../kernel/perturbation/kernel.js';
import { warmPerturbation } from '../../kernel/perturbation/warm.js';
import type { SimdModule } from '../../kernel/simd.js';
import { paint } from '../../render/paint.js';
import { paintedOf } from '../../render/painted.js';
import { arraysFor, joined, putSamples } from '../../shard/raw-samples.js';
import type { Rect } from '../../shard/shard.js';
import { channelsOf } from '../../view/channels.js';
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
    const arrays = arraysFor(channelsOf(view), count);
    let [done, iterations, uncertain] = [0, 0, 0];
    for (const part of chunks(rect, perPixel)) {
      check();
      const one = await samplesOf(view, part, check);
      putSamples(arrays, one, { from: 0, count: one.nu.length, to: done });
      done += one.nu.length;
      iterations += one.iterations;
      uncertain += one.uncertain ?? 0;
    }
    return { ...arrays, iterations, uncertain };
  } catch (error) {
    if (error === STOPPED) return undefined;
    throw error;
  }
}

function answerOf(samples: Samples, { view, rect, look }: FractalTask, { paint: how }: ThreadFractal): Computed {
  const { iterations, uncertain = 0, ...arrays } = samples;
  const { nu } = arrays;
  for (const name of channelsOf(view)) if (!arrays[name]) throw new Error(`the kernel gave no channel "${name}"`);
  const perPixel = nu.length / (rect.width * rect.height);
  const painted = { ...arrays, perPixel, ...paintedOf(view) };
  const values = how ? paint(painted, { ...how, ...look }, rect) : joined(arrays);
  return { bytes: new Uint8Array(values.buffer as ArrayBuffer), iterations, uncertain, samples: nu.length };
}
