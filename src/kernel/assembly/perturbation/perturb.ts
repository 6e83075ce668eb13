/**
 * Perturbation of z^2 + c: a pixel is iterated as its difference d from a reference orbit Z, both in f64,
 *
 *   d <- 2·Z_m·d + d^2 + dc,  m <- m + 1,
 *
 * and starts the reference again (d <- Z_m + d, m <- 0) when it comes nearer to 0 than to the reference, or the
 * reference ends: rebasing, after Zhuoran. Many steps are taken at once by approximation, of second order in d and of
 * first in dc:
 *
 *   d <- (A + C·d)·d + B·dc,  valid while |d| < R and |dc| < Rc.
 *
 * One step is A = 2Z, B = 1, C = 1, exactly. x and then y: A = Ay·Ax, B = Ay·Bx + By, C = Ay·Cx + Cy·Ax^2; the cubic
 * term that is left out is bounded by T = |Ay|·Tx + 2|Cy·Ax·Cx| + Ty·|Ax|^3, and R is where it reaches EPSILON·|A·d|.
 * Second order makes R about the square root of what first order has: a seventh of the steps at a zoom of 1e50.
 *
 * The radii are compared in the 1-norm, which is never smaller than the modulus and never underflows.
 */

import { log2 } from '../log2';
import { add, multiply, normalize, power2, xe, xi, xr, ZERO } from './extended';

/** One entry of the table: A, B, R, Rc, then C, the radius without C, and the bound of the cubic term. */
const A_RE: usize = 0;
const A_IM: usize = 8;
const B_RE: usize = 16;
const B_IM: usize = 24;
const R: usize = 32;
const R_C: usize = 40;
const C_RE: usize = 48;
const C_IM: usize = 56;
const R_LINEAR: usize = 64;
const CUBIC: usize = 72;
const ENTRY: usize = 80;

/** What the terms that are left out may be of A·d. */
const EPSILON: f64 = 9.094947017729282e-13; // 2^-40
/** What d may be of Z: farther out a step might have to start the reference again. */
const NEAR: f64 = 0.125;

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
const BEYOND: i64 = 200;

/**
 * Fills a part of one level of the table, `level` from 1: entry j covers the 2^level steps from Z_(1 + j·2^level).
 * orbit: pairs of f64 from Z_0; below: the level before, for level 1 not read.
 */
export function buildLevel(orbit: usize, below: usize, table: usize, level: i32, from: i32, to: i32): void {
  for (let j = from; j < to; j++) {
    const at = table + <usize>j * ENTRY;
    if (level == 1) firstLevel(at, orbit + ((1 + (<usize>j << 1)) << 4));
    else {
      const x = below + (<usize>j << 1) * ENTRY;
      merge(x, x + ENTRY, at);
    }
  }
}

/** Two steps, from Z and the Z after it, each d <- 2Z·d + d^2 + dc. */
function firstLevel(at: usize, z: usize): void {
  const xr = 2 * load<f64>(z);
  const xi = 2 * load<f64>(z, 8);
  const yr = 2 * load<f64>(z, 16);
  const yi = 2 * load<f64>(z, 24);
  const x = Math.sqrt(xr * xr + xi * xi);
  const y = Math.sqrt(yr * yr + yi * yi);
  const linear = EPSILON * y;
  store<f64>(at, yr * xr - yi * xi, A_RE);
  store<f64>(at, yr * xi + yi * xr, A_IM);
  store<f64>(at, yr + 1, B_RE);
  store<f64>(at, yi, B_IM);
  store<f64>(at, yr + (xr * xr - xi * xi), C_RE);
  store<f64>(at, yi + 2 * xr * xi, C_IM);
  store<f64>(at, 2 * x, CUBIC);
  const within = min(0.5 * NEAR * x, (0.25 * NEAR * y) / x);
  store<f64>(at, min(within, Math.sqrt(0.5 * EPSILON * y)), R);
  store<f64>(at, min(EPSILON * x, (0.5 * linear) / x), R_LINEAR);
  store<f64>(at, 0.5 * linear, R_C);
}

/** First x, then y. */
function merge(x: usize, y: usize, at: usize): void {
  const axr = load<f64>(x, A_RE);
  const axi = load<f64>(x, A_IM);
  const bxr = load<f64>(x, B_RE);
  const bxi = load<f64>(x, B_IM);
  const cxr = load<f64>(x, C_RE);
  const cxi = load<f64>(x, C_IM);
  const ayr = load<f64>(y, A_RE);
  const ayi = load<f64>(y, A_IM);
  const cyr = load<f64>(y, C_RE);
  const cyi = load<f64>(y, C_IM);
  const ar = ayr * axr - ayi * axi;
  const ai = ayr * axi + ayi * axr;
  const br = ayr * bxr - ayi * bxi + load<f64>(y, B_RE);
  const bi = ayr * bxi + ayi * bxr + load<f64>(y, B_IM);
  // C = Ay·Cx + Cy·Ax^2
  const sr = axr * axr - axi * axi;
  const si = 2 * axr * axi;
  const cr = ayr * cxr - ayi * cxi + (cyr * sr - cyi * si);
  const ci = ayr * cxi + ayi * cxr + (cyr * si + cyi * sr);
  const ax = Math.sqrt(axr * axr + axi * axi);
  const ay = Math.sqrt(ayr * ayr + ayi * ayi);
  const cx = Math.sqrt(cxr * cxr + cxi * cxi);
  const cy = Math.sqrt(cyr * cyr + cyi * cyi);
  const cubic = ay * load<f64>(x, CUBIC) + 2 * cy * ax * cx + load<f64>(y, CUBIC) * ax * ax * ax;
  // Half of y's radius is for what x makes of d, half for what it makes of dc.
  const linear = load<f64>(y, R_LINEAR);
  let r = min(min(load<f64>(x, R), (0.5 * load<f64>(y, R)) / ax), Math.sqrt((EPSILON * ax * ay) / cubic));
  let rl = min(load<f64>(x, R_LINEAR), (0.5 * linear) / ax);
  let rc = min(min(load<f64>(x, R_C), load<f64>(y, R_C)), (0.5 * linear) / Math.sqrt(bxr * bxr + bxi * bxi));
  // Beyond the range of f64 nothing is valid.
  const sum = Math.abs(ar) + Math.abs(ai) + Math.abs(br) + Math.abs(bi) + Math.abs(cr) + Math.abs(ci) + cubic;
  if (!(sum < 1e300) || !(r >= 0) || !(rl >= 0) || !(rc >= 0)) {
    r = -1;
    rl = -1;
    rc = -1;
  }
  store<f64>(at, ar, A_RE);
  store<f64>(at, ai, A_IM);
  store<f64>(at, br, B_RE);
  store<f64>(at, bi, B_IM);
  store<f64>(at, cr, C_RE);
  store<f64>(at, ci, C_IM);
  store<f64>(at, r, R);
  store<f64>(at, rl, R_LINEAR);
  store<f64>(at, rc, R_C);
  store<f64>(at, cubic, CUBIC);
}

const FLAG_WHOLE: i32 = 2;

/** The job of one call, and its steps, single or approximated. */
let orbit: usize = 0;
let length: i32 = 0;
let limit: i64 = 0;
let bailout2: f64 = 0;
let steps: i64 = 0;

/** Where a point is: d, the index m in the orbit, the iteration n, and |z|^2, in the end 0 for one that stays. */
let dRe: f64 = 0;
let dIm: f64 = 0;
let dE: i32 = 0;
let m: i32 = 0;
let n: i64 = 0;
let last: i64 = 0;
let mag2: f64 = 0;

// prettier-ignore
function begin(orbit_: usize, length_: i32, flags: i32, limit_: i64, bailout: f64): void {
  orbit = orbit_;
  length = length_;
  limit = limit_;
  bailout2 = (flags & FLAG_WHOLE) != 0 ? 4.0 : bailout * bailout;
  steps = 0;
}

function start(): void {
  dRe = 0;
  dIm = 0;
  dE = ZERO;
  m = 0;
  n = 0;
  last = limit;
  mag2 = 0;
}

/** The answer of a point that is through. */
@inline
function answer(flags: i32): f64 {
  if (mag2 <= bailout2) return Infinity;
  return (flags & FLAG_WHOLE) != 0 ? <f64>n : <f64>n - log2(0.5 * log2(mag2));
}

/**
 * Writes nu of `count` points, given by their differences from the reference's c. Returns the number of steps.
 * length: the index of the orbit's last entry. levels: pointers (u32) to the levels of the table, `depth` of them, that
 * of level 1 at index 1. flags: 2 whole counts.
 */
// prettier-ignore
export function perturb(orbit_: usize, length_: i32, levels: usize, depth: i32, flags: i32, limit_: i64, bailout: f64,
  count: i32, re: usize, im: usize, nu: usize): i64 {
  begin(orbit_, length_, flags, limit_, bailout);
  for (let k: usize = 0; k < <usize>count << 3; k += 8) {
    start();
    followDoubles(load<f64>(re + k), load<f64>(im + k), levels, depth, 0);
    store<f64>(nu + k, answer(flags));
  }
  return steps;
}

/**
 * The same for points whose differences are the given ones times 2^exponent. tiny: `tinies` entries of the orbit that
 * are too small for a double: index, re, im, exponent, all f64. deep: the levels of the extended table.
 */
// prettier-ignore
export function perturbDeep(orbit_: usize, length_: i32, levels: usize, depth: i32, flags: i32, limit_: i64,
  bailout: f64, count: i32, re: usize, im: usize, nu: usize, exponent: i32, deep: usize, tiny: usize, tinies: i32): i64 {
  begin(orbit_, length_, flags, limit_, bailout);
  const scale = power2(exponent);
  for (let k: usize = 0; k < <usize>count << 3; k += 8) {
    const cr = load<f64>(re + k);
    const ci = load<f64>(im + k);
    normalize(cr, ci, exponent);
    const er = xr;
    const ei = xi;
    const ee = xe;
    start();
    // What is left of dc in a double is nothing beside a d that fits one.
    while (!followTiny(er, ei, ee, deep, depth, tiny, tinies) && !followDoubles(cr * scale, ci * scale, levels, depth, LEAST)) {}
    store<f64>(nu + k, answer(flags));
  }
  return steps;
}

/** Below it a difference is carried with an exponent of its own, from 2^ENOUGH on it is a double. */
const LEAST: f64 = 1e-285; // about 2^-947
const ENOUGH: i32 = -900;

/** Goes on in doubles until the point is through (true), or d or the next d falls below `least`. */
function followDoubles(cr: f64, ci: f64, levels: usize, depth: i32, least: f64): bool {
  const sizeC = Math.abs(cr) + Math.abs(ci);
  const unit = power2(dE);
  let dr = dRe * unit;
  let di = dIm * unit;
  let size = Math.abs(dr) + Math.abs(di);
  while (true) {
    if (n >= last) {
      if (mag2 <= 4 || n > limit) {
        mag2 = 0;
        return true;
      }
      last = limit + BEYOND;
    }
    steps++;
    let entry: usize = 0;
    let taken = 1;
    if (m > 0) {
      const first = m - 1;
      const most = first == 0 ? depth : min(ctz(first), depth);
      for (let level = 1; level <= most; level++) {
        const index = first >> level;
        if (m + (1 << level) > length) break;
        const at = <usize>load<u32>(levels + (<usize>level << 2)) + <usize>index * ENTRY;
        if (!(size < load<f64>(at, R)) || !(sizeC < load<f64>(at, R_C)) || n + (<i64>1 << level) > limit) break;
        entry = at;
        taken = 1 << level;
      }
    }
    if (entry != 0) {
      const ar = load<f64>(entry, A_RE);
      const ai = load<f64>(entry, A_IM);
      const br = load<f64>(entry, B_RE);
      const bi = load<f64>(entry, B_IM);
      // (A + C·d)·d + B·dc
      const qr = load<f64>(entry, C_RE);
      const qi = load<f64>(entry, C_IM);
      const sr = ar + (qr * dr - qi * di);
      const si = ai + (qr * di + qi * dr);
      const t = sr * dr - si * di + (br * cr - bi * ci);
      di = sr * di + si * dr + (br * ci + bi * cr);
      dr = t;
    } else {
      const z = orbit + (<usize>m << 4);
      // (2Z + d)·d + dc
      const sr = 2 * load<f64>(z) + dr;
      const si = 2 * load<f64>(z, 8) + di;
      const t = sr * dr - si * di + cr;
      di = sr * di + si * dr + ci;
      dr = t;
    }
    m += taken;
    n += <i64>taken;
    const at = orbit + (<usize>m << 4);
    const zr = load<f64>(at) + dr;
    const zi = load<f64>(at, 8) + di;
    mag2 = zr * zr + zi * zi;
    if (!(mag2 <= bailout2)) return true;
    size = Math.abs(dr) + Math.abs(di);
    const nearness = Math.abs(zr) + Math.abs(zi);
    if (nearness < size || m >= length) {
      dr = zr;
      di = zi;
      size = nearness;
      m = 0;
    }
    // The next step would leave the range of doubles.
    if (size < least || nearness * size < least) {
      normalize(dr, di, 0);
      dRe = xr;
      dIm = xi;
      dE = xe;
      return false;
    }
  }
}

/** Goes on with extended exponents until the point is through (true), or d is large enough for a double. */
function followTiny(cr: f64, ci: f64, ce: i32, levels: usize, depth: i32, tiny: usize, tinies: i32): bool {
  while (true) {
    if (n >= limit) {
      mag2 = 0;
      return true;
    }
    steps++;
    let entry: usize = 0;
    let taken = 1;
    if (m > 0) {
      const first = m - 1;
      const most = first == 0 ? depth : min(ctz(first), depth);
      // The modulus of a normalized number is below 2^1.5 times its power of two.
      const sizeD = <f64>dE + 1.5;
      const sizeC = <f64>ce + 1.5;
      for (let level = 1; level <= most; level++) {
        if (m + (1 << level) > length) break;
        const at = <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(first >> level) * DEEP_ENTRY;
        if (!(sizeD < load<f64>(at, R)) || !(sizeC < load<f64>(at, R_C)) || n + (<i64>1 << level) > limit) break;
        entry = at;
        taken = 1 << level;
      }
    }
    if (entry != 0) {
      multiply(load<f64>(entry, B_RE), load<f64>(entry, B_IM), load<i32>(entry, B_E), cr, ci, ce);
      const tr = xr;
      const ti = xi;
      const te = xe;
      multiply(load<f64>(entry, A_RE), load<f64>(entry, A_IM), load<i32>(entry, A_E), dRe, dIm, dE);
      add(xr, xi, xe, tr, ti, te);
    } else {
      // (2Z + d)·d + dc
      orbitAt(m, tiny, tinies);
      add(xr, xi, xe + 1, dRe, dIm, dE);
      multiply(xr, xi, xe, dRe, dIm, dE);
      add(xr, xi, xe, cr, ci, ce);
    }
    dRe = xr;
    dIm = xi;
    dE = xe;
    m += taken;
    n += <i64>taken;
    orbitAt(m, tiny, tinies);
    let zE = xe;
    if (xe <= dE + 2 || m >= length) {
      add(xr, xi, xe, dRe, dIm, dE);
      if (m >= length || xe < dE || (xe == dE && Math.abs(xr) + Math.abs(xi) < Math.abs(dRe) + Math.abs(dIm))) {
        dRe = xr;
        dIm = xi;
        dE = xe;
        zE = ZERO;
        m = 0;
      }
    }
    if (dE >= ENOUGH && dE + max(zE, dE) >= ENOUGH) return false;
  }
}

/** Z_m in extended form. */
function orbitAt(at: i32, tiny: usize, tinies: i32): void {
  const zr = load<f64>(orbit + (<usize>at << 4));
  const zi = load<f64>(orbit + (<usize>at << 4), 8);
  if (max(Math.abs(zr), Math.abs(zi)) >= SMALLEST || at == 0) return normalize(zr, zi, 0);
  let low = 0;
  let high = tinies;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(tiny + (<usize>middle << 5)) < <f64>at) low = middle + 1;
    else high = middle;
  }
  const found = tiny + (<usize>low << 5);
  normalize(load<f64>(found, 8), load<f64>(found, 16), <i32>load<f64>(found, 24));
}

/** Entries of the orbit below it are listed apart. */
const SMALLEST: f64 = 1e-270;

/** An entry of the extended table: as above, R and Rc as logarithms to base 2, the exponents of A and B behind. */
const A_E: usize = 48;
const B_E: usize = 52;
const DEEP_ENTRY: usize = 56;

/** As `buildLevel`, with extended exponents; `length_`, `tiny` and `tinies` as above. */
// prettier-ignore
export function buildDeepLevel(orbit_: usize, below: usize, table: usize, level: i32, from: i32, to: i32, tiny: usize,
  tinies: i32): void {
  orbit = orbit_;
  for (let j = from; j < to; j++) {
    const at = table + <usize>j * DEEP_ENTRY;
    if (level == 1) {
      const m1 = 1 + (j << 1);
      orbitAt(m1, tiny, tinies);
      const ar = xr;
      const ai = xi;
      const ae = xe + 1;
      const a = <f64>ae + 0.5 * log2(max(ar * ar + ai * ai, 1e-300));
      orbitAt(m1 + 1, tiny, tinies);
      const br = xr;
      const bi = xi;
      const be = xe + 1;
      const ry = LOG_EPSILON + <f64>be + 0.5 * log2(max(br * br + bi * bi, 1e-300));
      storeEntry(at, min(LOG_EPSILON + a, ry - 1 - a), ry - 1);
      multiply(br, bi, be, ar, ai, ae);
      storeA(at);
      add(br, bi, be, 1, 0, 0);
      storeB(at);
    } else {
      const x = below + (<usize>j << 1) * DEEP_ENTRY;
      const y = x + DEEP_ENTRY;
      const ar = load<f64>(x, A_RE);
      const ai = load<f64>(x, A_IM);
      const ae = load<i32>(x, A_E);
      const br = load<f64>(x, B_RE);
      const bi = load<f64>(x, B_IM);
      const be = load<i32>(x, B_E);
      const yr = load<f64>(y, A_RE);
      const yi = load<f64>(y, A_IM);
      const ye = load<i32>(y, A_E);
      const ry = load<f64>(y, R) - 1;
      const a = <f64>ae + 0.5 * log2(max(ar * ar + ai * ai, 1e-300));
      const b = <f64>be + 0.5 * log2(max(br * br + bi * bi, 1e-300));
      storeEntry(at, min(load<f64>(x, R), ry - a), min(min(load<f64>(x, R_C), load<f64>(y, R_C)), ry - b));
      multiply(yr, yi, ye, br, bi, be);
      add(xr, xi, xe, load<f64>(y, B_RE), load<f64>(y, B_IM), load<i32>(y, B_E));
      storeB(at);
      multiply(yr, yi, ye, ar, ai, ae);
      storeA(at);
    }
  }
}

const LOG_EPSILON: f64 = -40;

function storeEntry(at: usize, r: f64, rc: f64): void {
  store<f64>(at, r, R);
  store<f64>(at, rc, R_C);
}

/** The last result as A. */
function storeA(at: usize): void {
  store<f64>(at, xr, A_RE);
  store<f64>(at, xi, A_IM);
  store<i32>(at, xe, A_E);
}

function storeB(at: usize): void {
  store<f64>(at, xr, B_RE);
  store<f64>(at, xi, B_IM);
  store<i32>(at, xe, B_E);
}
