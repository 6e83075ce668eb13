/**
 * Points iterated themselves, no longer as differences: where neighbours have come so far from one another that z, a
 * double, tells them apart. That needs no reference, so no entry is sought and nothing starts again, which is what a
 * difference of this size would do every few steps.
 *
 * Roundings are parts of 1 then, not of a difference. What they have made of z is followed as growth is; by growth it is
 * what they have made of a pixel. Points that it would show in are iterated again as differences.
 */

import { BURNING_SHIP } from '../formula';
import { watch } from './interior';
import {
  bailout2,
  blur,
  FOLDED,
  fold,
  growth,
  j0,
  j1,
  j2,
  j3,
  last,
  n,
  POWER,
  peak,
  power,
  rebase,
  SQUARE,
  setBlur,
  setDerivative,
  setGrowth,
  setPeak,
  setPlace,
  setValue,
  zIm,
  zRe,
  mag2,
} from './orbit';

/** From which growth on. */
export const FAR_APART: f64 = 1e-6;
/** With so much blur a point goes on as a difference. */
export const BLURRED: f64 = 1e8;

/**
 * Goes on from n, z, its derivative, growth and peak, and leaves there what becomes of them, as a difference from 0, until
 * something happens: the escape, the limit, z among the small ones that may close a cycle, growth below FAR_APART. c: of
 * the point; u: what a step adds to the derivative; s: to growth. Returns the number of steps, which may be 0.
 */
// prettier-ignore
export function followItself(kind: i32, derive: bool, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  if (kind == SQUARE) return derive ? squareDerived(cr, ci, ur, ui, s) : square(cr, ci, s);
  if (kind == POWER) return follow(POWER, derive, cr, ci, ur, ui, s);
  return folded(derive, cr, ci, ur, ui, s);
}

function square(cr: f64, ci: f64, s: f64): i64 {
  return follow(SQUARE, false, cr, ci, 0, 0, s);
}

function squareDerived(cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  return follow(SQUARE, true, cr, ci, ur, ui, s);
}

function folded(derive: bool, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  return follow(FOLDED, derive, cr, ci, ur, ui, s);
}

// prettier-ignore
@inline
function follow(kind: i32, derive: bool, cr: f64, ci: f64, ur: f64, ui: f64, s: f64): i64 {
  const most2 = bailout2;
  const from = n;
  let count = n;
  let zr = zRe;
  let zi = zIm;
  let squared = mag2;
  let a = j0;
  let b = j1;
  let c = j2;
  let d = j3;
  let g = growth;
  let most = peak;
  let error = blur * g;
  while (count < last) {
    const stretch = slope(kind, squared);
    const grown = g * stretch + s;
    if (!(grown >= FAR_APART) || error > BLURRED * g) break;
    g = grown;
    error = error * stretch + 1;
    most = max(most, g);
    if (kind == FOLDED) {
      const fr = fold != BURNING_SHIP || zr >= 0 ? 1.0 : -1.0;
      const fi = fold != BURNING_SHIP || zi < 0 ? -1.0 : 1.0;
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
    squared = zr * zr + zi * zi;
    count++;
    if (!(squared <= most2) || squared < watch) break;
  }
  if (count == from) return 0;
  rebase();
  setPlace(0, count);
  setValue(zr, zi, squared);
  setDerivative(a, b, c, d, 0);
  setGrowth(g, 0);
  setPeak(most);
  setBlur(max(blur, error / g));
  return count - from;
}

/** |f'(z)| = p·|z|^(p-1). */
@inline
export function slope(kind: i32, squared: f64): f64 {
  return slopeAt(kind, Math.sqrt(squared));
}

/** The same by |z|. */
@inline
export function slopeAt(kind: i32, modulus: f64): f64 {
  return (kind == SQUARE ? 2.0 : <f64>power) * raised(kind, modulus);
}

/** x^(p-1). */
@inline
export function raised(kind: i32, x: f64): f64 {
  if (kind == SQUARE) return x;
  let result = x;
  for (let k = 2; k < power; k++) result *= x;
  return result;
}
