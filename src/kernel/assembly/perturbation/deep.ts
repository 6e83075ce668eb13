/**
 * The same beyond the range of doubles: differences, derivatives and the table's matrices carry exponents of their own.
 * One source for all formulas, with real 2x2 matrices, since a point spends few steps here; to first order,
 *
 *   d <- A·d + B·dc,  valid while |d| < R and |dc| < Rc.
 */

import { BURNING_SHIP } from '../formula';
import { log2 } from '../log2';
import { add, multiply, normalize, power2, xe, xi, xr, ZERO } from './extended';
import { matrixNorm } from './matrix';
import { WIDE } from './table';
import {
  bailout2,
  countSteps,
  dE,
  dIm,
  dRe,
  end,
  extend,
  fold,
  growth,
  growthE,
  j0,
  j1,
  j2,
  j3,
  jE,
  julia,
  last,
  limit,
  m,
  mag2,
  n,
  orbit,
  orbitAt,
  partIm,
  partImE,
  partRe,
  partReE,
  partsAt,
  peak,
  power,
  rebase,
  setDerivative,
  setDifference,
  setGrowth,
  setPeak,
  setPlace,
  setValue,
  spacing,
  unitE,
  unitIm,
  unitRe,
} from './orbit';

/** An entry: A and B by rows, the logarithms to base 2 of R and Rc, the exponents of A and B. */
export const A: usize = 0;
export const B: usize = 32;
const R: usize = 64;
const R_C: usize = 72;
export const A_E: usize = 80;
export const B_E: usize = 84;
export const DEEP_ENTRY: usize = 88;

/** What the terms that are left out may be of A·d, as a logarithm to base 2. */
const LOG_EPSILON: f64 = -40;
/** No radius: valid for nothing; or for everything. */
const NONE: f64 = -1e300;
const ANY: f64 = 1e300;
/** From 2^ENOUGH on a difference is a double. */
const ENOUGH: i32 = -900;

/** As `buildLevel` of table.ts. */
// prettier-ignore
export function buildDeepLevel(below: usize, table: usize, level: i32, from: i32, to: i32, scratch: usize): void {
  for (let j = from; j < to; j++) {
    const at = table + <usize>j * DEEP_ENTRY;
    if (below != 0) merge(below + (<usize>j << 1) * DEEP_ENTRY, below + ((<usize>j << 1) + 1) * DEEP_ENTRY, at);
    else {
      const from = 1 + (j << level);
      step(from, at);
      for (let k = 1; k < 1 << level; k++) {
        step(from + k, scratch);
        merge(at, scratch, at);
      }
    }
  }
}

@inline
function logModulus(re: f64, im: f64, e: i32): f64 {
  return e == ZERO ? NONE : <f64>e + 0.5 * log2(re * re + im * im);
}

@inline
function logPart(x: f64, e: i32): f64 {
  return x == 0 ? NONE : <f64>e + log2(Math.abs(x));
}

/** One iteration from Z_m. */
function step(m: i32, at: usize): void {
  orbitAt(m);
  let zr = xr;
  let zi = xi;
  const ze = xe;
  const ship = fold == BURNING_SHIP;
  if (ship) partsAt(m);
  const sr: f64 = ship && partRe < 0 ? -1 : 1;
  const si: f64 = (ship && partIm < 0) || (fold != 0 && !ship) ? -1 : 1;
  zr *= sr;
  zi *= si;
  const wide = logModulus(zr, zi, ze) > log2(WIDE);
  let r = LOG_EPSILON + logModulus(zr, zi, ze) + log2(2 / <f64>(power - 1));
  if (ship) r = min(r, min(logPart(partRe, partReE), logPart(partIm, partImE)));
  normalize(<f64>power, 0, 0);
  for (let k = 1; k < power; k++) multiply(xr, xi, xe, zr, zi, ze);
  store<f64>(at, xr * sr, A);
  store<f64>(at, -xi * si, A + 8);
  store<f64>(at, xi * sr, A + 16);
  store<f64>(at, xr * si, A + 24);
  store<i32>(at, xe, A_E);
  store<f64>(at, 1, B);
  store<f64>(at, 0, B + 8);
  store<f64>(at, 0, B + 16);
  store<f64>(at, 1, B + 24);
  store<i32>(at, 0, B_E);
  store<f64>(at, xe == ZERO || wide ? NONE : r, R);
  store<f64>(at, ANY, R_C);
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
function logNorm(at: usize, e: i32): f64 {
  return e == ZERO ? NONE : <f64>e + log2(matrixNorm(at));
}

/** First x, then y; `at` may be x. */
function merge(x: usize, y: usize, at: usize): void {
  // Half of y's radius is for what x makes of d, half for what it makes of dc.
  const ry = load<f64>(y, R) - 1;
  const r = min(load<f64>(x, R), ry - logNorm(x + A, load<i32>(x, A_E)));
  const rc = min(min(load<f64>(x, R_C), load<f64>(y, R_C)), ry - logNorm(x + B, load<i32>(x, B_E)));
  const ye = load<i32>(y, A_E);
  store<i32>(at, product(y + A, ye, x + B, load<i32>(x, B_E), y + B, load<i32>(y, B_E), at + B), B_E);
  store<i32>(at, product(y + A, ye, x + A, load<i32>(x, A_E), 0, 0, at + A), A_E);
  const none = load<f64>(x, R) == NONE || load<f64>(y, R) == NONE;
  store<f64>(at, none ? NONE : r, R);
  store<f64>(at, none ? NONE : rc, R_C);
}

/**
 * Goes on until the point is through (true), or d is large enough for a double.
 * dc = (cr + i·ci)·2^ce; levels, first, depth: as in doubles.ts, of this table; derive: carries dz/dc along; tight:
 * how many bits farther inside their radii approximations are used.
 */
// prettier-ignore
export function followTiny(derive: bool, cr: f64, ci: f64, ce: i32, levels: usize, first: i32, depth: i32,
  tight: f64): bool {
  let taken: i64 = 0;
  let through = false;
  while (true) {
    if (n >= last) {
      setPoint();
      if (!extend(mag2)) {
        setValue(0, 0, 0);
        through = true;
        break;
      }
    }
    taken++;
    const entry = entryFor(ce, levels, first, depth, tight);
    if (entry != 0) {
      if (derive) deriveBy(entry);
      growBy(matrixNorm(entry + A), load<i32>(entry, A_E), matrixNorm(entry + B), load<i32>(entry, B_E));
      transform(entry + B, load<i32>(entry, B_E), cr, ci, ce);
      const tr = xr;
      const ti = xi;
      const te = xe;
      transform(entry + A, load<i32>(entry, A_E), dRe, dIm, dE);
      add(xr, xi, xe, tr, ti, te);
      setDifference(xr, xi, xe);
    } else {
      single(derive, cr, ci, ce);
      setPlace(m + 1, n + 1);
    }
    const here = orbit + (<usize>m << 4);
    const zr = load<f64>(here);
    const zi = load<f64>(here, 8);
    // d is nothing beside a Z of this size.
    if (!(zr * zr + zi * zi <= bailout2)) {
      setPoint();
      through = true;
      break;
    }
    orbitAt(m);
    let zE = xe;
    if (xe <= dE + 2 || m >= end) {
      add(xr, xi, xe, dRe, dIm, dE);
      if (m >= end || xe < dE || (xe == dE && Math.abs(xr) + Math.abs(xi) < Math.abs(dRe) + Math.abs(dIm))) {
        setDifference(xr, xi, xe);
        zE = ZERO;
        rebase();
      }
    }
    if (isEnough(zE)) {
      setPoint();
      break;
    }
  }
  countSteps(taken);
  // A point that is through has not been seen by doubles.ts since.
  if (through) setPeak(max(peak, growth * power2(growthE)));
  return through;
}

/** Whether the difference is a double, and will be after a step from a z of this exponent. */
export function isEnough(zE: i32): bool {
  return dE >= ENOUGH && dE + (power - 1) * max(zE, dE) >= ENOUGH;
}

/** Tells the value at the point, Z + d. */
export function setPoint(): void {
  orbitAt(m);
  add(xr, xi, xe, dRe, dIm, dE);
  const unit = power2(xe);
  const re = xr * unit;
  const im = xi * unit;
  setValue(re, im, re * re + im * im);
}

/** The longest entry that is valid here, its steps taken into account; 0: a single step is due. */
export function entryFor(ce: i32, levels: usize, first: i32, depth: i32, tight: f64): usize {
  if (m == 0) return 0;
  const index = m - 1;
  const most = index == 0 ? depth : min(ctz(index), depth);
  // The modulus of a normalized number is below 2^1.5 times its power of two.
  const sizeD = <f64>dE + 1.5 + tight;
  const sizeC = julia ? NONE : <f64>ce + 1.5 + tight;
  let entry: usize = 0;
  let skipped = 0;
  for (let level = first; level <= most; level++) {
    if (m + (1 << level) > end) break;
    const at = <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * DEEP_ENTRY;
    if (!(sizeD < load<f64>(at, R)) || !(sizeC <= load<f64>(at, R_C)) || n + (<i64>1 << level) > limit) break;
    entry = at;
    skipped = 1 << level;
  }
  setPlace(m + skipped, n + <i64>skipped);
  return entry;
}

/** A matrix times a vector. */
@inline
function transform(at: usize, e: i32, vr: f64, vi: f64, ve: i32): void {
  const re = load<f64>(at) * vr + load<f64>(at, 8) * vi;
  normalize(re, load<f64>(at, 16) * vr + load<f64>(at, 24) * vi, max(e + ve, ZERO));
}

/** J <- A·J + B·unit. */
function deriveBy(entry: usize): void {
  const ae = load<i32>(entry, A_E);
  const be = load<i32>(entry, B_E);
  const ue = julia ? ZERO : unitE;
  transform(entry + B, be, unitRe, unitIm, ue);
  const b0 = xr;
  const b1 = xi;
  const b01 = xe;
  transform(entry + B, be, -unitIm, unitRe, ue);
  const b2 = xr;
  const b3 = xi;
  const b23 = xe;
  transform(entry + A, ae, j0, j1, jE);
  add(xr, xi, xe, b0, b1, b01);
  const a0 = xr;
  const a1 = xi;
  const a01 = xe;
  transform(entry + A, ae, j2, j3, jE);
  add(xr, xi, xe, b2, b3, b23);
  setColumns(a0, a1, a01, xr, xi, xe);
}

/** Two columns with one exponent. */
function setColumns(a: f64, b: f64, e: i32, c: f64, d: f64, f: i32): void {
  const common = max(e, f);
  const own = power2(e - common);
  const other = power2(f - common);
  setDerivative(a * own, b * own, c * other, d * other, common);
}

/** The bound of the growth <- a·2^ae of it + b·2^be pixels. */
export function growBy(a: f64, ae: i32, b: f64, be: i32): void {
  const e = max(growthE + ae, ZERO);
  const f = julia ? ZERO : unitE + be;
  const common = max(e, f);
  normalize(growth * a * power2(e - common) + spacing * b * power2(f - common), 0, common);
  setGrowth(xr, xe);
}

/** The same for one iteration from w·2^we. */
export function growBySlope(wr: f64, wi: f64, we: i32): void {
  const w = Math.sqrt(wr * wr + wi * wi);
  let a: f64 = <f64>power;
  for (let k = 1; k < power; k++) a *= w;
  growBy(a, max(we, ZERO / 8) * (power - 1), 1, 0);
}

/** One iteration. */
function single(derive: bool, cr: f64, ci: f64, ce: i32): void {
  orbitAt(m);
  let zr = xr;
  let zi = xi;
  const ze = xe;
  let dr = dRe;
  let di = dIm;
  let fr: f64 = 1;
  let fi: f64 = 1;
  if (fold == BURNING_SHIP) {
    // In units of d: what is so small beside the other that it vanishes there has no say in the sign.
    partsAt(m);
    const yr = partRe * power2(partReE - dE);
    const yi = partIm * power2(partImE - dE);
    if (yr + dr < 0) fr = -1;
    if (yi + di < 0) fi = -1;
    dr = foldedBy(yr, dr);
    di = foldedBy(yi, di);
    zr = Math.abs(zr);
    zi = Math.abs(zi);
  } else if (fold != 0) {
    fi = -1;
    di = -di;
    zi = -zi;
  }
  normalize(dr, di, dE);
  dr = xr;
  di = xi;
  const de = xe;
  add(zr, zi, ze, dr, di, de);
  const wr = xr;
  const wi = xi;
  const we = xe;
  growBySlope(wr, wi, we);
  if (derive) {
    normalize(<f64>power, 0, 0);
    for (let k = 1; k < power; k++) multiply(xr, xi, xe, wr, wi, we);
    const pr = xr;
    const pi = xi;
    const pe = xe;
    const ue = julia ? ZERO : unitE;
    multiply(pr, pi, pe, j0 * fr, j1 * fi, jE);
    add(xr, xi, xe, unitRe, unitIm, ue);
    const a = xr;
    const b = xi;
    const e = xe;
    multiply(pr, pi, pe, j2 * fr, j3 * fi, jE);
    add(xr, xi, xe, -unitIm, unitRe, ue);
    setColumns(a, b, e, xr, xi, xe);
  }
  // S·d + dc, with S = w^(p-1) + w^(p-2)·Z + … + Z^(p-1)
  let sr: f64 = 1;
  let si: f64 = 0;
  let se: i32 = 0;
  let qr: f64 = 1;
  let qi: f64 = 0;
  let qe: i32 = 0;
  for (let k = 1; k < power; k++) {
    multiply(qr, qi, qe, zr, zi, ze);
    qr = xr;
    qi = xi;
    qe = xe;
    multiply(sr, si, se, wr, wi, we);
    add(xr, xi, xe, qr, qi, qe);
    sr = xr;
    si = xi;
    se = xe;
  }
  multiply(sr, si, se, dr, di, de);
  if (!julia) add(xr, xi, xe, cr, ci, ce);
  setDifference(xr, xi, xe);
}

/** |X + x| - |X| without cancellation. */
@inline
function foldedBy(whole: f64, part: f64): f64 {
  if (whole >= 0) return whole + part >= 0 ? part : -(2 * whole + part);
  return whole + part > 0 ? 2 * whole + part : -part;
}
