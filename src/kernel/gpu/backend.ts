/**
 * The three ways in which gpu.js runs `iterateBatch`: WebGPU, headless GL, and its own CPU mode. The library, its optional
 * native parts and their quirks stay in this file.
 */

import { FractalError } from '../../errors.js';
import { iterateBatch, type Shape } from './batch-kernel.js';
import { INSTALL, isInstalled } from './packages.js';

export type Mode = 'webgpu' | 'headlessgl' | 'cpu';

/** One batch of points, filled by the caller. */
export interface Batch {
  readonly cRe: Float32Array | Float64Array;
  readonly cIm: Float32Array | Float64Array;
  readonly zRe: Float32Array | Float64Array;
  readonly zIm: Float32Array | Float64Array;
}

/** Numbers of a result: zr, zi, iterations done, |z|^2. */
export const RESULT = 4;

export interface BatchKernel {
  /** The most points that one call takes. */
  readonly size: number;
  /**
   * Calls `put(j, batch)` for every j below `count`, iterates those points, and returns RESULT numbers for each. They hold
   * until the next call.
   */
  run(count: number, steps: number, bailout2: number, put: (j: number, batch: Batch) => void): Promise<Float32Array>;
}

export interface Backend {
  readonly mode: Mode;
  /** What it runs on, as text for the user. */
  readonly detail: string;
  /** |z|^2 stays below two to this exponent. */
  readonly exponent: number;
  /** Iterations of the first pass, the second, ...; the last one repeats. */
  readonly passes: readonly number[];
  /** The compiled kernel of a formula; compiled once. */
  compile(shape: Shape): Promise<BatchKernel>;
  close(): Promise<void>;
}

/** Small batches for the few points that are left after some passes, so that they do not take the time of a large one. */
const SIZES = [2048, 65536];
/** Longer than this, and a slow GPU might run into its driver's watchdog: 65,536 points, 10^9 iterations. */
const PASSES = [256, 1024, 4096, 16384];
/** gpu.js returns the count as f32, and in CPU mode there is one pass: z would lose its f64 between two. */
export const CPU_LIMIT = 2 ** 24;

type Library = typeof import('gpu.js');
type Gpu = InstanceType<Library['GPU']>;
type Rows = readonly ArrayLike<number>[];
type Compiled = (...args: unknown[]) => Rows | Float32Array | Promise<Rows | Float32Array>;

/** @throws Error when gpu.js cannot run that way here. */
export async function openBackend(mode: Mode): Promise<Backend> {
  switch (mode) {
    case 'webgpu':
      return openWebgpu();
    case 'headlessgl':
      return openHeadlessGl();
    case 'cpu':
      return openCpuMode();
  }
}

async function openCpuMode(): Promise<Backend> {
  const { GPU } = await library();
  const gpu = new GPU({ mode: 'cpu' });
  return {
    mode: 'cpu',
    detail: 'gpu.js CPU mode, f64',
    exponent: 126, // the result is returned as f32
    passes: [CPU_LIMIT],
    compile: compiler(gpu, [1024], CPU_LIMIT, Float64Array),
    close: async () => void (await gpu.destroy()),
  };
}

async function openWebgpu(): Promise<Backend> {
  const { create } = await import('webgpu');
  const remove = provide(create([]));
  const { GPU, WebGPUContext } = (await library()) as Library & { WebGPUContext: WebGPUContext };
  try {
    const { adapter } = await WebGPUContext.acquire();
    const { description, device, vendor } = adapter.info;
    const gpu = new GPU({ mode: 'webgpu' });
    return {
      mode: 'webgpu',
      detail: `WebGPU (${description || device || vendor || 'unnamed'}), f32`,
      exponent: 124,
      passes: PASSES,
      compile: compiler(gpu, SIZES, PASSES.at(-1)!, Float32Array),
      async close() {
        await gpu.destroy();
        await WebGPUContext.destroy(); // a device left over aborts the process when it ends
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The part of gpu.js's WebGPU context that its types leave out. */
interface WebGPUContext {
  acquire(): Promise<{ adapter: { info: { description: string; device: string; vendor: string } } }>;
  destroy(): Promise<void>;
}

async function openHeadlessGl(): Promise<Backend> {
  const { GPU } = await library();
  if (!GPU.isHeadlessGLSupported) throw new Error('the package gl is not built, or there is no display');
  const gpu = new GPU({ mode: 'headlessgl' });
  return {
    mode: 'headlessgl',
    detail: 'headless GL, f32',
    exponent: 124,
    passes: PASSES,
    compile: compiler(gpu, SIZES, PASSES.at(-1)!, Float32Array),
    close: async () => void (await gpu.destroy()),
  };
}

/** Loaded on demand: it is large, and it looks for `gl` as it loads. @throws FractalError KERNEL_MISSING */
async function library(): Promise<Library> {
  try {
    return await import('gpu.js');
  } catch (error) {
    if (isInstalled('gpu.js')) throw error;
    const why = `the package gpu.js is not installed: ${INSTALL}`;
    throw new FractalError('KERNEL_MISSING', why, { cause: error });
  }
}

/** Defines navigator.gpu, where gpu.js expects WebGPU; returns a function that removes it. */
function provide(gpu: unknown): () => void {
  const scope = globalThis as { navigator?: object };
  const own = scope.navigator === undefined;
  if (own) Object.defineProperty(scope, 'navigator', { value: {}, configurable: true });
  const { navigator } = scope as { navigator: object };
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  return () => {
    if (own) delete scope.navigator;
    else Reflect.deleteProperty(navigator, 'gpu');
  };
}

/** Compiles `iterateBatch` for a formula, once for each size of a batch; callers need not know the sizes. */
function compiler(
  gpu: Gpu,
  sizes: readonly number[],
  longest: number,
  Numbers: typeof Float32Array | typeof Float64Array,
): Backend['compile'] {
  const compiled = new Map<string, Compiled>();
  const batches = new Map(sizes.map((size) => [size, emptyBatch(size, Numbers)]));
  const kernel = (shape: Shape, size: number): Compiled => {
    const key = `${shape.fold} ${shape.power} ${size}`;
    const known = compiled.get(key);
    if (known) return known;
    const settings = { output: [size], constants: shape, precision: 'single' as const };
    const fresh = gpu
      .createKernel(iterateBatch as never, settings)
      .setLoopMaxIterations(longest) as unknown as Compiled & {
      readonly kernel: { _shapeOutput?: (data: Float32Array) => Float32Array };
    };
    // WebGPU: gpu.js would make an array of every point, which takes longer than the points take a GPU.
    if (fresh.kernel._shapeOutput) fresh.kernel._shapeOutput = (data) => data;
    compiled.set(key, fresh);
    return fresh;
  };
  const flat = new Float32Array(sizes.at(-1)! * RESULT);
  return async (shape) => ({
    size: sizes.at(-1)!,
    async run(count, steps, bailout2, put) {
      const size = sizes.find((each) => each >= count);
      if (size === undefined) throw new FractalError('SHARD_FAILED', `${count} points exceed a batch of this kernel`);
      const batch = batches.get(size)!;
      for (let j = 0; j < count; j++) put(j, batch);
      batch.zRe.fill(Math.sqrt(bailout2) * 2, count); // idle lanes stop at once
      const rows = await kernel(shape, size)(batch.cRe, batch.cIm, batch.zRe, batch.zIm, bailout2, steps);
      if (rows instanceof Float32Array) return rows;
      for (let j = 0; j < count; j++) flat.set(rows[j]!, j * RESULT);
      return flat;
    },
  });
}

function emptyBatch(size: number, Numbers: typeof Float32Array | typeof Float64Array): Batch {
  const [cRe, cIm, zRe, zIm] = Array.from({ length: 4 }, () => new Numbers(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { cRe, cIm, zRe, zIm };
}
