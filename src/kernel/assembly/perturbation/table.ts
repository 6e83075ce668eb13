/**
 * The table of approximations: what many iterations make of a difference d at once, to second order in d and to first
 * in dc (after the bilinear approximation of Zhuoran; the second order makes the radius about the square root):
 *
 *   d <- (A + C·d)·d + B·dc,  valid while |d| < R and |dc| < Rc.
 *
 * One step of z^p: A = p·Z^(p-1), B = 1, C = p(p-1)/2·Z^(p-2), and a cubic term of at most T·|d|^3 near Z. x and then y:
 * A = Ay·Ax, B = Ay·Bx + By, C = Ay·Cx + Cy·Ax^2, T = |Ay|·Tx + 2|Cy·Ax·Cx| + Ty·|Ax|^3, and R is where T·|d|^3 reaches
 * EPSILON·|A·d|.
 *
 * Formulas that are not analytic have real 2x2 matrices for A and B, and for C·d^2 a quadratic form: three
 * coefficients (of x^2, xy, y^2) for each part. A fold is linear as long as no part of Z + d changes its sign.
 */

import { BURNING_SHIP } from '../formula';
import { fold, orbit, power } from './orbit';

/** An entry of analytic formulas: A, B, R, Rc, then C, the radius without C, and the bound of the cubic term. */
export const A_RE: usize = 0;
export const A_IM: usize = 8;
export const B_RE: usize = 16;
export const B_IM: usize = 24;
export const R: usize = 32;
export const R_C: usize = 40;
export const C_RE: usize = 48;
export const C_IM: usize = 56;
const R_LINEAR: usize = 64;
const CUBIC: usize = 72;
export const ENTRY: usize = 80;

/** An entry of the others: A and B by rows, R, Rc, the two forms, and as above. */
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
/** What the terms of fourth and higher order add to the cubic one, p <= 8, |d| <= NEAR·|Z|. */
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

/** The radius within which single steps are what the table says; 0 and more. */
@inline
function stepRadius(z: f64, slope: f64, cubic: f64): f64 {
  return cubic > 0 ? min(NEAR * z, Math.sqrt((EPSILON * slope) / cubic)) : NEAR * z;
}

/** T of one step at |Z|: of z^2 there is none. */
@inline
function stepCubic(z: f64): f64 {
  const p = <f64>power;
  let t = ((p * (p - 1) * (p - 2)) / 6) * TAIL;
  for (let k = 3; k < power; k++) t *= z;
  return t;
}

function step(m: i32, at: usize): void {
  const zr = load<f64>(orbit + (<usize>m << 4));
  const zi = load<f64>(orbit + (<usize>m << 4), 8);
  const p = <f64>power;
  const z = Math.sqrt(zr * zr + zi * zi);
  raise(zr, zi, power - 2);
  const half = 0.5 * p * (p - 1);
  store<f64>(at, half * powerRe, C_RE);
  store<f64>(at, half * powerIm, C_IM);
  const ar = p * (powerRe * zr - powerIm * zi);
  const ai = p * (powerRe * zi + powerIm * zr);
  store<f64>(at, ar, A_RE);
  store<f64>(at, ai, A_IM);
  store<f64>(at, 1, B_RE);
  store<f64>(at, 0, B_IM);
  const cubic = stepCubic(z);
  store<f64>(at, cubic, CUBIC);
  store<f64>(at, z > WIDE ? -1 : stepRadius(z, Math.sqrt(ar * ar + ai * ai), cubic), R);
  store<f64>(at, (2 * EPSILON * z) / (p - 1), R_LINEAR);
  store<f64>(at, Infinity, R_C);
}

/** First x, then y; `at` may be x. */
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

function matrixStep(m: i32, at: usize): void {
  let zr = load<f64>(orbit + (<usize>m << 4));
  let zi = load<f64>(orbit + (<usize>m << 4), 8);
  const ship = fold == BURNING_SHIP;
  const sr: f64 = ship && zr < 0 ? -1 : 1;
  const si: f64 = !ship || zi < 0 ? -1 : 1;
  zr *= sr;
  zi *= si;
  const p = <f64>power;
  const z = Math.sqrt(zr * zr + zi * zi);
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
  const cubic = stepCubic(z);
  store<f64>(at, cubic, M_CUBIC);
  const sides = ship ? min(zr, zi) : Infinity;
  store<f64>(at, z > WIDE ? -1 : min(sides, stepRadius(z, Math.sqrt(ar * ar + ai * ai), cubic)), M_R);
  store<f64>(at, min(sides, (2 * EPSILON * z) / (p - 1)), M_R_LINEAR);
  store<f64>(at, Infinity, M_R_C);
}

/** The root of the sum of squares of a matrix: between its norm and sqrt(2) times that. */
@inline
function frobenius(at: usize): f64 {
  const a = load<f64>(at);
  const b = load<f64>(at, 8);
  const c = load<f64>(at, 16);
  const d = load<f64>(at, 24);
  return Math.sqrt(a * a + b * b + c * c + d * d);
}

/** A bound of |Q(d)| / |d|^2. */
@inline
export function formBound(at: usize): f64 {
  const x = max(Math.abs(load<f64>(at)), Math.abs(load<f64>(at, 16))) + 0.5 * Math.abs(load<f64>(at, 8));
  const y = max(Math.abs(load<f64>(at, 24)), Math.abs(load<f64>(at, 40))) + 0.5 * Math.abs(load<f64>(at, 32));
  return Math.sqrt(x * x + y * y);
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
  const least = 0.5 * Math.sqrt(a0 * a0 + a1 * a1 + a2 * a2 + a3 * a3);
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
