/** Keyframes of a film's path: what they give, and what a path gives for each time. */

import type { Matrix } from '../matrix.js';
import type { Easing } from './easing.js';
import type { Place } from './place.js';

/** The constant of a Julia set, decimal strings. */
export interface Constant {
  readonly re: string;
  readonly im: string;
}

/** What changes along a path. Every value but `julia` and `angle` has a meaning for all pictures. */
export interface State extends Place {
  /** Degrees counter-clockwise. */
  readonly rotation: number;
  /** Absent: the formula is no Julia set. */
  readonly julia?: Constant;
  readonly bailout: number;
  /** Where on the palette nu = 0 lies, in cycles. */
  readonly offset: number;
  /** Cycles of the palette for the same change of the count, as a multiple of the usual number. */
  readonly density: number;
  /** Where the light of slopes comes from, degrees counter-clockwise from the right; absent: no slopes. */
  readonly angle?: number;
  /** Of the plane, along the whole path (stretch.ts); absent: none. */
  readonly deformation?: Matrix;
}

/**
 * A value that is absent lies between those of the keyframes before and behind that have it; behind the last of them it
 * stays.
 */
export interface Keyframe extends Partial<Omit<State, 're' | 'im' | 'deformation'>> {
  /** Time in frames, at least 0; rises from keyframe to keyframe. */
  readonly at: number;
  /** Decimal strings. */
  readonly centre?: { readonly re: string; readonly im: string };
  /** Of the values that this keyframe has, until the next one that has them; absent: along a curve, without a stop. */
  readonly easing?: Easing;
  /** The way to the next centre leads out, across and in again; absent: where the two are far apart. */
  readonly journey?: boolean;
}
