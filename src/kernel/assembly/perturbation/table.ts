/**
 * The table of approximations: what many iterations make of a difference d and of dc at once, to third order in d, to
 * second with dc (after the bilinear approximation of Zhuoran, which is of first: two orders more, and the radius is about
 * its third root):
 *
 *   d <- A·d + B·dc + C·d^2 + D·d·dc + E·dc^2 + F·d^3,  valid while s = |d| + b·|dc| < R and s·b·|dc| < P.
 *
 * b says what dc may become on the way: no prefix makes more of d and dc together than it makes of s by its A. One step
 * of z^p: A = p·Z^(p-1), B = 1, C = p(p-1)/2·Z^(p-2), F = p(p-1)(p-2)/6·Z^(p-3), no D, E, b. x, and then y:
 *
 *   A = Ay·Ax, B = Ay·Bx + By, C = Ay·Cx + Cy·Ax^2, D = Ay·Dx + (2·Cy·Bx + Dy)·Ax, E = Ay·Ex + (Cy·Bx + Dy)·Bx + Ey,
 *   F = Ay·Fx + 2·Cy·Ax·Cx + Fy·Ax^3, b = max(bx, (|Bx| + by) / |Ax|).
 *
 * All terms of second, third and fourth order are at most Q·s^2, T·s^3 and U·s^4, which add up in the same way:
 * T = |Ay|·Tx + 2·|Ax|·Qx·Qy + Ty·|Ax|^3, U = |Ay|·Ux + Qy·(2·|Ax|·Tx + Qx^2) + 3·|Ax|^2·Qx·Ty + Uy·|Ax|^4. Of what is
 * left out U·s^4 and 3·T·s^2·b·|dc| may each be half of EPSILON·|A|·s: that is R, and P.
 *
 * Formulas that are not analytic have real 2x2 matrices for A and B, and for C·d^2 a quadratic form: three
 * coefficients (of x^2, xy, y^2) for each part; for dc only B, valid while |d| < R and |dc| < Rc. A fold is linear as long
 * as no part of Z + d changes its sign.
 */

import { BURNING_SHIP } from '../formula';
import { frobenius, modulus } from './matrix';
import { FOLDED, fold, orbit, power } from './orbit';

/** An entry of analytic formulas: R, b, P, |A|; A, B, C, D, E, F, re and im; |B|, T, U. */
export const R: usize = 0;
export const WEIGHT: usize = 8;
export const P: usize = 16;
export const NORM_A: usize = 24;
export const A: usize = 32;
export const B: usize = 48;
export const C: usize = 64;
export const D: usize = 80;
export const E: usize = 96;
export const F: usize = 112;
export const NORM_B: usize = 128;
const CUBIC: usize = 136;
const QUARTIC: usize = 144;
export const ENTRY: usize = 152;

/** An entry of the others: A and B by rows, R, Rc, the two forms, the radius without them, the bound of the cubic term. */
export const M_A: usize = 0;
export const M_B: usize = 32;
export const M_R: usize = 64;
export const M_R_C: usize = 72;
export const M_Q: usize = 80;
const M_R_LINEAR: usize = 128;
const M_CUBIC: usize = 136;
export const MATRIX_ENTRY: usize = 144;

/** What the terms that are left out may be of A·d. */
const EPSILON: f64 = 9.094947017729282e-13; // 2^-40
/** What d may be of Z: farther out a step might have to start the reference again. */
const NEAR: f64 = 0.125;
/** Beyond it points may have escaped, and it matters when: they are watched step by step. */
export const WIDE: f64 = 2;
/** What terms of higher order add to a step's first that is left out, p <= 8, |d| <= NEAR·|Z|. */
const TAIL: f64 = 1.25;

/**
 * Fills a part of one level: entry j of level k covers the 2^k steps from Z_(1 + j·2^k).
 * below: the level before; 0: there is none, the entries are made of single steps. scratch: room for an entry.
 */
// prettier-ignore
export function buildLevel(below: usize, table: usize, level: i32, from: i32, to: i32, scratch: usize): void {
  if (fold == 0) {
    for (let j = from; j < to; j++) {
      const at = table + <usize>j * ENTRY;
      if (below != 0) merge(below + (<usize>j << 1) * ENTRY, below + ((<usize>j << 1) + 1) * ENTRY, at);
      else {
        const m = 1 + (j << level);
        step(m, at);
        for (let k = 1; k < 1 << level; k++) {
          step(m + k, scratch);
          merge(at, scratch, at);
        }
      }
    }
  } else {
    for (let j = from; j < to; j++) {
      const at = table + <usize>j * MATRIX_ENTRY;
      if (below != 0) mergeMatrices(below + (<usize>j << 1) * MATRIX_ENTRY, below + ((<usize>j << 1) + 1) * MATRIX_ENTRY, at);
      else {
        const m = 1 + (j << level);
        matrixStep(m, at);
        for (let k = 1; k < 1 << level; k++) {
          matrixStep(m + k, scratch);
          mergeMatrices(at, scratch, at);
        }
      }
    }
  }
}

/** Z^k, left here. */
let powerRe: f64 = 0;
let powerIm: f64 = 0;

function raise(zr: f64, zi: f64, k: i32): void {
  powerRe = 1;
  powerIm = 0;
  for (; k > 0; k--) {
    const t = powerRe * zr - powerIm * zi;
    powerIm = powerRe * zi + powerIm * zr;
    powerRe = t;
  }
}

/** The bound of a single step's term of d^order at |Z|. */
function stepTerm(z: f64, order: i32): f64 {
  if (power < order) return 0;
  let t: f64 = 1;
  for (let k = 0; k < order; k++) t *= <f64>(power - k) / <f64>(k + 1);
  for (let k = order; k < power; k++) t *= z;
  return t;
}

function step(m: i32, at: usize): void {
  const zr = load<f64>(orbit + (<usize>m << 4));
  const zi = load<f64>(orbit + (<usize>m << 4), 8);
  const p = <f64>power;
  const z = modulus(zr, zi);
  raise(zr, zi, power - 3);
  const sixth = (p * (p - 1) * (p - 2)) / 6;
  store<f64>(at, sixth * powerRe, F);
  store<f64>(at, sixth * powerIm, F + 8);
  raise(zr, zi, power - 2);
  const half = 0.5 * p * (p - 1);
  store<f64>(at, half * powerRe, C);
  store<f64>(at, half * powerIm, C + 8);
  const ar = p * (powerRe * zr - powerIm * zi);
  const ai = p * (powerRe * zi + powerIm * zr);
  store<f64>(at, ar, A);
  store<f64>(at, ai, A + 8);
  store<f64>(at, modulus(ar, ai), NORM_A);
  store<f64>(at, 1, B);
  store<f64>(at, 0, B + 8);
  store<f64>(at, 1, NORM_B);
  const quartic = stepTerm(z, 4) * TAIL;
  const valid = quartic > 0 ? min(NEAR * z, Math.cbrt((EPSILON * modulus(ar, ai)) / (2 * quartic))) : NEAR * z;
  store<f64>(at, stepTerm(z, 3), CUBIC);
  store<f64>(at, quartic, QUARTIC);
  store<f64>(at, z > WIDE ? -1 : valid, R);
  store<f64>(at, 0, WEIGHT);
  store<f64>(at, 0, D);
  store<f64>(at, 0, D + 8);
  store<f64>(at, 0, E);
  store<f64>(at, 0, E + 8);
}

/** Q of an entry: the terms of second order are at most Q·s^2. */
function quadratic(at: usize): f64 {
  const c = modulus(load<f64>(at, C), load<f64>(at, C + 8));
  const weight = load<f64>(at, WEIGHT);
  if (weight == 0) return c;
  const d = modulus(load<f64>(at, D), load<f64>(at, D + 8));
  const e = modulus(load<f64>(at, E), load<f64>(at, E + 8));
  return max(max(c, (0.5 * d) / weight), e / weight / weight);
}

/** First x, then y; `at` may be x. */
function merge(x: usize, y: usize, at: usize): void {
  const axr = load<f64>(x, A);
  const axi = load<f64>(x, A + 8);
  const bxr = load<f64>(x, B);
  const bxi = load<f64>(x, B + 8);
  const cxr = load<f64>(x, C);
  const cxi = load<f64>(x, C + 8);
  const dxr = load<f64>(x, D);
  const dxi = load<f64>(x, D + 8);
  const exr = load<f64>(x, E);
  const exi = load<f64>(x, E + 8);
  const ayr = load<f64>(y, A);
  const ayi = load<f64>(y, A + 8);
  const cyr = load<f64>(y, C);
  const cyi = load<f64>(y, C + 8);
  const dyr = load<f64>(y, D);
  const dyi = load<f64>(y, D + 8);
  const fxr = load<f64>(x, F);
  const fxi = load<f64>(x, F + 8);
  const fyr = load<f64>(y, F);
  const fyi = load<f64>(y, F + 8);
  const ar = ayr * axr - ayi * axi;
  const ai = ayr * axi + ayi * axr;
  const br = ayr * bxr - ayi * bxi + load<f64>(y, B);
  const bi = ayr * bxi + ayi * bxr + load<f64>(y, B + 8);
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
  const er = ayr * exr - ayi * exi + (hr * bxr - hi * bxi) + load<f64>(y, E);
  const ei = ayr * exi + ayi * exr + (hr * bxi + hi * bxr) + load<f64>(y, E + 8);
  // F = Ay·Fx + (2·Cy·Cx + Fy·Ax^2)·Ax
  const kr = 2 * (cyr * cxr - cyi * cxi) + (fyr * sr - fyi * si);
  const ki = 2 * (cyr * cxi + cyi * cxr) + (fyr * si + fyi * sr);
  const fr = ayr * fxr - ayi * fxi + (kr * axr - ki * axi);
  const fi = ayr * fxi + ayi * fxr + (kr * axi + ki * axr);
  const ax = load<f64>(x, NORM_A);
  const ay = load<f64>(y, NORM_A);
  const qx = quadratic(x);
  const qy = quadratic(y);
  const tx = load<f64>(x, CUBIC);
  const ty = load<f64>(y, CUBIC);
  const ax2 = ax * ax;
  const cubic = ay * tx + 2 * ax * qx * qy + ty * ax2 * ax;
  const quartic = ay * load<f64>(x, QUARTIC) + qy * (2 * ax * tx + qx * qx) + 3 * ax2 * qx * ty + load<f64>(y, QUARTIC) * ax2 * ax2;
  const weight = max(load<f64>(x, WEIGHT), (load<f64>(x, NORM_B) + load<f64>(y, WEIGHT)) / ax);
  // What x adds in second order is less than the rest of y's radius.
  let r = min(min(load<f64>(x, R), (0.9 * load<f64>(y, R)) / ax), Math.cbrt((EPSILON * ax * ay) / (2 * quartic)));
  // Beyond the range of f64 nothing is valid.
  let sum = Math.abs(ar) + Math.abs(ai) + Math.abs(br) + Math.abs(bi) + Math.abs(cr) + Math.abs(ci);
  sum += Math.abs(dr) + Math.abs(di) + Math.abs(er) + Math.abs(ei) + Math.abs(fr) + Math.abs(fi) + cubic + quartic + weight;
  if (!(sum < 1e300) || !(r >= 0)) r = -1;
  store<f64>(at, ar, A);
  store<f64>(at, ai, A + 8);
  store<f64>(at, br, B);
  store<f64>(at, bi, B + 8);
  store<f64>(at, cr, C);
  store<f64>(at, ci, C + 8);
  store<f64>(at, dr, D);
  store<f64>(at, di, D + 8);
  store<f64>(at, er, E);
  store<f64>(at, ei, E + 8);
  store<f64>(at, r, R);
  store<f64>(at, weight, WEIGHT);
  store<f64>(at, modulus(ar, ai), NORM_A);
  store<f64>(at, modulus(br, bi), NORM_B);
  store<f64>(at, fr, F);
  store<f64>(at, fi, F + 8);
  store<f64>(at, (EPSILON * ax * ay) / (6 * cubic), P);
  store<f64>(at, cubic, CUBIC);
  store<f64>(at, quartic, QUARTIC);
}

function matrixStep(m: i32, at: usize): void {
  let zr = load<f64>(orbit + (<usize>m << 4));
  let zi = load<f64>(orbit + (<usize>m << 4), 8);
  const ship = fold == BURNING_SHIP;
  const sr: f64 = ship && zr < 0 ? -1 : 1;
  const si: f64 = !ship || zi < 0 ? -1 : 1;
  zr *= sr;
  zi *= si;
  const p = <f64>power;
  const z = modulus(zr, zi);
  raise(zr, zi, power - 2);
  const cr = 0.5 * p * (p - 1) * powerRe;
  const ci = 0.5 * p * (p - 1) * powerIm;
  const ar = p * (powerRe * zr - powerIm * zi);
  const ai = p * (powerRe * zi + powerIm * zr);
  store<f64>(at, ar * sr, M_A);
  store<f64>(at, -ai * si, M_A + 8);
  store<f64>(at, ai * sr, M_A + 16);
  store<f64>(at, ar * si, M_A + 24);
  store<f64>(at, 1, M_B);
  store<f64>(at, 0, M_B + 8);
  store<f64>(at, 0, M_B + 16);
  store<f64>(at, 1, M_B + 24);
  // (cr + i·ci)·(sr·x + i·si·y)^2
  const turned = 2 * sr * si;
  store<f64>(at, cr, M_Q);
  store<f64>(at, -ci * turned, M_Q + 8);
  store<f64>(at, -cr, M_Q + 16);
  store<f64>(at, ci, M_Q + 24);
  store<f64>(at, cr * turned, M_Q + 32);
  store<f64>(at, -ci, M_Q + 40);
  const cubic = stepTerm(z, 3) * TAIL;
  store<f64>(at, cubic, M_CUBIC);
  const valid = cubic > 0 ? min(NEAR * z, Math.sqrt((EPSILON * modulus(ar, ai)) / cubic)) : NEAR * z;
  const sides = ship ? min(zr, zi) : Infinity;
  store<f64>(at, z > WIDE ? -1 : min(sides, valid), M_R);
  store<f64>(at, min(sides, (2 * EPSILON * z) / (p - 1)), M_R_LINEAR);
  store<f64>(at, Infinity, M_R_C);
}

/** A bound of |Q(d)| / |d|^2. */
@inline
export function formBound(at: usize): f64 {
  const x = max(Math.abs(load<f64>(at)), Math.abs(load<f64>(at, 16))) + 0.5 * Math.abs(load<f64>(at, 8));
  const y = max(Math.abs(load<f64>(at, 24)), Math.abs(load<f64>(at, 40))) + 0.5 * Math.abs(load<f64>(at, 32));
  return modulus(x, y);
}

/** Both parts of what y makes of x's matrix: row `row` of Y·X. */
@inline
function rowProduct(y: usize, x: usize, row: usize, column: usize): f64 {
  return load<f64>(y + row * 16) * load<f64>(x + column * 8) + load<f64>(y + row * 16, 8) * load<f64>(x + column * 8, 16);
}

/** First x, then y; `at` may be x. */
function mergeMatrices(x: usize, y: usize, at: usize): void {
  const yA = y + M_A;
  const a0 = rowProduct(yA, x + M_A, 0, 0);
  const a1 = rowProduct(yA, x + M_A, 0, 1);
  const a2 = rowProduct(yA, x + M_A, 1, 0);
  const a3 = rowProduct(yA, x + M_A, 1, 1);
  const b0 = rowProduct(yA, x + M_B, 0, 0) + load<f64>(y, M_B);
  const b1 = rowProduct(yA, x + M_B, 0, 1) + load<f64>(y, M_B + 8);
  const b2 = rowProduct(yA, x + M_B, 1, 0) + load<f64>(y, M_B + 16);
  const b3 = rowProduct(yA, x + M_B, 1, 1) + load<f64>(y, M_B + 24);
  // What y's form makes of u = Ax·d: u0^2, u0·u1 and u1^2 in terms of x^2, xy, y^2.
  const p = load<f64>(x, M_A);
  const q = load<f64>(x, M_A + 8);
  const s = load<f64>(x, M_A + 16);
  const t = load<f64>(x, M_A + 24);
  const ax = frobenius(x + M_A);
  const ay = frobenius(yA);
  const qx = formBound(x + M_Q);
  const qy = formBound(y + M_Q);
  const bx = frobenius(x + M_B);
  let sum = Math.abs(a0) + Math.abs(a1) + Math.abs(a2) + Math.abs(a3);
  sum += Math.abs(b0) + Math.abs(b1) + Math.abs(b2) + Math.abs(b3);
  const x0 = load<f64>(x, M_Q);
  const x1 = load<f64>(x, M_Q + 8);
  const x2 = load<f64>(x, M_Q + 16);
  const x3 = load<f64>(x, M_Q + 24);
  const x4 = load<f64>(x, M_Q + 32);
  const x5 = load<f64>(x, M_Q + 40);
  for (let row: usize = 0; row < 2; row++) {
    const m0 = load<f64>(yA + row * 16);
    const m1 = load<f64>(yA + row * 16, 8);
    const form = y + M_Q + row * 24;
    const f0 = load<f64>(form);
    const f1 = load<f64>(form, 8);
    const f2 = load<f64>(form, 16);
    const g0 = m0 * x0 + m1 * x3 + (f0 * p * p + f1 * p * s + f2 * s * s);
    const g1 = m0 * x1 + m1 * x4 + (2 * f0 * p * q + f1 * (p * t + q * s) + 2 * f2 * s * t);
    const g2 = m0 * x2 + m1 * x5 + (f0 * q * q + f1 * q * t + f2 * t * t);
    sum += Math.abs(g0) + Math.abs(g1) + Math.abs(g2);
    store<f64>(at + row * 24, g0, M_Q);
    store<f64>(at + row * 24, g1, M_Q + 8);
    store<f64>(at + row * 24, g2, M_Q + 16);
  }
  const cubic = ay * load<f64>(x, M_CUBIC) + 2 * qy * ax * qx + load<f64>(y, M_CUBIC) * ax * ax * ax;
  // |A·d| may be half of what the norms say.
  const least = 0.5 * modulus(modulus(a0, a1), modulus(a2, a3));
  const linear = load<f64>(y, M_R_LINEAR);
  let r = min(min(load<f64>(x, M_R), (0.5 * load<f64>(y, M_R)) / ax), Math.sqrt((EPSILON * least) / cubic));
  let rl = min(load<f64>(x, M_R_LINEAR), (0.5 * linear) / ax);
  let rc = min(min(load<f64>(x, M_R_C), load<f64>(y, M_R_C)), (0.5 * linear) / bx);
  if (!(sum + cubic < 1e300) || !(r >= 0) || !(rl >= 0) || !(rc >= 0)) {
    r = -1;
    rl = -1;
    rc = -1;
  }
  store<f64>(at, a0, M_A);
  store<f64>(at, a1, M_A + 8);
  store<f64>(at, a2, M_A + 16);
  store<f64>(at, a3, M_A + 24);
  store<f64>(at, b0, M_B);
  store<f64>(at, b1, M_B + 8);
  store<f64>(at, b2, M_B + 16);
  store<f64>(at, b3, M_B + 24);
  store<f64>(at, r, M_R);
  store<f64>(at, rl, M_R_LINEAR);
  store<f64>(at, rc, M_R_C);
  store<f64>(at, cubic, M_CUBIC);
}
