/** Samples to be painted. */

/** In the order of their pixels. */
export interface Painted {
  /** `perPixel` a pixel, +Infinity where interior. */
  readonly nu: Float64Array;
  readonly perPixel: number;
  /** The view's iteration limit, which only a `ramp` uses. */
  readonly iterations: number;
  /** The pair (right, up) of every sample, in pixels: for mode `distance`, shades and lights. */
  readonly distance?: Float64Array;
  /** The width of nu across the footprint of every sample, by which `cycle` is filtered; absent: it is not. */
  readonly footprint?: Float64Array;
}

/** The samples from one index up to another. */
export function partOf(samples: Painted, from: number, to: number): Painted {
  const { nu, distance, footprint } = samples;
  return {
    ...samples,
    nu: nu.subarray(from, to),
    ...(distance ? { distance: distance.subarray(2 * from, 2 * to) } : {}),
    ...(footprint ? { footprint: footprint.subarray(from, to) } : {}),
  };
}

/** The distance vectors of samples that must have them. @throws TypeError */
export function vectorsOf({ nu, distance }: Painted): Float64Array {
  const vectors = distance?.length ?? 0;
  if (!distance || vectors !== 2 * nu.length)
    throw new TypeError(`${nu.length} samples came with ${vectors / 2} distances`);
  return distance;
}
