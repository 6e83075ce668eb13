/** A step through an entry of a BLA table, of a difference in doubles and of its derivative; results as in single-step.ts. */

import { Entry, MatrixEntry } from './bla-entry';
import { times } from './polynomial';

/** The square of a larger difference is far from underflow. */
const SQUARED: f64 = 1e-120;

/** (A + (C + F·d)·d + D·dc)·d + (B + E·dc)·dc; dc as (cr, cr) and (-ci, ci). */
@inline
export function stepByEntry(at: usize, dr: f64, di: f64, realC: v128, imaginaryC: v128): v128 {
  const re = f64x2.splat(dr);
  const im = f64x2(-di, di);
  const f = times(v128.load(at, offsetof<Entry>('fRe')), re, im);
  const bend = times(f64x2.add(v128.load(at, offsetof<Entry>('cRe')), f), re, im);
  const byC = times(v128.load(at, offsetof<Entry>('dRe')), realC, imaginaryC);
  const factor = f64x2.add(f64x2.add(v128.load(at, offsetof<Entry>('aRe')), bend), byC);
  const factorC = f64x2.add(v128.load(at, offsetof<Entry>('bRe')), times(v128.load(at, offsetof<Entry>('eRe')), realC, imaginaryC));
  return f64x2.add(times(factor, re, im), times(factorC, realC, imaginaryC));
}

/** The derivative a + i·b there, by d and by dc; u: dc by one pixel. */
@inline
// prettier-ignore
export function deriveByEntry(at: usize, dr: f64, di: f64, realC: v128, imaginaryC: v128, a: f64, b: f64, ur: f64, ui: f64): v128 {
  const re = f64x2.splat(dr);
  const im = f64x2(-di, di);
  const byDC = v128.load(at, offsetof<Entry>('dRe'));
  const e = times(v128.load(at, offsetof<Entry>('eRe')), realC, imaginaryC);
  const f = times(v128.load(at, offsetof<Entry>('fRe')), re, im);
  const bend = times(f64x2.add(v128.load(at, offsetof<Entry>('cRe')), f), re, im);
  const factor = f64x2.add(f64x2.add(v128.load(at, offsetof<Entry>('aRe')), bend), times(byDC, realC, imaginaryC));
  const factorC = f64x2.add(v128.load(at, offsetof<Entry>('bRe')), e);
  const by = f64x2.add(f64x2.add(factor, bend), times(f, re, im));
  const byC = f64x2.add(f64x2.add(factorC, e), times(byDC, re, im));
  return f64x2.add(times(by, f64x2.splat(a), f64x2(-b, b)), times(byC, f64x2.splat(ur), f64x2(-ui, ui)));
}

/** A·d + Q(d) + B·dc of real matrices; size: |d|. */
@inline
export function stepByMatrices(entry: MatrixEntry, size: f64, dr: f64, di: f64, cr: f64, ci: f64): v128 {
  let pr: f64;
  let pi: f64;
  if (size > SQUARED) {
    const xx = dr * dr;
    const xy = dr * di;
    const yy = di * di;
    pr = entry.q0 * xx + entry.q1 * xy + entry.q2 * yy;
    pi = entry.q3 * xx + entry.q4 * xy + entry.q5 * yy;
  } else {
    // Coefficients first: d^2 may be less than any double where Q·d is not.
    pr = (entry.q0 * dr + entry.q1 * di) * dr + entry.q2 * di * di;
    pi = (entry.q3 * dr + entry.q4 * di) * dr + entry.q5 * di * di;
  }
  return f64x2(
    entry.a0 * dr + entry.a1 * di + pr + (entry.b0 * cr + entry.b1 * ci),
    entry.a2 * dr + entry.a3 * di + pi + (entry.b2 * cr + entry.b3 * ci),
  );
}

/** A column (a, b) of the derivative there; u: dc by one pixel in its direction. */
@inline
export function deriveByMatrices(entry: MatrixEntry, dr: f64, di: f64, a: f64, b: f64, ur: f64, ui: f64): v128 {
  const s0 = entry.a0 + (2 * entry.q0 * dr + entry.q1 * di);
  const s1 = entry.a1 + (entry.q1 * dr + 2 * entry.q2 * di);
  const s2 = entry.a2 + (2 * entry.q3 * dr + entry.q4 * di);
  const s3 = entry.a3 + (entry.q4 * dr + 2 * entry.q5 * di);
  return f64x2(
    s0 * a + s1 * b + (entry.b0 * ur + entry.b1 * ui),
    s2 * a + s3 * b + (entry.b2 * ur + entry.b3 * ui),
  );
}
