/**
 * The footprint of a sample in nu: the width of the interval that nu takes across the sample's part of the picture.
 *
 * While the points of a sample's footprint are close to each other, nu changes linearly over it: by |∇nu| = 1/(d·ln p), d
 * being the distance estimate. Where the set is nearer than that, they separate at some iteration before the escape, at which their
 * images have the size of the set; from then on they escape one after another, and nu differs by about
 * twice the number of iterations that are left, however large the gradient is at the sample itself.
 */

import { log2 } from './log2';

/** Of the size of the set: from this on points count as separate. */
export const SEPARATE: f64 = 0.5;
const LN2: f64 = 0.6931471805599453;
/**
 * d nu / d|z| = 1 / (|z|·ln|z|·ln p), less a quarter: the spread is a bound, in most places up to twice what it bounds, and
 * this measured best.
 */
const SCALE: f64 = 0.75 / (0.5 * LN2 * LN2);

/**
 * The width, in iterations. mag2: |z|^2 of the escaped point; spread: |dz| over its footprint; perLog2: 1 / log2 of the power;
 * together: the last iteration before the points separated.
 */
@inline
export function footprintOf(nu: f64, mag2: f64, spread: f64, perLog2: f64, together: i64): f64 {
  const linear = (spread * (SCALE * perLog2)) / (Math.sqrt(mag2) * log2(mag2));
  const separated = 2 * max(1.0, nu - <f64>together);
  // Not min: a spread beyond the range of doubles may be infinite or NaN.
  return linear < separated ? linear : separated;
}

/** The same of two points, of which log2 of mag2 is known, and spread2, the square of the spread. */
@inline
export function widthPair(nu: v128, mag2: v128, log2mag2: v128, spread2: v128, perLog2: f64, together: v128): v128 {
  const scale = f64x2.div(f64x2.splat(SCALE * perLog2), log2mag2);
  const linear = f64x2.mul(f64x2.sqrt(f64x2.div(spread2, mag2)), scale);
  const separated = f64x2.mul(f64x2.splat(2), f64x2.max(f64x2.splat(1), f64x2.sub(nu, together)));
  return v128.bitselect(linear, separated, f64x2.lt(linear, separated));
}
