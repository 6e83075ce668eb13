/**
 * Steps of a block beyond the range of doubles: by the entries of deep.ts, to first order in d, or by one iteration. d is
 * in units of 2^e, as is `error`, a bound of what it lacks; `next` is left in form, and so is its bound.
 */

import { bringIntoForm, ce, d, factor, ki, kr, kx, next, product } from './block';
import { A, A_E, B, B_E, growBy, growBySlope } from './deep';
import { add, multiply as multiplyExtended, power2, xe, xi, xr, ZERO } from './extended';
import { matrixNorm } from './matrix';
import { julia, orbitAt, power } from './orbit';
import { addTerm, copy, multiply, scale, shrink, sizeFrom, termIm, termRe } from './polynomial';

export function throughDeepEntry(e: i32, error: f64, entry: usize): void {
  const byD = max(e + load<i32>(entry, A_E), ZERO);
  const byC = julia ? ZERO : max(ce + load<i32>(entry, B_E), ZERO);
  const common = max(byD, byC);
  const own = power2(byD - common);
  const other = power2(byC - common);
  // Rows of a matrix that is a complex number.
  scale(d, load<f64>(entry, A) * own, load<f64>(entry, A + 16) * own, next);
  const br = load<f64>(entry, B) * other;
  const bi = load<f64>(entry, B + 16) * other;
  addTerm(next, 0, br * kr - bi * ki, br * ki + bi * kr);
  addTerm(next, 1, br * kx, bi * kx);
  const stretch = matrixNorm(entry + A);
  growBy(stretch, load<i32>(entry, A_E), matrixNorm(entry + B), load<i32>(entry, B_E));
  bringIntoForm(next, common, error * stretch * own);
}

/** From Z_at. */
export function throughDeepStep(e: i32, error: f64, at: i32): void {
  orbitAt(at);
  const zr = xr;
  const zi = xi;
  const ze = xe;
  const size = sizeFrom(d, 0);
  // ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc
  let cut: f64 = 0;
  let qr: f64 = 1;
  let qi: f64 = 0;
  let qe: i32 = 0;
  let choose: f64 = 1;
  let h = e;
  copy(d, factor);
  for (let k = 1; k < power; k++) {
    if (k > 1) {
      cut = cut * size + multiply(factor, d, product);
      copy(product, factor);
      h = max(h + e, ZERO);
    }
    multiplyExtended(qr, qi, qe, zr, zi, ze);
    qr = xr;
    qi = xi;
    qe = xe;
    choose *= <f64>(power + 1 - k) / <f64>k;
    const common = max(h, qe);
    const own = power2(h - common);
    const other = choose * power2(qe - common);
    shrink(factor, own);
    cut *= own;
    addTerm(factor, 0, qr * other, qi * other);
    h = common;
  }
  cut = cut * size + multiply(factor, d, next);
  h = max(h + e, ZERO);
  const common = julia ? h : max(h, ce);
  const own = power2(h - common);
  const other = julia ? 0 : power2(ce - common);
  shrink(next, own);
  addTerm(next, 0, kr * other, ki * other);
  addTerm(next, 1, kx * other, 0);
  add(zr, zi, ze, termRe(d, 0), termIm(d, 0), e);
  growBySlope(xr, xi, xe);
  // The bound by p·(|w| + what d spreads)^(p-1), in units of 2^u.
  const u = max(xe, e);
  const w = Math.sqrt(xr * xr + xi * xi) * power2(xe - u) + sizeFrom(d, 1) * power2(e - u);
  let grown = <f64>power * error;
  let grownE = e;
  for (let k = 1; k < power; k++) {
    grown *= w;
    grownE = max(grownE + u, ZERO);
  }
  bringIntoForm(next, common, grown * power2(grownE - common) + cut * own);
}
