/**
 * A disc of z, and one of dc, carried through a period: single steps and entries of the table enclose what they make of it,
 * approximations and roundings included.
 */

import { BURNING_SHIP } from '../formula';
import { entryOf, seekRun } from './lookup';
import { matrixNorm } from './matrix';
import { countSteps, end, FOLDED, fold, orbit, power } from './orbit';
import { A, B, C, D, E, ENTRY, F, formBound, M_A, M_B, M_Q, MATRIX_ENTRY, NORM_A, WEIGHT } from './table';

/** What approximations leave out, and what single steps round off. */
const LEFT_OUT: f64 = 3.637978807091713e-12; // 2^-38
const ROUNDED: f64 = 8.881784197001252e-16; // 2^-50
/** Below it more is lost of a difference. */
const LEAST: f64 = 1e-285; // about 2^-947

/** Steps that were taken here since `spendAnew`, and what one way through a period may take. */
export let spent: i64 = 0;
let allowed: i64 = 0;

@inline
export function spendAnew(): void {
  spent = 0;
}

@inline
export function allow(steps: i64): void {
  allowed = steps;
}

/** Where a period carried the centre of a disc, the radius of a disc that holds the image, |(f^period)'| at the centre. */
export let endRe: f64 = 0;
export let endIm: f64 = 0;
export let radius: f64 = 0;
export let slope: f64 = 0;
export let slopeRe: f64 = 0;
export let slopeIm: f64 = 0;
/** What the radius grows by with the rim of dc. */
export let reach: f64 = 0;

/**
 * Carries a disc of radius r around z through a period, for all dc within `rim` of the given one; false when it grows
 * out of bounds.
 */
// prettier-ignore
export function carry(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, r: f64, rim: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  const sizeC = Math.abs(cr) + Math.abs(ci) + rim;
  let dr = zr;
  let di = zi;
  let at = 0;
  let product: f64 = 1;
  let productRe: f64 = 1;
  let productIm: f64 = 0;
  let steps: i64 = 0;
  reach = 0;
  for (let n: i64 = 0; n < period; ) {
    const size = Math.abs(dr) + Math.abs(di);
    const level = seekRun(kind, levels, first, depth, at, min(<i64>(end - at), period - n), size + r, sizeC);
    const skipped = level > 0 ? 1 << level : 1;
    steps++;
    let stretch: f64;
    let fr: f64 = 0;
    let fi: f64 = 0;
    if (level == 0) {
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
      if (moved < LEAST && size != 0) return false;
      r = r * spread + ROUNDED * (moved + sizeC) + rim;
      reach = reach * spread + 1;
      const t = sr * dr - si * di + cr;
      di = sr * di + si * dr + ci;
      dr = t;
    } else if (kind == FOLDED) {
      const entry = entryOf(levels, level, at - 1, MATRIX_ENTRY);
      const m0 = load<f64>(entry, M_A);
      const m1 = load<f64>(entry, M_A + 8);
      const m2 = load<f64>(entry, M_A + 16);
      const m3 = load<f64>(entry, M_A + 24);
      const q = entry + M_Q;
      const x = load<f64>(q) * dr * dr + load<f64>(q, 8) * dr * di + load<f64>(q, 16) * di * di;
      const y = load<f64>(q, 24) * dr * dr + load<f64>(q, 32) * dr * di + load<f64>(q, 40) * di * di;
      stretch = matrixNorm(entry + M_A) + 2 * formBound(q) * size;
      if (stretch * size < LEAST && size != 0) return false;
      r = r * (stretch + formBound(q) * r) + LEFT_OUT * stretch * size;
      const t = m0 * dr + m1 * di + x + (load<f64>(entry, M_B) * cr + load<f64>(entry, M_B + 8) * ci);
      di = m2 * dr + m3 * di + y + (load<f64>(entry, M_B + 16) * cr + load<f64>(entry, M_B + 24) * ci);
      dr = t;
    } else {
      const entry = entryOf(levels, level, at - 1, ENTRY);
      const ar = load<f64>(entry, A);
      const ai = load<f64>(entry, A + 8);
      const qr = load<f64>(entry, C);
      const qi = load<f64>(entry, C + 8);
      const br = load<f64>(entry, B);
      const bi = load<f64>(entry, B + 8);
      const hr = load<f64>(entry, D);
      const hi = load<f64>(entry, D + 8);
      const kr = load<f64>(entry, E);
      const ki = load<f64>(entry, E + 8);
      const gr = load<f64>(entry, F);
      const gi = load<f64>(entry, F + 8);
      const nr = gr * dr - gi * di;
      const ni = gr * di + gi * dr;
      const pr = (qr + nr) * dr - (qi + ni) * di;
      const pi = (qr + nr) * di + (qi + ni) * dr;
      const or = hr * cr - hi * ci;
      const oi = hr * ci + hi * cr;
      const er = kr * cr - ki * ci;
      const ei = kr * ci + ki * cr;
      // By d, and by dc.
      fr = ar + 2 * pr + (nr * dr - ni * di) + or;
      fi = ai + 2 * pi + (nr * di + ni * dr) + oi;
      const vr = br + 2 * er + (hr * dr - hi * di);
      const vi = bi + 2 * ei + (hr * di + hi * dr);
      stretch = Math.sqrt(fr * fr + fi * fi);
      if (stretch * size < LEAST && size != 0) return false;
      // C + 3·F·d
      const ur = qr + 3 * nr;
      const ui = qi + 3 * ni;
      const spread = stretch + (Math.sqrt(ur * ur + ui * ui) + Math.sqrt(gr * gr + gi * gi) * r) * r;
      const b = Math.sqrt(vr * vr + vi * vi) + Math.sqrt(hr * hr + hi * hi) * r + Math.sqrt(kr * kr + ki * ki) * rim;
      const s = size + r + load<f64>(entry, WEIGHT) * sizeC;
      r = r * spread + LEFT_OUT * load<f64>(entry, NORM_A) * s + rim * b;
      reach = reach * spread + b;
      const sr = ar + pr + or;
      const si = ai + pi + oi;
      const wr = br + er;
      const wi = bi + ei;
      const t = sr * dr - si * di + (wr * cr - wi * ci);
      di = sr * di + si * dr + (wr * ci + wi * cr);
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
    if (!(r < 1) || steps > allowed) break;
  }
  countSteps(steps);
  spent += steps;
  // z itself: of Z + d the last digits are lost unless it has just started again.
  const zAt = orbit + (<usize>at << 4);
  endRe = load<f64>(zAt) + dr;
  endIm = load<f64>(zAt, 8) + di;
  radius = r + (at == 0 ? 0 : ROUNDED * (Math.abs(dr) + Math.abs(di) + Math.abs(endRe) + Math.abs(endIm)));
  slope = product;
  slopeRe = productRe;
  slopeIm = productIm;
  return r < 1 && steps <= allowed;
}
