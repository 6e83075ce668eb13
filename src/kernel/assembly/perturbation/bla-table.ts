/**
 * The BLA table of analytic formulas: many iterations of a difference d and of dc at once, to third order in d, to
 * second with dc (after the bilinear approximation of Zhuoran, which is of first: two orders more, and the radius is about
 * its third root):
 *
 *   d <- A·d + B·dc + C·d^2 + D·d·dc + E·dc^2 + F·d^3,  valid while s = |d| + b·|dc| < R and s·b·|dc| < P.
 *
 * b, the weight, bounds the effect of dc on the way: after any prefix d is at most s times that prefix's |A|.
 * One step of z^p: A = p·Z^(p-1), B = 1, C = p(p-1)/2·Z^(p-2), F = p(p-1)(p-2)/6·Z^(p-3), no D, E, b. x, and then y:
 *
 *   A = Ay·Ax, B = Ay·Bx + By, C = Ay·Cx + Cy·Ax^2, D = Ay·Dx + (2·Cy·Bx + Dy)·Ax, E = Ay·Ex + (Cy·Bx + Dy)·Bx + Ey,
 *   F = Ay·Fx + 2·Cy·Ax·Cx + Fy·Ax^3, b = max(bx, (|Bx| + by) / |Ax|).
 *
 * All terms of second, third and fourth order are at most Q·s^2, T·s^3 and U·s^4, which add up in the same way:
 * T = |Ay|·Tx + 2·|Ax|·Qx·Qy + Ty·|Ax|^3, U = |Ay|·Ux + Qy·(2·|Ax|·Tx + Qx^2) + 3·|Ax|^2·Qx·Ty + Uy·|Ax|^4. Of what is
 * left out U·s^4 and 3·T·s^2·b·|dc| may each be half of EPSILON·|A|·s: that is R, and P.
 */

import { ENTRY_BYTES, Entry } from './bla-entry';
import { modulus } from './matrix';
import { orbitIm, orbitRe, Reference } from './reference-orbit';
import { Slot } from './slot';

/** The truncation epsilon: the bound of the omitted terms, in parts of A·d. */
export const EPSILON: f64 = 9.094947017729282e-13; // 2^-40
/** |d| at most, in parts of |Z|: for a larger one a step might have to rebase. */
export const NEAR: f64 = 0.125;
/** Beyond this |z| points may have escaped, and the exact iteration matters: they take single steps. */
export const WIDE: f64 = 2;
/** What terms of higher order add to a step's first that is left out, p <= 8, |d| <= NEAR·|Z|. */
export const TAIL: f64 = 1.25;

@inline
function entryAt(level: usize, j: i32): Entry {
  return changetype<Entry>(level + <usize>j * ENTRY_BYTES);
}

/** As `buildLevel` of setup.ts. */
export function buildAnalyticLevel(slot: Slot, below: usize, table: usize, level: i32, from: i32, to: i32): void {
  const reference = slot.reference;
  const single = changetype<Entry>(slot.scratch);
  for (let j = from; j < to; j++) {
    const entry = entryAt(table, j);
    if (below != 0) merge(entryAt(below, j << 1), entryAt(below, (j << 1) + 1), entry);
    else {
      const m = 1 + (j << level);
      setStep(reference, m, entry);
      for (let k = 1; k < 1 << level; k++) {
        setStep(reference, m + k, single);
        merge(entry, single, entry);
      }
    }
  }
}

/** Z^k as (re, im). */
export function raised(zr: f64, zi: f64, k: i32): v128 {
  let re: f64 = 1;
  let im: f64 = 0;
  for (; k > 0; k--) {
    const t = re * zr - im * zi;
    im = re * zi + im * zr;
    re = t;
  }
  return f64x2(re, im);
}

/** The bound of a single step's term of d^order at |Z|. */
export function stepTerm(power: i32, z: f64, order: i32): f64 {
  if (power < order) return 0;
  let t: f64 = 1;
  for (let k = 0; k < order; k++) t *= <f64>(power - k) / <f64>(k + 1);
  for (let k = order; k < power; k++) t *= z;
  return t;
}

/** The entry of one iteration from Z_m. */
function setStep(reference: Reference, m: i32, entry: Entry): void {
  const power = reference.power;
  const zr = orbitRe(reference.orbit, m);
  const zi = orbitIm(reference.orbit, m);
  const p = <f64>power;
  const z = modulus(zr, zi);
  const third = raised(zr, zi, power - 3);
  const sixth = (p * (p - 1) * (p - 2)) / 6;
  entry.fRe = sixth * f64x2.extract_lane(third, 0);
  entry.fIm = sixth * f64x2.extract_lane(third, 1);
  const second = raised(zr, zi, power - 2);
  const powerRe = f64x2.extract_lane(second, 0);
  const powerIm = f64x2.extract_lane(second, 1);
  const half = 0.5 * p * (p - 1);
  entry.cRe = half * powerRe;
  entry.cIm = half * powerIm;
  const ar = p * (powerRe * zr - powerIm * zi);
  const ai = p * (powerRe * zi + powerIm * zr);
  entry.aRe = ar;
  entry.aIm = ai;
  entry.normA = modulus(ar, ai);
  entry.bRe = 1;
  entry.bIm = 0;
  entry.normB = 1;
  const quartic = stepTerm(power, z, 4) * TAIL;
  const valid = quartic > 0 ? min(NEAR * z, Math.cbrt((EPSILON * modulus(ar, ai)) / (2 * quartic))) : NEAR * z;
  entry.cubic = stepTerm(power, z, 3);
  entry.quartic = quartic;
  entry.radius = z > WIDE ? -1 : valid;
  entry.weight = 0;
  entry.dRe = 0;
  entry.dIm = 0;
  entry.eRe = 0;
  entry.eIm = 0;
}

/** Q of an entry: the terms of second order are at most Q·s^2. */
function quadratic(entry: Entry): f64 {
  const c = modulus(entry.cRe, entry.cIm);
  const weight = entry.weight;
  if (weight == 0) return c;
  const d = modulus(entry.dRe, entry.dIm);
  const e = modulus(entry.eRe, entry.eIm);
  return max(max(c, (0.5 * d) / weight), e / weight / weight);
}

/** First x, then y; `entry` may be x. */
function merge(x: Entry, y: Entry, entry: Entry): void {
  const axr = x.aRe;
  const axi = x.aIm;
  const bxr = x.bRe;
  const bxi = x.bIm;
  const cxr = x.cRe;
  const cxi = x.cIm;
  const dxr = x.dRe;
  const dxi = x.dIm;
  const exr = x.eRe;
  const exi = x.eIm;
  const ayr = y.aRe;
  const ayi = y.aIm;
  const cyr = y.cRe;
  const cyi = y.cIm;
  const dyr = y.dRe;
  const dyi = y.dIm;
  const fxr = x.fRe;
  const fxi = x.fIm;
  const fyr = y.fRe;
  const fyi = y.fIm;
  const ar = ayr * axr - ayi * axi;
  const ai = ayr * axi + ayi * axr;
  const br = ayr * bxr - ayi * bxi + y.bRe;
  const bi = ayr * bxi + ayi * bxr + y.bIm;
  // C = Ay·Cx + Cy·Ax^2
  const sr = axr * axr - axi * axi;
  const si = 2 * axr * axi;
  const cr = ayr * cxr - ayi * cxi + (cyr * sr - cyi * si);
  const ci = ayr * cxi + ayi * cxr + (cyr * si + cyi * sr);
  // Cy·Bx + Dy and 2·Cy·Bx + Dy
  const pr = cyr * bxr - cyi * bxi;
  const pi = cyr * bxi + cyi * bxr;
  const hr = pr + dyr;
  const hi = pi + dyi;
  const gr = pr + hr;
  const gi = pi + hi;
  const dr = ayr * dxr - ayi * dxi + (gr * axr - gi * axi);
  const di = ayr * dxi + ayi * dxr + (gr * axi + gi * axr);
  const er = ayr * exr - ayi * exi + (hr * bxr - hi * bxi) + y.eRe;
  const ei = ayr * exi + ayi * exr + (hr * bxi + hi * bxr) + y.eIm;
  // F = Ay·Fx + (2·Cy·Cx + Fy·Ax^2)·Ax
  const kr = 2 * (cyr * cxr - cyi * cxi) + (fyr * sr - fyi * si);
  const ki = 2 * (cyr * cxi + cyi * cxr) + (fyr * si + fyi * sr);
  const fr = ayr * fxr - ayi * fxi + (kr * axr - ki * axi);
  const fi = ayr * fxi + ayi * fxr + (kr * axi + ki * axr);
  const ax = x.normA;
  const ay = y.normA;
  const qx = quadratic(x);
  const qy = quadratic(y);
  const tx = x.cubic;
  const ty = y.cubic;
  const ax2 = ax * ax;
  const cubic = ay * tx + 2 * ax * qx * qy + ty * ax2 * ax;
  const quartic = ay * x.quartic + qy * (2 * ax * tx + qx * qx) + 3 * ax2 * qx * ty + y.quartic * ax2 * ax2;
  const weight = max(x.weight, (x.normB + y.weight) / ax);
  // The terms of second order of x stay within the rest of y's radius.
  let r = min(min(x.radius, (0.9 * y.radius) / ax), Math.cbrt((EPSILON * ax * ay) / (2 * quartic)));
  // Beyond the range of f64 nothing is valid.
  let sum = Math.abs(ar) + Math.abs(ai) + Math.abs(br) + Math.abs(bi) + Math.abs(cr) + Math.abs(ci);
  sum += Math.abs(dr) + Math.abs(di) + Math.abs(er) + Math.abs(ei) + Math.abs(fr) + Math.abs(fi) + cubic + quartic + weight;
  if (!(sum < 1e300) || !(r >= 0)) r = -1;
  entry.aRe = ar;
  entry.aIm = ai;
  entry.bRe = br;
  entry.bIm = bi;
  entry.cRe = cr;
  entry.cIm = ci;
  entry.dRe = dr;
  entry.dIm = di;
  entry.eRe = er;
  entry.eIm = ei;
  entry.radius = r;
  entry.weight = weight;
  entry.normA = modulus(ar, ai);
  entry.normB = modulus(br, bi);
  entry.fRe = fr;
  entry.fIm = fi;
  entry.mixedLimit = (EPSILON * ax * ay) / (6 * cubic);
  entry.cubic = cubic;
  entry.quartic = quartic;
}
