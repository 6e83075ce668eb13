/**
 * A block of points while it is followed together: d as a polynomial in the place x within it, |x| <= 1, in units of
 * 2^e, and its dc, c_0 + r·x, of which there is none in a Julia set.
 */

import { power2, ZERO } from './extended';
import { julia } from './orbit';
import { POLYNOMIAL, setLine, shrink, sizeFrom, termIm, termRe } from './polynomial';

/** d, the next d, and two that are on the way to it. */
export let d: usize = 0;
export let next: usize = 0;
export let factor: usize = 0;
export let product: usize = 0;

/** at: room for four polynomials. */
export function setRoom(at: usize): void {
  d = at;
  next = d + POLYNOMIAL;
  factor = next + POLYNOMIAL;
  product = factor + POLYNOMIAL;
}

/** dc: c_0 and r, times 2^ce; and as doubles. */
export let kr: f64 = 0;
export let ki: f64 = 0;
export let kx: f64 = 0;
export let ce: i32 = 0;
export let cr: f64 = 0;
export let ci: f64 = 0;
export let cx: f64 = 0;

/** Around (re + i·im)·2^exponent. */
export function setBlock(re: f64, im: f64, radius: f64, exponent: i32): void {
  setLine(d, julia ? re : 0, julia ? im : 0, julia ? radius : 0, 0);
  setLine(factor, julia ? 0 : re, julia ? 0 : im, julia ? 0 : radius, 0);
  bringIntoForm(factor, exponent, 0);
  kr = termRe(factor, 0);
  ki = termIm(factor, 0);
  kx = termRe(factor, 1);
  ce = formE;
  const unit = power2(ce);
  cr = kr * unit;
  ci = ki * unit;
  cx = kx * unit;
}

/** What the last polynomial that was brought into form is in units of, and a bound beside it. */
export let formE: i32 = 0;
export let formError: f64 = 0;

/** p·2^e, so that the sum of its terms is within [1, 2). */
export function bringIntoForm(p: usize, e: i32, error: f64): void {
  const size = sizeFrom(p, 0);
  const shift = size == 0 ? 0 : <i32>(reinterpret<i64>(size) >> 52) - 1023;
  shrink(p, power2(-shift));
  formE = size == 0 ? ZERO : e + shift;
  formError = size == 0 ? 0 : error * power2(-shift);
}
