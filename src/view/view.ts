/**
 * A view: everything that decides the samples of one picture, and nothing about colours or about how it is computed.
 * Two equal views have equal samples, to the bit, on every machine.
 */

import type { Extras } from './channels.js';
import type { Matrix } from './matrix.js';

/** What one iteration does to z before adding c: z^power, |Re| + i|Im| to the power, or conj(z)^power. */
export type Step = 'holomorphic' | 'burning-ship' | 'tricorn';

export interface Formula {
  readonly step: Step;
  /** The exponent of z, 2 to 8. */
  readonly power: number;
  /** Given: the Julia set of this c (decimal strings), z0 is the pixel. Absent: z0 = 0, c is the pixel. */
  readonly julia?: { readonly re: string; readonly im: string };
}

/**
 * Where a pixel is sampled. `grid`: side × side samples at the centres of equal cells (side 1: the pixel's centre).
 * `jittered`: `count` samples, one in each of `count` cells of equal area, moved inside it by a hash of
 * (seed, x, y, sample). `sequence`: samples `from` to `to` - 1 of a sequence that fills the pixel more and more evenly, whose
 * first one is the centre (places.ts). `adaptive`: as many of that sequence as it takes for a standard error of at most `error`
 * levels of 256 (render/rounds.ts); only painted pixels have them.
 */
export type Sampling =
  | { readonly kind: 'grid'; readonly side: number }
  | { readonly kind: 'jittered'; readonly count: number; readonly seed: number }
  | { readonly kind: 'sequence'; readonly from: number; readonly to: number; readonly seed: number }
  | { readonly kind: 'adaptive'; readonly error: number; readonly seed: number };

/** Totals of samples of a pixel with adaptive sampling, after each round of it. */
export const ROUNDS = [1, 5, 9, 17, 33, 65] as const;
/** Standard errors that adaptive sampling can be asked for, in levels of 256, and the usual one (docs/decisions/0108). */
export const SAMPLING_ERROR = { min: 1, max: 64, usual: 16 } as const;
/** Adaptive samples of a pixel, about, in the mean of many pictures (docs/decisions/0108). */
const EXPECTED = 5;

/** The channels that it names are computed of every sample, beside nu. */
export interface View extends Extras {
  readonly formula: Formula;
  /** The centre, decimal strings of any length. */
  readonly re: string;
  readonly im: string;
  /** The view is 4 / zoom high. A decimal string, since its exponent may be beyond a double's. */
  readonly zoom: string;
  /** Degrees that the camera turns counter-clockwise. */
  readonly rotation: number;
  /** The plane is deformed by it behind the camera (stretch.ts); its determinant is 1 but for rounding. Absent: it is not. */
  readonly deformation?: Matrix;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A point that has not left |z| <= 2 after so many iterations counts as interior. */
  readonly iterations: number;
  /** |z| beyond which the smooth count is taken, at least 2. */
  readonly bailout: number;
  /** `smooth`: nu = m - log_power(log2|z_m|) at the first |z_m| > bailout. `whole`: the first n with |z_n| > 2. */
  readonly count: 'smooth' | 'whole';
  readonly sampling: Sampling;
  /** Iterated as differences from the job's reference orbit, which gives other last bits than iterating directly. */
  readonly perturbed?: true;
  /** Exact iteration of perturbed points has no time limit: no sample stays uncertain. */
  readonly exact?: true;
}

/** How many samples a pixel has; of adaptive sampling an estimate of their mean. */
export function samplesPerPixel(sampling: Sampling): number {
  switch (sampling.kind) {
    case 'grid':
      return sampling.side * sampling.side;
    case 'jittered':
      return sampling.count;
    case 'sequence':
      return sampling.to - sampling.from;
    case 'adaptive':
      return EXPECTED;
  }
}

/** The width of a sample's footprint, in pixels. */
export function footprintWidth(sampling: Sampling): number {
  return 1 / Math.sqrt(sampling.kind === 'sequence' ? sampling.to : samplesPerPixel(sampling));
}

/** How far neighbouring samples are apart, in pixels. Where adaptive ones are closer, some may have the same bits. */
export function sampleDistance(sampling: Sampling): number {
  return 1 / Math.sqrt(sampling.kind === 'sequence' ? EXPECTED : samplesPerPixel(sampling));
}
