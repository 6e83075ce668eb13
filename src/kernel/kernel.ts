/** The contract of every kernel: the samples of a rectangle of a view, always the same ones for the same arguments. */

import type { Rect } from '../shard/shard.js';
import type { View } from '../view/view.js';

/** `simd`: WebAssembly SIMD, f64. `gpu`: gpu.js on WebGPU or headless GL, f32. `cpu`: gpu.js's own CPU mode. */
export type KernelName = 'simd' | 'gpu' | 'cpu';

export interface Computed {
  /** Per pixel in rows from the top left, the pixel's samples in the order of view.sampling; interior is +Infinity. */
  readonly nu: Float64Array;
  /**
   * Where the view has distances, for every sample a pair: a vector uphill, in the direction in which the potential grows
   * (x to the right of the picture, y up), as long as the exterior distance estimate |z|·ln|z| / |dz/dc| in pixels, which
   * is the distance to the set within a factor of 2 (Koebe). (0, 0) for the interior.
   */
  readonly distance?: Float64Array;
  /**
   * Where the view has footprints, for every sample the width of the interval that nu takes across the sample's part of
   * the picture (assembly/footprint.ts); 0 for the interior.
   */
  readonly footprint?: Float64Array;
  /** Where the view has iterates, for every sample re and im of that of which nu is made; (0, 0) for the interior. */
  readonly iterate?: Float64Array;
  /** Iterations that were really executed. */
  readonly iterations: number;
  /**
   * Pixels with a sample that no error bound confirms: exact iteration would take too long. A property of each sample, so
   * that counts of parts add up. Absent for points that are iterated directly, which have no such bound.
   */
  readonly uncertain?: number;
}

export interface Kernel {
  readonly name: KernelName;
  /** What it runs on, as text for the user: "WebAssembly SIMD", "WebGPU (SwiftShader)". */
  readonly detail: string;
  /**
   * @throws FractalError VIEW_TOO_DEEP when the spacing of pixels is below the kernel's precision, KERNEL_MISSING when
   * the view has distances, and the kernel computes none.
   */
  compute(view: View, rect: Rect): Promise<Computed>;
  close(): Promise<void>;
}
