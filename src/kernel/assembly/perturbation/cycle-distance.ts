/**
 * The distance of c to the boundary of its component: where |λ|, the multiplier of its cycle, becomes 1. For z^d + c it is half the conformal
 * radius there, so the boundary is at least half, and at most twice as far (Koebe): λ maps the component to the unit disc, (d - 1) to 1,
 * so its root r does so 1 to 1, and half the radius is (1 - |r|^2) / 2|dr/dc|. For formulas that fold λ is not analytic in
 * c; the same with the gradient of |r| is right to first order near the boundary.
 */

import { HOLOMORPHIC } from '../formula';
import { Cycle, Matrix, Motion, Walk } from './cycle-record';
import { advance, beginWalk, determinant, iterate, multiplyLeft, setMatrix } from './cycle-walk';
import { modulus } from './matrix';
import { Slot } from './slot';

/** Of the cycle found last, in pixels; 0: it is not known. */
export function measure(slot: Slot, cycle: Cycle): f64 {
  const walk = cycle.walk;
  const byW = walk.byW;
  const right = cycle.right;
  const up = cycle.up;
  iterate(slot, walk, cycle.re, cycle.im, cycle.period);
  begin(right, walk, walk.byC.a, walk.byC.c);
  begin(up, walk, walk.byC.b, walk.byC.d);
  beginWalk(walk, cycle.re, cycle.im);
  for (let left = cycle.period; left > 0; ) {
    left -= <i64>advance(slot, walk, left);
    const by = walk.stepByC;
    move(right, walk, by.a, by.c, walk.mixedRe, walk.mixedIm);
    move(up, walk, by.b, by.d, -walk.mixedIm, walk.mixedRe);
    multiplyLeft(walk.stepByZ, byW);
  }
  const size = Math.sqrt(Math.abs(determinant(byW)));
  const times = slot.reference.power - 1;
  const rooted = rootOf(size, times);
  let factor = <f64>times;
  for (let k = 1; k < times; k++) factor *= rooted;
  const distance = (0.5 * factor * (1 - rooted * rooted)) / gradient(byW, right.slope, up.slope, size, slot.reference.fold);
  return distance < Infinity ? distance : 0;
}

/** dw/dc = (I - ∂z/∂w)^-1·∂z/∂c, in the direction in which ∂z/∂c is cr + i·ci. */
function begin(motion: Motion, walk: Walk, cr: f64, ci: f64): void {
  const byW = walk.byW;
  const a = 1 - byW.a;
  const d = 1 - byW.d;
  const scale = 1 / (a * d - byW.b * byW.c);
  motion.re = (d * cr + byW.b * ci) * scale;
  motion.im = (byW.c * cr + a * ci) * scale;
  setMatrix(motion.slope, 0, 0, 0, 0);
}

/** With one step of the walk: (cr, ci) is its derivative by c in this direction, mr + i·mi what c adds to its slope. */
function move(motion: Motion, walk: Walk, cr: f64, ci: f64, mr: f64, mi: f64): void {
  const step = walk.stepByZ;
  const byW = walk.byW;
  const x = motion.re;
  const y = motion.im;
  const slope = motion.slope;
  multiplyLeft(step, slope);
  const a = walk.reXX * x + walk.reXY * y + mr;
  const b = walk.reXY * x + walk.reYY * y - mi;
  const c = walk.imXX * x + walk.imXY * y + mi;
  const d = walk.imXY * x + walk.imYY * y + mr;
  slope.a += a * byW.a + b * byW.c;
  slope.b += a * byW.b + b * byW.d;
  slope.c += c * byW.a + d * byW.c;
  slope.d += c * byW.b + d * byW.d;
  motion.re = step.a * x + step.b * y + cr;
  motion.im = step.c * x + step.d * y + ci;
}

/** Of |λ| by c, λ changing by these matrices per pixel to the right and up. */
function gradient(byW: Matrix, right: Matrix, up: Matrix, size: f64, fold: i32): f64 {
  if (fold == HOLOMORPHIC) return modulus(right.a, right.c);
  // At the centre of a component |λ| has a corner: as if λ were analytic.
  if (size == 0) return Math.SQRT1_2 * modulus(modulus(right.a, right.b), modulus(right.c, right.d));
  return modulus(ofDeterminant(byW, right), ofDeterminant(byW, up)) / (2 * size);
}

/** The change of det J. */
function ofDeterminant(byW: Matrix, change: Matrix): f64 {
  return byW.a * change.d + byW.d * change.a - byW.b * change.c - byW.c * change.b;
}

/** The n-th root of 0 to 1: Newton from above, down to the last bit. */
function rootOf(value: f64, n: i32): f64 {
  if (n == 1 || value == 0) return value;
  let y: f64 = 1;
  while (true) {
    let power = y;
    for (let i = 2; i < n; i++) power *= y;
    const next = y - (y - value / power) / <f64>n;
    if (next >= y) return y;
    y = next;
  }
}
