/**
 * Proofs that a point never escapes, as in ../interior.ts: a disc around z that one period carries into itself. z is
 * looked at when it starts the reference again, where it is smallest and known to its last digit; a mark, moved more
 * and more rarely (Brent), tells when it comes back. "No" always means "not known".
 */

import { BURNING_SHIP } from '../formula';
import { matrixNorm } from './matrix';
import { countSteps, end, FOLDED, fold, julia, orbit, power } from './orbit';
import {
  A_IM,
  A_RE,
  B_IM,
  B_RE,
  C_IM,
  C_RE,
  ENTRY,
  formBound,
  M_A,
  M_B,
  M_Q,
  M_R,
  M_R_C,
  MATRIX_ENTRY,
  R,
  R_C,
} from './table';

/** How near z must come to the mark, in parts of itself, for a proof to be tried, once a mark. */
const FIRST_NEAR: f64 = 0.00390625; // 2^-8
/** Starts that are not looked at: most points have escaped by then. */
const FIRST_START: i32 = 3;
/** The smallest disc that is tried, in parts of z. */
const LEAST_DISC: f64 = 1.4901161193847656e-8; // 2^-26
/** Newton's method: steps at most, when a cycle is closed, the weakest attraction, and the disc for it; in parts of z. */
const MOST_NEWTON: i32 = 8;
const CLOSED: f64 = 1e-10;
const MOST_SLOPE: f64 = 0.999;
const DISC: f64 = 0.0625;
/** What approximations leave out, and what single steps round off. */
const LEFT_OUT: f64 = 3.637978807091713e-12; // 2^-38
const ROUNDED: f64 = 8.881784197001252e-16; // 2^-50
/** Below it more is lost of a difference. */
const LEAST: f64 = 1e-285; // about 2^-947

let markRe: f64 = 0;
let markIm: f64 = 0;
let marked: i64 = 0;
let near: f64 = 0;
let starts: i32 = 0;
let due: i32 = 0;
/** The smallest z so far, and its n: in an analytic family the period of the component that the point lies in, if any. */
let smallest: f64 = 0;
let period: i64 = 0;
/** The iteration from which it is tried again. */
let tried: i64 = 0;

/** Forgets the point before. */
@inline
export function forgetMarks(): void {
  starts = 0;
  due = FIRST_START;
  smallest = Infinity;
  tried = 0;
  near = 0;
}

/** Whether z = zr + i·zi, the n-th iterate and a new start of the reference, is proved to stay for ever. */
// prettier-ignore
export function settles(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, n: i64, levels: usize, first: i32, depth: i32): bool {
  starts++;
  const size = Math.abs(zr) + Math.abs(zi);
  if (size < smallest) {
    smallest = size;
    period = n;
  } else if (n >= 2 * period && n >= tried && size <= 2 * smallest && kind != FOLDED && !julia) {
    if (seeks(kind, cr, ci, zr, zi, period, levels, first, depth)) return true;
    tried = 2 * n;
  }
  const gap = Math.abs(zr - markRe) + Math.abs(zi - markIm);
  if (gap < near * size) {
    if (returns(kind, cr, ci, zr, zi, n - marked, levels, first, depth)) return true;
    near = 0;
  }
  if (starts >= due) {
    markRe = zr;
    markIm = zi;
    marked = n;
    near = FIRST_NEAR;
    due = 2 * starts;
  }
  return false;
}

// prettier-ignore
function returns(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  if (!carry(kind, cr, ci, zr, zi, 0, period, levels, first, depth) || !(slope < 0.99)) return false;
  const gap = Math.sqrt((endRe - zr) * (endRe - zr) + (endIm - zi) * (endIm - zi));
  const disc = max((2 * gap) / (1 - slope), LEAST_DISC * (Math.abs(zr) + Math.abs(zi)));
  return carry(kind, cr, ci, zr, zi, disc, period, levels, first, depth) && gap + radius <= disc;
}

/**
 * Finds the cycle that z creeps towards, by Newton's method on f^period(w) = w, and proves it attracting: an attracting
 * cycle of z^d + c attracts the critical orbit (Fatou), which is then bounded.
 */
// prettier-ignore
function seeks(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  for (let k = 0; k < MOST_NEWTON; k++) {
    if (!carry(kind, cr, ci, zr, zi, 0, period, levels, first, depth)) return false;
    const gr = endRe - zr;
    const gi = endIm - zi;
    const size = Math.abs(zr) + Math.abs(zi);
    const gap = Math.sqrt(gr * gr + gi * gi);
    if (gap < CLOSED * size) {
      const disc = DISC * (1 - slope) * size;
      return slope < MOST_SLOPE && carry(kind, cr, ci, zr, zi, disc, period, levels, first, depth) && gap + radius <= disc;
    }
    // z + (f(z) - z) / (1 - f'(z))
    const er = 1 - slopeRe;
    const ei = -slopeIm;
    const scale = 1 / (er * er + ei * ei);
    zr += (gr * er + gi * ei) * scale;
    zi += (gi * er - gr * ei) * scale;
  }
  return false;
}

/** Where a period carried the centre of a disc, the radius of a disc that holds the image, |(f^period)'| at the centre. */
let endRe: f64 = 0;
let endIm: f64 = 0;
let radius: f64 = 0;
let slope: f64 = 0;
let slopeRe: f64 = 0;
let slopeIm: f64 = 0;

/** Carries a disc around z, at the start of the reference, through a period; false when it grows out of bounds. */
// prettier-ignore
function carry(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, r: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  const sizeC = Math.abs(cr) + Math.abs(ci);
  const entryBytes: usize = kind == FOLDED ? MATRIX_ENTRY : ENTRY;
  const radiusAt: usize = kind == FOLDED ? M_R : R;
  const radiusCAt: usize = kind == FOLDED ? M_R_C : R_C;
  let dr = zr;
  let di = zi;
  let at = 0;
  let product: f64 = 1;
  let productRe: f64 = 1;
  let productIm: f64 = 0;
  let steps: i64 = 0;
  for (let n: i64 = 0; n < period; ) {
    const size = Math.abs(dr) + Math.abs(di);
    let entry: usize = 0;
    let skipped = 1;
    const index = at - 1;
    const longest = at == 0 ? 0 : index == 0 ? depth : min(ctz(index), depth);
    for (let level = first; level <= longest; level++) {
      if (at + (1 << level) > end) break;
      const here = <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * entryBytes;
      if (!(size + r < load<f64>(here + radiusAt)) || !(sizeC < load<f64>(here + radiusCAt)) || n + (<i64>1 << level) > period) break;
      entry = here;
      skipped = 1 << level;
    }
    steps++;
    let stretch: f64;
    let fr: f64 = 0;
    let fi: f64 = 0;
    if (entry == 0) {
      let xr = load<f64>(orbit + (<usize>at << 4));
      let xi = load<f64>(orbit + (<usize>at << 4), 8);
      if (kind == FOLDED) {
        // Folding lengthens no distance.
        if (fold == BURNING_SHIP) {
          dr = Math.abs(xr + dr) - Math.abs(xr);
          di = Math.abs(xi + di) - Math.abs(xi);
          xr = Math.abs(xr);
          xi = Math.abs(xi);
        } else {
          di = -di;
          xi = -xi;
        }
      }
      const wr = xr + dr;
      const wi = xi + di;
      const w = Math.sqrt(wr * wr + wi * wi);
      // (|w| + r)^p - |w|^p = r·(a^(p-1) + a^(p-2)·|w| + …), and S in the same way.
      let spread: f64 = 1;
      let below: f64 = 1;
      let sr: f64 = 1;
      let si: f64 = 0;
      let qr: f64 = 1;
      let qi: f64 = 0;
      stretch = <f64>power;
      fr = stretch;
      for (let k = 1; k < power; k++) {
        const f = fr * wr - fi * wi;
        fi = fr * wi + fi * wr;
        fr = f;
        below *= w;
        spread = spread * (w + r) + below;
        stretch *= w;
        let t = qr * xr - qi * xi;
        qi = qr * xi + qi * xr;
        qr = t;
        t = sr * wr - si * wi + qr;
        si = sr * wi + si * wr + qi;
        sr = t;
      }
      const moved = (Math.abs(sr) + Math.abs(si)) * size;
      if (moved < LEAST) return false;
      r = r * spread + ROUNDED * (moved + sizeC);
      const t = sr * dr - si * di + cr;
      di = sr * di + si * dr + ci;
      dr = t;
    } else if (kind == FOLDED) {
      const m0 = load<f64>(entry, M_A);
      const m1 = load<f64>(entry, M_A + 8);
      const m2 = load<f64>(entry, M_A + 16);
      const m3 = load<f64>(entry, M_A + 24);
      const q = entry + M_Q;
      const x = load<f64>(q) * dr * dr + load<f64>(q, 8) * dr * di + load<f64>(q, 16) * di * di;
      const y = load<f64>(q, 24) * dr * dr + load<f64>(q, 32) * dr * di + load<f64>(q, 40) * di * di;
      stretch = matrixNorm(entry + M_A) + 2 * formBound(q) * size;
      if (stretch * size < LEAST) return false;
      r = r * (stretch + formBound(q) * r) + LEFT_OUT * stretch * size;
      const t = m0 * dr + m1 * di + x + (load<f64>(entry, M_B) * cr + load<f64>(entry, M_B + 8) * ci);
      di = m2 * dr + m3 * di + y + (load<f64>(entry, M_B + 16) * cr + load<f64>(entry, M_B + 24) * ci);
      dr = t;
    } else {
      const ar = load<f64>(entry, A_RE);
      const ai = load<f64>(entry, A_IM);
      const qr = load<f64>(entry, C_RE);
      const qi = load<f64>(entry, C_IM);
      const br = load<f64>(entry, B_RE);
      const bi = load<f64>(entry, B_IM);
      const pr = qr * dr - qi * di;
      const pi = qr * di + qi * dr;
      const er = ar + 2 * pr;
      const ei = ai + 2 * pi;
      stretch = Math.sqrt(er * er + ei * ei);
      if (stretch * size < LEAST) return false;
      fr = er;
      fi = ei;
      r = r * (stretch + Math.sqrt(qr * qr + qi * qi) * r) + LEFT_OUT * (Math.sqrt(ar * ar + ai * ai) * size + sizeC * Math.sqrt(br * br + bi * bi));
      const sr = ar + pr;
      const si = ai + pi;
      const t = sr * dr - si * di + (br * cr - bi * ci);
      di = sr * di + si * dr + (br * ci + bi * cr);
      dr = t;
    }
    product *= stretch;
    const f = productRe * fr - productIm * fi;
    productIm = productRe * fi + productIm * fr;
    productRe = f;
    at += skipped;
    n += <i64>skipped;
    const here = orbit + (<usize>at << 4);
    const yr = load<f64>(here) + dr;
    const yi = load<f64>(here, 8) + di;
    if (at >= end || Math.abs(yr) + Math.abs(yi) < Math.abs(dr) + Math.abs(di)) {
      dr = yr;
      di = yi;
      at = 0;
    }
    if (!(r < 1)) break;
  }
  countSteps(steps);
  // z itself: of Z + d the last digits are lost unless it has just started again.
  const zAt = orbit + (<usize>at << 4);
  endRe = load<f64>(zAt) + dr;
  endIm = load<f64>(zAt, 8) + di;
  radius = r + (at == 0 ? 0 : ROUNDED * (Math.abs(dr) + Math.abs(di) + Math.abs(endRe) + Math.abs(endIm)));
  slope = product;
  slopeRe = productRe;
  slopeIm = productIm;
  return r < 1;
}
