/**
 * Marks along a point's orbit, by which a cycle is recognised (after Brent): the mark is the smallest z of a window of
 * iterations, each window twice as long as the one before. When z comes near the mark again, and the error bound has not
 * grown since, the iterations between may be a period.
 */

import { FOLDED } from './reference-orbit';

/** How near the mark z must come back, in parts of it: for Newton's method, and where there is none. */
const NEAR: f64 = 0.5;
const NEARER: f64 = 0.00390625; // 2^-8
/** The first window of iterations. */
const FIRST_WINDOW: i64 = 16;

@unmanaged
export class Marks {
  /** The mark, |z|^2, n, the error bound and the steps taken there. */
  re: f64;
  im: f64;
  mag2: f64;
  n: i64;
  error: f64;
  taken: i64;
  /** How near z has come to the mark since. */
  nearest: f64;
  /** The smallest |z|^2 so far. */
  least2: f64;
  /** The iteration with which the next window begins. */
  nextWindow: i64;
  /** |z|^2 below which a z is tested. */
  watch: f64;
}

/** Before a point's first step; |z|^2 below `watch` is tested. */
@inline
export function restart(marks: Marks, watch: f64): void {
  marks.watch = watch;
  marks.nextWindow = 0;
  marks.least2 = Infinity;
}

/** Field by field: once a point, and memory.copy is a call outside of the compiled code, which takes longer. */
@inline
export function copyMarks(from: Marks, to: Marks): void {
  to.re = from.re;
  to.im = from.im;
  to.mag2 = from.mag2;
  to.n = from.n;
  to.error = from.error;
  to.taken = from.taken;
  to.nearest = from.nearest;
  to.least2 = from.least2;
  to.nextWindow = from.nextWindow;
  to.watch = from.watch;
}

/** Whether a new window begins with this iteration, which is its first mark. */
@inline
export function beginsWindow(marks: Marks, n: i64): bool {
  if (n < marks.nextWindow) return false;
  marks.nextWindow = max(2 * n, FIRST_WINDOW);
  return true;
}

export function setMark(kind: i32, marks: Marks, zr: f64, zi: f64, mag2: f64, n: i64, taken: i64, error: f64): void {
  marks.re = zr;
  marks.im = zi;
  marks.mag2 = mag2;
  marks.n = n;
  marks.taken = taken;
  marks.error = error;
  marks.nearest = (kind == FOLDED ? NEARER : NEAR) * (Math.abs(zr) + Math.abs(zi));
  marks.watch = 4 * mag2;
}
