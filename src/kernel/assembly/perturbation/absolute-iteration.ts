/**
 * Absolute iteration: z itself in doubles, once neighbouring points are so far apart that doubles distinguish them.
 * That needs no reference: no entry is looked up and nothing is rebased, which happens to a difference of this size every
 * few steps.
 *
 * Roundings are parts of 1 then, not of a difference. Their effect on z is bounded in the same way as the error bound;
 * divided by that it is their effect in pixels. Points in whose nu it would show are iterated again as differences.
 */

import { BURNING_SHIP } from '../formula';
import { rebase, setDerivative, setError, setIndex, setValue } from './point';
import { FOLDED, POWER, SQUARE } from './reference-orbit';
import { Slot } from './slot';

/** The error bound, of a pixel, from which on iteration is absolute. */
export const FAR_APART: f64 = 1e-6;
/** With a larger roundoff a point is iterated as a difference. */
export const MOST_ROUNDOFF: f64 = 1e8;

/**
 * Iterates from the point's n, z, derivative and errors, which are doubles, and stores the new ones there, as a
 * difference from 0, until one of these: the escape, the limit, a z so small that it may close a cycle (`watch` of
 * the marks), an error bound below FAR_APART. c: of the point; u: what a step adds to the derivative; s: to the error
 * bound. Returns the number of steps, which may be 0.
 */
// prettier-ignore
export function iterateAbsolute(kind: i32, derive: bool, slot: Slot, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  if (kind == SQUARE) return derive ? squareDerived(slot, cr, ci, ur, ui, s) : square(slot, cr, ci, s);
  if (kind == POWER) return iterate(POWER, derive, slot, cr, ci, ur, ui, s);
  return folded(derive, slot, cr, ci, ur, ui, s);
}

function square(slot: Slot, cr: f64, ci: f64, s: f64): i64 {
  return iterate(SQUARE, false, slot, cr, ci, 0, 0, s);
}

function squareDerived(slot: Slot, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  return iterate(SQUARE, true, slot, cr, ci, ur, ui, s);
}

function folded(derive: bool, slot: Slot, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  return iterate(FOLDED, derive, slot, cr, ci, ur, ui, s);
}

// prettier-ignore
@inline
function iterate(kind: i32, derive: bool, slot: Slot, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  const reference = slot.reference;
  const point = slot.point;
  const watch = slot.marks.watch;
  const last = point.last;
  const power = reference.power;
  const ship = reference.fold == BURNING_SHIP;
  const bailout2 = slot.view.bailout2;
  const from = point.n;
  let n = from;
  let zr = point.zRe;
  let zi = point.zIm;
  let mag2 = point.mag2;
  let a = point.rightRe;
  let b = point.rightIm;
  let c = point.upRe;
  let d = point.upIm;
  let error = point.error;
  let largest = point.largestError;
  const separate = slot.view.separate;
  let together = point.together;
  let roundoff = point.roundoff * error;
  while (n < last) {
    const stretch = slope(kind, power, mag2);
    const next = error * stretch + s;
    if (!(next >= FAR_APART) || roundoff > MOST_ROUNDOFF * error) break;
    error = next;
    roundoff = roundoff * stretch + 1;
    largest = max(largest, error);
    if (kind == FOLDED) {
      const fr = !ship || zr >= 0 ? 1.0 : -1.0;
      const fi = !ship || zi < 0 ? -1.0 : 1.0;
      zr *= fr;
      zi *= fi;
      a *= fr;
      c *= fr;
      b *= fi;
      d *= fi;
    }
    // z^(p-1)
    let pr = zr;
    let pi = zi;
    if (kind != SQUARE) {
      for (let k = 2; k < power; k++) {
        const t = pr * zr - pi * zi;
        pi = pr * zi + pi * zr;
        pr = t;
      }
    }
    if (derive) {
      const p = kind == SQUARE ? 2.0 : <f64>power;
      const fr = p * pr;
      const fi = p * pi;
      const t = fr * a - fi * b + ur;
      b = fr * b + fi * a + ui;
      a = t;
      if (kind == FOLDED) {
        const u = fr * c - fi * d - ui;
        d = fr * d + fi * c + ur;
        c = u;
      }
    }
    const t = pr * zr - pi * zi + cr;
    zi = pr * zi + pi * zr + ci;
    zr = t;
    mag2 = zr * zr + zi * zi;
    n++;
    if (error < separate) together = n;
    if (!(mag2 <= bailout2) || mag2 < watch) break;
  }
  if (n == from) return 0;
  rebase(point, reference);
  setIndex(point, 0, n);
  setValue(point, zr, zi, mag2);
  setDerivative(point, a, b, c, d, 0);
  setError(point, error, 0);
  point.largestError = largest;
  point.together = together;
  point.roundoff = max(point.roundoff, roundoff / error);
  return n - from;
}

/** |f'(z)| = p·|z|^(p-1), of |z|^2. */
@inline
export function slope(kind: i32, power: i32, mag2: f64): f64 {
  return slopeAt(kind, power, Math.sqrt(mag2));
}

/** The same of |z|. */
@inline
export function slopeAt(kind: i32, power: i32, modulus: f64): f64 {
  return (kind == SQUARE ? 2.0 : <f64>power) * raised(kind, power, modulus);
}

/** x^(p-1). */
@inline
export function raised(kind: i32, power: i32, x: f64): f64 {
  if (kind == SQUARE) return x;
  let result = x;
  for (let k = 2; k < power; k++) result *= x;
  return result;
}
