/**
 * What the kernels are measured against: the plain JavaScript loop that one writes first, and gpu.js in two of its
 * modes with the kernel that its manual would suggest. None has a shortcut for interior points.
 */

import { GPU, type IKernelFunctionThis } from 'gpu.js';
import type { Rect } from '../src/shard/shard.js';
import { points } from '../src/view/plane.js';
import type { View } from '../src/view/view.js';

export interface Timed {
  /** Executed, summed over all points. */
  readonly iterations: number;
  /** Of iterating alone: coordinates are ready before the clock starts. */
  readonly seconds: number;
}

export type Baseline = (view: View, rect: Rect) => Promise<Timed>;

/** z^2 + c in f64 with the test for escape in every iteration. The formula of the view is not looked at. */
export const plainJs: Baseline = async (view, rect) => {
  const { re, im } = points(view, rect);
  const nu = new Float64Array(re.length);
  const bailout2 = view.bailout * view.bailout;
  const from = performance.now();
  const iterations = escapeTimes(re, im, nu, view.iterations, bailout2);
  return { iterations, seconds: (performance.now() - from) / 1000 };
};

function escapeTimes(re: Float64Array, im: Float64Array, nu: Float64Array, limit: number, bailout2: number): number {
  let iterations = 0;
  for (let k = 0; k < re.length; k++) {
    const cr = re[k]!;
    const ci = im[k]!;
    let zr = 0;
    let zi = 0;
    let r2 = 0;
    let i2 = 0;
    let n = 0;
    while (n < limit && r2 + i2 <= bailout2) {
      zi = 2 * zr * zi + ci;
      zr = r2 - i2 + cr;
      r2 = zr * zr;
      i2 = zi * zi;
      n++;
    }
    iterations += n;
    nu[k] = r2 + i2 > bailout2 ? n - Math.log2(0.5 * Math.log2(r2 + i2)) : Number.POSITIVE_INFINITY;
  }
  return iterations;
}

/** gpu.js on the CPU, one thread: generated JavaScript. */
export const gpujsCpu: Baseline = gpujs('cpu');

/** gpu.js as WebAssembly SIMD in f32, on all cores. */
export const gpujsWebasm: Baseline = gpujs('webasm');

/** Points per call of the gpu.js kernel: its Array results are built one by one, so a call should be long. */
const BATCH = 65536;

function gpujs(mode: 'cpu' | 'webasm'): Baseline {
  return async (view, rect) => {
    const { re, im } = points(view, rect);
    const gpu = new GPU({ mode });
    const kernel = gpu
      .createKernel(escapeTime as never, { output: [BATCH], precision: 'single' })
      .setLoopMaxIterations(view.iterations) as unknown as Compiled;
    const bailout2 = view.bailout * view.bailout;
    const batches = split(re, im);
    await kernel(batches[0]!.re, batches[0]!.im, 1, bailout2); // compiles
    let iterations = 0;
    const from = performance.now();
    for (const batch of batches) {
      const counts = await kernel(batch.re, batch.im, view.iterations, bailout2);
      for (let k = 0; k < batch.count; k++) iterations += counts[k]!;
    }
    const seconds = (performance.now() - from) / 1000;
    await gpu.destroy();
    return { iterations, seconds };
  };
}

type Compiled = (...args: unknown[]) => Float32Array | Promise<Float32Array>;

/** Padded with points that escape at once. */
function split(re: Float64Array, im: Float64Array): { re: Float32Array; im: Float32Array; count: number }[] {
  const batches = [];
  for (let at = 0; at < re.length; at += BATCH) {
    const batch = { re: new Float32Array(BATCH).fill(4), im: new Float32Array(BATCH), count: 0 };
    batch.count = Math.min(BATCH, re.length - at);
    batch.re.set(re.subarray(at, at + batch.count));
    batch.im.set(im.subarray(at, at + batch.count));
    batches.push(batch);
  }
  return batches;
}

/** Read from its source text by gpu.js: self-contained. */
function escapeTime(this: IKernelFunctionThis, re: number[], im: number[], limit: number, bailout2: number): number {
  const cr = re[this.thread.x]!;
  const ci = im[this.thread.x]!;
  let zr = 0;
  let zi = 0;
  let r2 = 0;
  let i2 = 0;
  let n = 0;
  for (let i = 0; i < limit; i++) {
    if (r2 + i2 > bailout2) {
      break;
    }
    zi = 2 * zr * zi + ci;
    zr = r2 - i2 + cr;
    r2 = zr * zr;
    i2 = zi * zi;
    n = n + 1;
  }
  return n;
}
