/** The point that is being iterated, as a difference from the reference orbit, with bounds of its errors. */

import { BEYOND } from '../escape';
import { log2 } from '../log2';
import { assign, Extended, normalize, ZERO } from './extended-exponent';
import { Reference } from './reference-orbit';
import { View } from './view';

@unmanaged
export class Point {
  /** The difference d from Z_m, and the index of the last entry of the part of the orbit that m is in. */
  d: Extended;
  m: i32;
  end: i32;
  /** Iterations so far, and after which it ends. */
  n: i64;
  last: i64;
  /** z = Z_m + d after the last step, and |z|^2; 0 for a point that stays bounded. */
  zRe: f64;
  zIm: f64;
  mag2: f64;
  /**
   * dz by one pixel to the right and by one up, times 2^derivativeE: the columns of a real matrix. The first one alone is
   * used where the formula is analytic.
   */
  rightRe: f64;
  rightIm: f64;
  upRe: f64;
  upIm: f64;
  derivativeE: i32;
  /** The error bound: of |dz| by one pixel, times 2^errorE. Errors of z grow as it does. */
  errorE: i32;
  error: f64;
  /** The largest error bound so far, as a double. */
  largestError: f64;
  /** The last iteration after which the error bound of a sample's footprint was below SEPARATE. */
  together: i64;
  /** The effect of the roundoff of absolute iteration on z, in parts of the error bound: in units of 2^-53 of a pixel. */
  roundoff: f64;
}

/** A point before its first iteration, (dr + i·di)·2^e from the reference. */
export function start(point: Point, reference: Reference, view: View, dr: f64, di: f64, e: i32): void {
  point.n = 0;
  point.largestError = 0;
  point.together = 0;
  point.roundoff = 0;
  point.last = view.limit;
  point.mag2 = 0;
  point.m = reference.start;
  if (reference.julia) {
    point.end = reference.end;
    normalize(dr, di, e, point.d);
    setDerivative(point, view.pixelRe, view.pixelIm, -view.pixelIm, view.pixelRe, view.pixelE);
    setError(point, view.spacing, view.pixelE);
  } else {
    point.end = reference.criticalEnd;
    assign(0, 0, ZERO, point.d);
    setDerivative(point, 0, 0, 0, 0, ZERO);
    setError(point, 0, ZERO);
  }
}

@inline
export function setDerivative(point: Point, rightRe: f64, rightIm: f64, upRe: f64, upIm: f64, e: i32): void {
  point.rightRe = rightRe;
  point.rightIm = rightIm;
  point.upRe = upRe;
  point.upIm = upIm;
  point.derivativeE = e;
}

@inline
export function setError(point: Point, bound: f64, e: i32): void {
  point.error = bound;
  point.errorE = e;
}

/** Index and iteration after a step. */
@inline
export function setIndex(point: Point, m: i32, n: i64): void {
  point.m = m;
  point.n = n;
}

/** From now on the difference is one from 0, the start of the critical orbit (see rebasing.ts). */
@inline
export function rebase(point: Point, reference: Reference): void {
  point.m = 0;
  point.end = reference.criticalEnd;
}

/** The value after the last step; of a point that stays bounded mag2 is 0. */
@inline
export function setValue(point: Point, re: f64, im: f64, mag2: f64): void {
  point.zRe = re;
  point.zIm = im;
  point.mag2 = mag2;
}

/** Whether a point at the limit is iterated further, since it has left the disc of radius 2. */
@inline
export function goesOn(point: Point, view: View, mag2: f64): bool {
  if (mag2 <= 4 || point.last > view.limit) return false;
  point.last = view.limit + BEYOND;
  return true;
}

/** nu of a point that has escaped, or stays. */
@inline
export function smoothCount(point: Point, reference: Reference, view: View): f64 {
  if (point.mag2 <= view.bailout2) return Infinity;
  return view.whole ? <f64>point.n : <f64>point.n - log2(0.5 * log2(point.mag2)) * reference.perLog2;
}
