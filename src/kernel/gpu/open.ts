/**
 * The kernels on gpu.js: `gpu` (WebGPU, else headless GL; f32) and `cpu`, its own CPU mode, the last fallback (f64).
 * f32 gives other samples than f64, so a job runs on `gpu` as a whole or not at all.
 */

import { FractalError } from '../../errors.js';
import { channelsOf } from '../../view/channels.js';
import { samplesPerPixel } from '../../view/view.js';
import { runs } from '../chunks.js';
import type { Computed, Kernel } from '../kernel.js';
import { requireSpacing } from '../precision.js';
import { type Backend, CPU_LIMIT, openBackend } from './backend.js';
import { iterate } from './iterate.js';
import { probeHeadlessGl, probeWebgpu } from './probe.js';

/**
 * The best GPU that this machine really has. It is tested in a process of its own first, since native drivers may
 * abort the process that loads them.
 *
 * @throws FractalError KERNEL_MISSING, naming what is missing.
 */
export async function openGpu(): Promise<Kernel> {
  const webgpu = await probeWebgpu();
  if (webgpu.ok) return kernelOn('gpu', await openBackend('webgpu'));
  const headlessGl = await probeHeadlessGl();
  if (headlessGl.ok) return kernelOn('gpu', await openBackend('headlessgl'));
  throw new FractalError(
    'KERNEL_MISSING',
    `no GPU to compute on (WebGPU: ${webgpu.reason}; headless GL: ${headlessGl.reason}), see fractal doctor`,
  );
}

/** gpu.js's CPU mode: needs nothing. */
export async function openCpu(): Promise<Kernel> {
  return kernelOn('cpu', await openBackend('cpu'));
}

/** A kernel on an open backend; calls are executed one after another, since a backend has one set of buffers. */
export function kernelOn(name: 'gpu' | 'cpu', backend: Backend): Kernel {
  let last: Promise<unknown> = Promise.resolve();
  let closing = false;
  const check = () => {
    if (closing) throw new Error(`the ${name} kernel was closed`);
  };
  return {
    name,
    detail: backend.detail,
    async compute(view, rect, mask): Promise<Computed> {
      requireSpacing(view, name);
      const more = channelsOf(view).find((channel) => channel !== 'nu');
      if (more) {
        throw new FractalError('KERNEL_MISSING', `the ${name} kernel computes no ${more}: use --kernel simd`);
      }
      if (name === 'cpu' && view.iterations > CPU_LIMIT) {
        throw new FractalError(
          'VIEW_TOO_LARGE',
          `${view.iterations} iterations are more than the ${CPU_LIMIT} that the cpu kernel counts: use --kernel simd`,
        );
      }
      const parts = mask ? [...runs(rect, mask, samplesPerPixel(view.sampling))] : [rect];
      const mine = last.then(() => iterate(backend, view, parts, check));
      last = mine.catch(() => {});
      return mine;
    },
    async close() {
      closing = true;
      await last;
      await backend.close();
    },
  };
}
