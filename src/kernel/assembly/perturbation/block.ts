/**
 * A block of points that are iterated together: d as a polynomial in the place x within it, |x| <= 1, in units of
 * 2^e, and its dc, c_0 + r·x, of which there is none in a Julia set.
 */

import { power2, ZERO } from './extended-exponent';
import { Polynomial, setLine, shrink, sizeFrom, termIm, termRe } from './polynomial';

@unmanaged
export class Block {
  /** d, the next d, and two intermediate polynomials. */
  d: Polynomial;
  next: Polynomial;
  factor: Polynomial;
  product: Polynomial;
  /** d and `error`, a bound of its missing terms, are in units of 2^e: 0 where d is a double. */
  e: i32;
  /** The exponent of `next` once it is normalized, and the bound of its missing terms. */
  nextE: i32;
  nextError: f64;
  error: f64;
  /** Steps. */
  taken: i64;
  /** dc: c_0 = centreRe + i·centreIm and r, times 2^cE; and the same as doubles. */
  centreRe: f64;
  centreIm: f64;
  radius: f64;
  cE: i32;
  cr: f64;
  ci: f64;
  cx: f64;
}

/** A block around (re + i·im)·2^exponent before its first step. */
export function setBlock(block: Block, julia: bool, re: f64, im: f64, radius: f64, exponent: i32): void {
  const dc = block.factor;
  setLine(block.d, julia ? re : 0, julia ? im : 0, julia ? radius : 0, 0);
  setLine(dc, julia ? 0 : re, julia ? 0 : im, julia ? 0 : radius, 0);
  const shift = normalizeTerms(dc);
  block.centreRe = termRe(dc, 0);
  block.centreIm = termIm(dc, 0);
  block.radius = termRe(dc, 1);
  block.cE = shift == ZERO ? ZERO : exponent + shift;
  const unit = power2(block.cE);
  block.cr = block.centreRe * unit;
  block.ci = block.centreIm * unit;
  block.cx = block.radius * unit;
  block.e = 0;
  block.error = 0;
  block.taken = 0;
}

/** p·2^e with a bound `error` of its missing terms: `next`, normalized. */
export function setNext(block: Block, e: i32, error: f64): void {
  const shift = normalizeTerms(block.next);
  block.nextE = shift == ZERO ? ZERO : e + shift;
  block.nextError = shift == ZERO ? 0 : error * power2(-shift);
}

/** The same of d, which is in units of 2^e. */
export function normalizeDifference(block: Block, e: i32): void {
  const shift = normalizeTerms(block.d);
  block.e = shift == ZERO ? ZERO : e + shift;
  block.error = shift == ZERO ? 0 : block.error * power2(-shift);
}

/** Divides a polynomial by a power of two, so that the sum of its terms is within [1, 2). Returns its exponent; ZERO for 0. */
function normalizeTerms(p: Polynomial): i32 {
  const size = sizeFrom(p, 0);
  if (size == 0) return ZERO;
  const shift = <i32>(reinterpret<i64>(size) >> 52) - 1023;
  shrink(p, power2(-shift));
  return shift;
}
