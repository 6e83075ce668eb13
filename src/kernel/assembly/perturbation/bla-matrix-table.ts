/**
 * The BLA table of formulas that fold, which are not analytic: real 2x2 matrices for A and B, and for C·d^2 a quadratic form
 * with three coefficients (of x^2, xy, y^2) for each part,
 *
 *   d <- A·d + B·dc + Q(d),  valid while |d| < R and |dc| < Rc.
 *
 * A fold is linear as long as no part of Z + d changes its sign.
 */

import { BURNING_SHIP } from '../formula';
import { formQ, MATRIX_ENTRY_BYTES, MatrixEntry, matrixA, matrixB } from './bla-entry';
import { EPSILON, NEAR, raised, stepTerm, TAIL, WIDE } from './bla-table';
import { frobenius, modulus } from './matrix';
import { orbitIm, orbitRe, Reference } from './reference-orbit';
import { Slot } from './slot';

@inline
function entryAt(level: usize, j: i32): MatrixEntry {
  return changetype<MatrixEntry>(level + <usize>j * MATRIX_ENTRY_BYTES);
}

/** As `buildLevel` of setup.ts. */
export function buildMatrixLevel(slot: Slot, below: usize, table: usize, level: i32, from: i32, to: i32): void {
  const reference = slot.reference;
  const single = changetype<MatrixEntry>(slot.scratch);
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

/** The entry of one iteration from Z_m. */
function setStep(reference: Reference, m: i32, entry: MatrixEntry): void {
  const power = reference.power;
  let zr = orbitRe(reference.orbit, m);
  let zi = orbitIm(reference.orbit, m);
  const ship = reference.fold == BURNING_SHIP;
  const sr: f64 = ship && zr < 0 ? -1 : 1;
  const si: f64 = !ship || zi < 0 ? -1 : 1;
  zr *= sr;
  zi *= si;
  const p = <f64>power;
  const z = modulus(zr, zi);
  const second = raised(zr, zi, power - 2);
  const powerRe = f64x2.extract_lane(second, 0);
  const powerIm = f64x2.extract_lane(second, 1);
  const cr = 0.5 * p * (p - 1) * powerRe;
  const ci = 0.5 * p * (p - 1) * powerIm;
  const ar = p * (powerRe * zr - powerIm * zi);
  const ai = p * (powerRe * zi + powerIm * zr);
  entry.a0 = ar * sr;
  entry.a1 = -ai * si;
  entry.a2 = ai * sr;
  entry.a3 = ar * si;
  entry.b0 = 1;
  entry.b1 = 0;
  entry.b2 = 0;
  entry.b3 = 1;
  // (cr + i·ci)·(sr·x + i·si·y)^2
  const turned = 2 * sr * si;
  entry.q0 = cr;
  entry.q1 = -ci * turned;
  entry.q2 = -cr;
  entry.q3 = ci;
  entry.q4 = cr * turned;
  entry.q5 = -ci;
  const cubic = stepTerm(power, z, 3) * TAIL;
  entry.cubic = cubic;
  const valid = cubic > 0 ? min(NEAR * z, Math.sqrt((EPSILON * modulus(ar, ai)) / cubic)) : NEAR * z;
  const sides = ship ? min(zr, zi) : Infinity;
  entry.radius = z > WIDE ? -1 : min(sides, valid);
  entry.radiusLinear = min(sides, (2 * EPSILON * z) / (p - 1));
  entry.radiusC = Infinity;
}

/** A bound of |Q(d)| / |d|^2. */
@inline
export function formBound(at: usize): f64 {
  const x = max(Math.abs(load<f64>(at)), Math.abs(load<f64>(at, 16))) + 0.5 * Math.abs(load<f64>(at, 8));
  const y = max(Math.abs(load<f64>(at, 24)), Math.abs(load<f64>(at, 40))) + 0.5 * Math.abs(load<f64>(at, 32));
  return modulus(x, y);
}

/** Both parts of row `row` of Y·X. */
@inline
function rowProduct(y: usize, x: usize, row: usize, column: usize): f64 {
  return load<f64>(y + row * 16) * load<f64>(x + column * 8) + load<f64>(y + row * 16, 8) * load<f64>(x + column * 8, 16);
}

/** First x, then y; `entry` may be x. */
function merge(x: MatrixEntry, y: MatrixEntry, entry: MatrixEntry): void {
  const yA = matrixA(y);
  const merged = formQ(entry);
  const a0 = rowProduct(yA, matrixA(x), 0, 0);
  const a1 = rowProduct(yA, matrixA(x), 0, 1);
  const a2 = rowProduct(yA, matrixA(x), 1, 0);
  const a3 = rowProduct(yA, matrixA(x), 1, 1);
  const b0 = rowProduct(yA, matrixB(x), 0, 0) + y.b0;
  const b1 = rowProduct(yA, matrixB(x), 0, 1) + y.b1;
  const b2 = rowProduct(yA, matrixB(x), 1, 0) + y.b2;
  const b3 = rowProduct(yA, matrixB(x), 1, 1) + y.b3;
  // y's form of u = Ax·d: u0^2, u0·u1 and u1^2 in terms of x^2, xy, y^2.
  const p = x.a0;
  const q = x.a1;
  const s = x.a2;
  const t = x.a3;
  const ax = frobenius(matrixA(x));
  const ay = frobenius(yA);
  const qx = formBound(formQ(x));
  const qy = formBound(formQ(y));
  const bx = frobenius(matrixB(x));
  let sum = Math.abs(a0) + Math.abs(a1) + Math.abs(a2) + Math.abs(a3);
  sum += Math.abs(b0) + Math.abs(b1) + Math.abs(b2) + Math.abs(b3);
  const x0 = x.q0;
  const x1 = x.q1;
  const x2 = x.q2;
  const x3 = x.q3;
  const x4 = x.q4;
  const x5 = x.q5;
  for (let row: usize = 0; row < 2; row++) {
    const m0 = load<f64>(yA + row * 16);
    const m1 = load<f64>(yA + row * 16, 8);
    const form = formQ(y) + row * 24;
    const f0 = load<f64>(form);
    const f1 = load<f64>(form, 8);
    const f2 = load<f64>(form, 16);
    const g0 = m0 * x0 + m1 * x3 + (f0 * p * p + f1 * p * s + f2 * s * s);
    const g1 = m0 * x1 + m1 * x4 + (2 * f0 * p * q + f1 * (p * t + q * s) + 2 * f2 * s * t);
    const g2 = m0 * x2 + m1 * x5 + (f0 * q * q + f1 * q * t + f2 * t * t);
    sum += Math.abs(g0) + Math.abs(g1) + Math.abs(g2);
    store<f64>(merged + row * 24, g0);
    store<f64>(merged + row * 24, g1, 8);
    store<f64>(merged + row * 24, g2, 16);
  }
  const cubic = ay * x.cubic + 2 * qy * ax * qx + y.cubic * ax * ax * ax;
  // |A·d| may be half of the product of the norms.
  const least = 0.5 * modulus(modulus(a0, a1), modulus(a2, a3));
  const linear = y.radiusLinear;
  let r = min(min(x.radius, (0.5 * y.radius) / ax), Math.sqrt((EPSILON * least) / cubic));
  let rl = min(x.radiusLinear, (0.5 * linear) / ax);
  let rc = min(min(x.radiusC, y.radiusC), (0.5 * linear) / bx);
  if (!(sum + cubic < 1e300) || !(r >= 0) || !(rl >= 0) || !(rc >= 0)) {
    r = -1;
    rl = -1;
    rc = -1;
  }
  entry.a0 = a0;
  entry.a1 = a1;
  entry.a2 = a2;
  entry.a3 = a3;
  entry.b0 = b0;
  entry.b1 = b1;
  entry.b2 = b2;
  entry.b3 = b3;
  entry.radius = r;
  entry.radiusLinear = rl;
  entry.radiusC = rc;
  entry.cubic = cubic;
}
