/** Shards of escape-time fractals in one computing thread: samples by the kernel, then painted or as they are. */

import { chunks, type Mask, timedChunks } from '../../kernel/chunks.js';
import type { Kernel, KernelName, Computed as Samples } from '../../kernel/kernel.js';
import { fingerprintOf, openKernel, speedOf } from '../../kernel/open.js';
import { openPerturbation, type Perturbed } from '../../kernel/perturbation/kernel.js';
import { warmPerturbation } from '../../kernel/perturbation/warm.js';
import type { SimdModule } from '../../kernel/simd.js';
import { type Paint, paint } from '../../render/paint.js';
import { paintedOf } from '../../render/painted.js';
import { arraysFor, joined, putSamples } from '../../shard/raw-samples.js';
import type { Rect } from '../../shard/shard.js';
import { channelsOf } from '../../view/channels.js';
import { type Formula, samplesPerPixel, type View } from '../../view/view.js';
import type { Computed, Computing } from '../kind.js';
import { adaptivePixels } from './adaptive.js';
import { packedOf, requirePackable } from './packed.js';
import type { ThreadFractal } from './prepare.js';
import type { FractalTask } from './scene.js';

/** Samples of a rectangle, or of some pixels of it. `check`: called often; an error that it throws ends the computation. */
type Sampler = (view: View, rect: Rect, check: () => void, mask?: Mask) => Promise<Samples>;

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
        return async (view, rect, check, mask) => {
          if (!view.perturbed) return kernel.compute(view, rect, mask);
          if (!threadScene.reference) throw new Error('a perturbed view came without its reference orbit');
          perturbed ??= openPerturbation(threadScene.reference, slot);
          return perturbed(view, rect, check, mask);
        };
      };
      return {
        async compute(name, task, stopped) {
          const kernel = await kernelOf(name);
          const check = () => {
            if (stopped()) throw STOPPED;
          };
          try {
            return await answer(sampler(kernel), kernel.name, task, threadScene, check);
          } catch (error) {
            if (error === STOPPED) return undefined;
            throw error;
          }
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

async function answer(
  samplesOf: Sampler,
  kernel: KernelName,
  { view, rect, look }: FractalTask,
  { paint: how, packed }: ThreadFractal,
  check: () => void,
): Promise<Computed> {
  const { sampling } = view;
  if (packed) {
    requirePackable(view, rect, kernel);
    return packedOf(await inParts(samplesOf, kernel, view, rect, check), rect);
  }
  const own = how && { ...how, ...look };
  if (sampling.kind !== 'adaptive')
    return answerOf(await inParts(samplesOf, kernel, view, rect, check), view, rect, own);
  if (!own) throw new Error('adaptive samples came without colours, which decide on them');
  return adaptivePixels({
    ...{ view, rect, paint: own, seed: sampling.seed, error: sampling.error, undivided: kernel !== 'simd' },
    whole: (of, part) => inParts(samplesOf, kernel, of, part, check),
    some(of, part, mask) {
      check();
      return samplesOf(of, part, check, mask);
    },
  });
}

/** Part by part, so that a cancelled shard can stop. A graphics card computes it in one part. */
async function inParts(
  samplesOf: Sampler,
  kernel: KernelName,
  view: View,
  rect: Rect,
  check: () => void,
): Promise<Samples> {
  check();
  if (kernel !== 'simd') return samplesOf(view, rect, check);
  const perPixel = samplesPerPixel(view.sampling);
  const count = rect.width * rect.height * perPixel;
  const arrays = arraysFor(channelsOf(view), count);
  const uncertain: number[] = [];
  let [done, iterations] = [0, 0];
  // Perturbed points take steps in blocks together, and are checked on within a part.
  const parts = view.perturbed ? chunks(rect, perPixel) : timedChunks(rect, perPixel, () => performance.now());
  for (const part of parts) {
    check();
    const one = await samplesOf(view, part, check);
    putSamples(arrays, one, { from: 0, count: one.nu.length, to: done });
    // Parts are whole rows, or of one row.
    for (const at of one.uncertain ?? []) uncertain.push(done / perPixel + at);
    done += one.nu.length;
    iterations += one.iterations;
  }
  return { ...arrays, iterations, uncertain };
}

function answerOf(samples: Samples, view: View, rect: Rect, how: Paint | undefined): Computed {
  const { iterations, uncertain = [], ...arrays } = samples;
  const { nu } = arrays;
  for (const name of channelsOf(view)) if (!arrays[name]) throw new Error(`the kernel gave no channel "${name}"`);
  const perPixel = nu.length / (rect.width * rect.height);
  const painted = { ...arrays, perPixel, ...paintedOf(view) };
  const values = how ? paint(painted, how, rect) : joined(arrays);
  const bytes = new Uint8Array(values.buffer as ArrayBuffer);
  return { bytes, iterations, uncertain: uncertain.length, samples: nu.length };
}
