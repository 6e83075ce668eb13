/** The contract of every kernel: the samples of a rectangle of a view, always the same ones for the same arguments. */

import type { ChannelArrays } from '../shard/raw-samples.js';
import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';
import type { Mask } from './chunks.js';

/** `simd`: WebAssembly SIMD, f64. `gpu`: gpu.js on WebGPU or headless GL, f32. `cpu`: gpu.js's own CPU mode. */
export type KernelName = 'simd' | 'gpu' | 'cpu';

/**
 * The channels of the view (view/channels.ts), per pixel in rows from the top left, the pixel's samples in the order of
 * view.sampling. `nu`: +Infinity in the interior. `distance`: uphill, in the direction in which the potential grows, as long as
 * the exterior distance estimate |z|·ln|z| / |dz/dc| in pixels, which is the distance to the set within a factor of 2 (Koebe).
 * `footprint`: assembly/footprint.ts.
 */
export type Computed = ChannelArrays & {
  /** Iterations that were really executed. */
  readonly iterations: number;
  /**
   * Pixels with a sample that no error bound confirms, since exact iteration would take too long: their places in the rows of
   * the rectangle. A property of each sample. Absent for points that are iterated directly, which have no such bound.
   */
  readonly uncertain?: readonly number[];
};

export interface Kernel {
  readonly name: KernelName;
  /** What it runs on, as text for the user: "WebAssembly SIMD", "WebGPU (SwiftShader)". */
  readonly detail: string;
  /**
   * `mask`: only these pixels are computed, and the samples are theirs alone.
   * @throws FractalError VIEW_TOO_DEEP when the spacing of pixels is below the kernel's precision, KERNEL_MISSING when
   * the view wants channels that the kernel does not compute.
   */
  compute(view: View, rect: Rect, mask?: Mask): Promise<Computed>;
  close(): Promise<void>;
}
