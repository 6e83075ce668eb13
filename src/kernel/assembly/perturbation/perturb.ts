/**
 * Perturbation of z^2 + c: a pixel is iterated as its difference d from a reference orbit Z, both in f64,
 *
 *   d <- 2·Z_m·d + d^2 + dc,  m <- m + 1,
 *
 * and starts the reference again (d <- Z_m + d, m <- 0) when it comes nearer to 0 than to the reference, or the
 * reference ends: rebasing, after Zhuoran. Runs of steps in which d^2 is nothing are taken at once by bilinear
 * approximation: d <- A·d + B·dc, valid while |d| < R and |dc| < Rc.
 *
 * The radii are compared in the 1-norm, which is never smaller than the modulus and never underflows.
 */

import { log2 } from '../log2';

/** One entry of the table: A, B, R, Rc. */
const A_RE: usize = 0;
const A_IM: usize = 8;
const B_RE: usize = 16;
const B_IM: usize = 24;
const R: usize = 32;
const R_C: usize = 40;
const ENTRY: usize = 48;

/** What d^2 may be of 2·Z·d. */
const EPSILON: f64 = 9.094947017729282e-13; // 2^-40

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

/** Two steps, from Z and the Z after it, each d <- 2Z·d + dc. */
function firstLevel(at: usize, z: usize): void {
  const xr = 2 * load<f64>(z);
  const xi = 2 * load<f64>(z, 8);
  const yr = 2 * load<f64>(z, 16);
  const yi = 2 * load<f64>(z, 24);
  const x = Math.sqrt(xr * xr + xi * xi);
  const ry = EPSILON * Math.sqrt(yr * yr + yi * yi);
  store<f64>(at, yr * xr - yi * xi, A_RE);
  store<f64>(at, yr * xi + yi * xr, A_IM);
  store<f64>(at, yr + 1, B_RE);
  store<f64>(at, yi, B_IM);
  store<f64>(at, min(EPSILON * x, (0.5 * ry) / x), R);
  store<f64>(at, 0.5 * ry, R_C);
}

/** First x, then y; `at` may be x. */
function merge(x: usize, y: usize, at: usize): void {
  const axr = load<f64>(x, A_RE);
  const axi = load<f64>(x, A_IM);
  const bxr = load<f64>(x, B_RE);
  const bxi = load<f64>(x, B_IM);
  const ayr = load<f64>(y, A_RE);
  const ayi = load<f64>(y, A_IM);
  const ry = load<f64>(y, R);
  const ar = ayr * axr - ayi * axi;
  const ai = ayr * axi + ayi * axr;
  const br = ayr * bxr - ayi * bxi + load<f64>(y, B_RE);
  const bi = ayr * bxi + ayi * bxr + load<f64>(y, B_IM);
  // Half of y's radius is for what x makes of d, half for what it makes of dc.
  let r = min(load<f64>(x, R), (0.5 * ry) / Math.sqrt(axr * axr + axi * axi));
  let rc = min(min(load<f64>(x, R_C), load<f64>(y, R_C)), (0.5 * ry) / Math.sqrt(bxr * bxr + bxi * bxi));
  // Beyond the range of f64 nothing is valid.
  if (!(Math.abs(ar) + Math.abs(ai) + Math.abs(br) + Math.abs(bi) < 1e300) || !(r >= 0) || !(rc >= 0)) {
    r = -1;
    rc = -1;
  }
  store<f64>(at, ar, A_RE);
  store<f64>(at, ai, A_IM);
  store<f64>(at, br, B_RE);
  store<f64>(at, bi, B_IM);
  store<f64>(at, r, R);
  store<f64>(at, rc, R_C);
}

/**
 * Writes nu of `count` points, given by their differences from the reference's c. Returns the number of steps, single
 * or approximated, that were executed. length: the index of the orbit's last entry.
 * levels: a list of `depth` pointers (u32), that of level 1 first. flags: 2 whole counts.
 */
// prettier-ignore
export function perturb(orbit: usize, length: i32, levels: usize, depth: i32, flags: i32, limit: i64, bailout: f64,
  count: i32, re: usize, im: usize, nu: usize): i64 {
  const whole = (flags & 2) != 0;
  const bailout2 = whole ? 4.0 : bailout * bailout;
  let steps: i64 = 0;
  for (let k = 0; k < count; k++) {
    const cr = load<f64>(re + (<usize>k << 3));
    const ci = load<f64>(im + (<usize>k << 3));
    const sizeC = Math.abs(cr) + Math.abs(ci);
    let dr: f64 = 0;
    let di: f64 = 0;
    let size: f64 = 0;
    let m = 0;
    let n: i64 = 0;
    let last = limit;
    let mag2: f64 = 0;
    while (true) {
      if (n >= last) {
        if (mag2 <= 4 || n > limit) {
          mag2 = 0;
          break;
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
        const t = ar * dr - ai * di + (br * cr - bi * ci);
        di = ar * di + ai * dr + (br * ci + bi * cr);
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
      if (!(mag2 <= bailout2)) break;
      size = Math.abs(dr) + Math.abs(di);
      const nearness = Math.abs(zr) + Math.abs(zi);
      if (nearness < size || m >= length) {
        dr = zr;
        di = zi;
        size = nearness;
        m = 0;
      }
    }
    const value = mag2 <= bailout2 ? Infinity : whole ? <f64>n : <f64>n - log2(0.5 * log2(mag2));
    store<f64>(nu + (<usize>k << 3), value);
  }
  return steps;
}
