/**
 * Enclosures (ball arithmetic): the image of a disc of z after one period, for all dc of another disc, lies in a disc
 * around the image of the centre. Its radius includes the terms that entries leave out, and the rounding of doubles.
 */

import { BURNING_SHIP } from '../formula';
import { ENTRY_BYTES, Entry, formQ, MATRIX_ENTRY_BYTES, MatrixEntry, matrixA } from './bla-entry';
import { entryOf, longestValid } from './bla-lookup';
import { formBound } from './bla-matrix-table';
import { matrixNorm } from './matrix';
import { isNearerToZero } from './rebasing';
import { FOLDED, orbitIm, orbitRe } from './reference-orbit';
import { foldedBy } from './single-step';
import { Slot } from './slot';

/** Bounds of the terms that approximations leave out, and of the rounding of single steps. */
const LEFT_OUT: f64 = 3.637978807091713e-12; // 2^-38
const ROUNDED: f64 = 8.881784197001252e-16; // 2^-50
/** Smaller differences lose more digits. */
const LEAST: f64 = 1e-285; // about 2^-947

/**
 * Encloses the image after one period of the disc of radius r around z, for all dc within `rim` of cr + i·ci, and leaves it in the
 * slot's enclosure; false when it grows out of bounds, or takes more steps than allowed. rim: 0 for formulas that fold, whose
 * proofs are not extended to other dc.
 */
// prettier-ignore
export function enclose(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, r: f64, rim: f64, period: i64): bool {
  const reference = slot.reference;
  const table = slot.table;
  const enclosure = slot.enclosure;
  const orbit = reference.orbit;
  const power = reference.power;
  const end = slot.point.end;
  const allowed = enclosure.allowed;
  const sizeC = Math.abs(cr) + Math.abs(ci) + rim;
  let dr = zr;
  let di = zi;
  let m = 0;
  let product: f64 = 1;
  let productRe: f64 = 1;
  let productIm: f64 = 0;
  let reach: f64 = 0;
  let steps: i64 = 0;
  for (let n: i64 = 0; n < period; ) {
    const size = Math.abs(dr) + Math.abs(di);
    const level = longestValid(kind, table, m, min(<i64>(end - m), period - n), size + r, sizeC);
    const skipped = level > 0 ? 1 << level : 1;
    steps++;
    let stretch: f64;
    let fr: f64 = 0;
    let fi: f64 = 0;
    if (level == 0) {
      let xr = orbitRe(orbit, m);
      let xi = orbitIm(orbit, m);
      if (kind == FOLDED) {
        // A fold lengthens no distance.
        if (reference.fold == BURNING_SHIP) {
          dr = foldedBy(xr, dr);
          di = foldedBy(xi, di);
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
      const entry = changetype<MatrixEntry>(entryOf(table.levels, level, m - 1, MATRIX_ENTRY_BYTES));
      const x = entry.q0 * dr * dr + entry.q1 * dr * di + entry.q2 * di * di;
      const y = entry.q3 * dr * dr + entry.q4 * dr * di + entry.q5 * di * di;
      const bound = formBound(formQ(entry));
      stretch = matrixNorm(matrixA(entry)) + 2 * bound * size;
      if (stretch * size < LEAST && size != 0) return false;
      r = r * (stretch + bound * r) + LEFT_OUT * stretch * size;
      const t = entry.a0 * dr + entry.a1 * di + x + (entry.b0 * cr + entry.b1 * ci);
      di = entry.a2 * dr + entry.a3 * di + y + (entry.b2 * cr + entry.b3 * ci);
      dr = t;
    } else {
      const entry = changetype<Entry>(entryOf(table.levels, level, m - 1, ENTRY_BYTES));
      const ar = entry.aRe;
      const ai = entry.aIm;
      const qr = entry.cRe;
      const qi = entry.cIm;
      const br = entry.bRe;
      const bi = entry.bIm;
      const hr = entry.dRe;
      const hi = entry.dIm;
      const kr = entry.eRe;
      const ki = entry.eIm;
      const gr = entry.fRe;
      const gi = entry.fIm;
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
      const s = size + r + entry.weight * sizeC;
      r = r * spread + LEFT_OUT * entry.normA * s + rim * b;
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
    m += skipped;
    n += <i64>skipped;
    const yr = orbitRe(orbit, m) + dr;
    const yi = orbitIm(orbit, m) + di;
    if (m >= end || isNearerToZero(yr, yi, dr, di)) {
      dr = yr;
      di = yi;
      m = 0;
    }
    if (!(r < 1) || steps > allowed) break;
  }
  slot.view.steps += steps;
  enclosure.spent += steps;
  // z itself: the last digits of Z + d are lost unless it has just been rebased.
  enclosure.re = orbitRe(orbit, m) + dr;
  enclosure.im = orbitIm(orbit, m) + di;
  const sizes = Math.abs(dr) + Math.abs(di) + Math.abs(enclosure.re) + Math.abs(enclosure.im);
  enclosure.radius = r + (m == 0 ? 0 : ROUNDED * sizes);
  enclosure.slope = product;
  enclosure.slopeRe = productRe;
  enclosure.slopeIm = productIm;
  enclosure.reach = reach;
  return r < 1 && steps <= allowed;
}
