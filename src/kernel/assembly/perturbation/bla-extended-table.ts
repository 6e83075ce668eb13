/**
 * The BLA table for differences beyond the range of doubles: of all formulas, with real 2x2 matrices that have exponents of
 * their own, since a point takes few steps here; to first order, since nothing is large here:
 *
 *   d <- A·d + B·dc,  valid while |d| < R and |dc| < Rc.
 */

import { BURNING_SHIP } from '../formula';
import { log2 } from '../log2';
import { EXTENDED_ENTRY_BYTES, ExtendedEntry, extendedA, extendedB } from './bla-entry';
import { WIDE } from './bla-table';
import { Extended, multiply, normalize, power2, ZERO } from './extended-exponent';
import { matrixNorm } from './matrix';
import { orbitAt, partsAt } from './reference-orbit';
import { Slot } from './slot';

/** The truncation epsilon: the bound of the omitted terms in parts of A·d, as a logarithm to base 2. */
const LOG_EPSILON: f64 = -40;
/** The logarithms of radii for which an entry is valid for nothing, and for everything. */
export const NONE: f64 = -1e300;
const ANY: f64 = 1e300;

@inline
function entryAt(level: usize, j: i32): ExtendedEntry {
  return changetype<ExtendedEntry>(level + <usize>j * EXTENDED_ENTRY_BYTES);
}

/** As `buildLevel` of setup.ts. */
export function buildExtendedLevel(slot: Slot, below: usize, table: usize, level: i32, from: i32, to: i32): void {
  const single = changetype<ExtendedEntry>(slot.scratch);
  for (let j = from; j < to; j++) {
    const entry = entryAt(table, j);
    if (below != 0) merge(entryAt(below, j << 1), entryAt(below, (j << 1) + 1), entry);
    else {
      const m = 1 + (j << level);
      setStep(slot, m, entry);
      for (let k = 1; k < 1 << level; k++) {
        setStep(slot, m + k, single);
        merge(entry, single, entry);
      }
    }
  }
}

@inline
function logModulus(x: Extended): f64 {
  return x.e == ZERO ? NONE : <f64>x.e + 0.5 * log2(x.re * x.re + x.im * x.im);
}

@inline
function logPart(x: f64, e: i32): f64 {
  return x == 0 ? NONE : <f64>e + log2(Math.abs(x));
}

/** The entry of one iteration from Z_m. */
function setStep(slot: Slot, m: i32, entry: ExtendedEntry): void {
  const reference = slot.reference;
  const numbers = slot.numbers;
  const z = numbers.z;
  const a = numbers.w;
  const parts = numbers.parts;
  const power = reference.power;
  const ship = reference.fold == BURNING_SHIP;
  orbitAt(reference, m, z);
  if (ship) partsAt(reference, m, parts);
  const sr: f64 = ship && parts.re < 0 ? -1 : 1;
  const si: f64 = (ship && parts.im < 0) || (reference.fold != 0 && !ship) ? -1 : 1;
  z.re *= sr;
  z.im *= si;
  const wide = logModulus(z) > log2(WIDE);
  let r = LOG_EPSILON + logModulus(z) + log2(2 / <f64>(power - 1));
  if (ship) r = min(r, min(logPart(parts.re, parts.reE), logPart(parts.im, parts.imE)));
  normalize(<f64>power, 0, 0, a);
  for (let k = 1; k < power; k++) multiply(a, z, a);
  entry.a0 = a.re * sr;
  entry.a1 = -a.im * si;
  entry.a2 = a.im * sr;
  entry.a3 = a.re * si;
  entry.aE = a.e;
  entry.b0 = 1;
  entry.b1 = 0;
  entry.b2 = 0;
  entry.b3 = 1;
  entry.bE = 0;
  entry.logRadius = a.e == ZERO || wide ? NONE : r;
  entry.logRadiusC = ANY;
}

/** Y·X + plus·2^plusE, into `at`; the exponent is returned. Matrices by rows, `plus` 0: nothing is added. */
function product(y: usize, ye: i32, x: usize, xe: i32, plus: usize, plusE: i32, at: usize): i32 {
  const y0 = load<f64>(y);
  const y1 = load<f64>(y, 8);
  const y2 = load<f64>(y, 16);
  const y3 = load<f64>(y, 24);
  const x0 = load<f64>(x);
  const x1 = load<f64>(x, 8);
  const x2 = load<f64>(x, 16);
  const x3 = load<f64>(x, 24);
  let e = max(ye + xe, ZERO);
  let a = y0 * x0 + y1 * x2;
  let b = y0 * x1 + y1 * x3;
  let c = y2 * x0 + y3 * x2;
  let d = y2 * x1 + y3 * x3;
  if (plus != 0) {
    const common = max(e, plusE);
    const own = power2(e - common);
    const other = power2(plusE - common);
    a = a * own + load<f64>(plus) * other;
    b = b * own + load<f64>(plus, 8) * other;
    c = c * own + load<f64>(plus, 16) * other;
    d = d * own + load<f64>(plus, 24) * other;
    e = common;
  }
  const shift = exponentOf(max(max(Math.abs(a), Math.abs(b)), max(Math.abs(c), Math.abs(d))));
  const scale = power2(-shift);
  store<f64>(at, a * scale);
  store<f64>(at, b * scale, 8);
  store<f64>(at, c * scale, 16);
  store<f64>(at, d * scale, 24);
  return shift == ZERO ? ZERO : e + shift;
}

/** k with x in [2^k, 2^(k+1)); ZERO for 0. */
@inline
function exponentOf(x: f64): i32 {
  return x == 0 ? ZERO : <i32>(reinterpret<i64>(x) >> 52) - 1023;
}

@inline
function logNorm(matrix: usize, e: i32): f64 {
  return e == ZERO ? NONE : <f64>e + log2(matrixNorm(matrix));
}

/** First x, then y; `entry` may be x. */
function merge(x: ExtendedEntry, y: ExtendedEntry, entry: ExtendedEntry): void {
  // Half of y's radius is for the d of x, half for its dc.
  const half = y.logRadius - 1;
  const r = min(x.logRadius, half - logNorm(extendedA(x), x.aE));
  const rc = min(min(x.logRadiusC, y.logRadiusC), half - logNorm(extendedB(x), x.bE));
  const none = x.logRadius == NONE || y.logRadius == NONE;
  entry.bE = product(extendedA(y), y.aE, extendedB(x), x.bE, extendedB(y), y.bE, extendedB(entry));
  entry.aE = product(extendedA(y), y.aE, extendedA(x), x.aE, 0, 0, extendedA(entry));
  entry.logRadius = none ? NONE : r;
  entry.logRadiusC = none ? NONE : rc;
}
