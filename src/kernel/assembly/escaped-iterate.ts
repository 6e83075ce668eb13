/** The iterates of which nu was made: the first beyond the bailout, found by iterating points that escaped once more. */

import { BEYOND } from './escape';
import { BURNING_SHIP, HOLOMORPHIC, stepImaginary, stepReal, TRICORN } from './formula';

/**
 * Writes, for each of `count` points, re and im of its first iterate with |z| > bailout; (0, 0) where nu is infinite.
 * limit: of the view's iterations; no point runs further beyond it than for its nu.
 */
// prettier-ignore
export function escapedIterates(step: i32, power: i32, julia: bool, limit: i64, bailout: f64,
  juliaRe: f64, juliaIm: f64, count: i32, re: usize, im: usize, nu: usize, out: usize): void {
  const bailout2 = bailout * bailout;
  const last = limit + BEYOND;
  for (let k: usize = 0; k < <usize>count; k++) {
    let z = f64x2.splat(0);
    if (load<f64>(nu + (k << 3)) != Infinity) {
      const pr = load<f64>(re + (k << 3));
      const pi = load<f64>(im + (k << 3));
      const cr = julia ? juliaRe : pr;
      const ci = julia ? juliaIm : pi;
      const zr = julia ? pr : 0;
      const zi = julia ? pi : 0;
      if (step == HOLOMORPHIC) z = escape(HOLOMORPHIC, power, zr, zi, cr, ci, last, bailout2);
      else if (step == BURNING_SHIP) z = escape(BURNING_SHIP, power, zr, zi, cr, ci, last, bailout2);
      else z = escape(TRICORN, power, zr, zi, cr, ci, last, bailout2);
    }
    v128.store(out + (k << 4), z);
  }
}

@inline
function escape(step: i32, power: i32, zr: f64, zi: f64, cr: f64, ci: f64, last: i64, bailout2: f64): v128 {
  for (let m: i64 = 0; zr * zr + zi * zi <= bailout2 && m < last; m++) {
    const t = stepReal(step, power, zr, zi, cr);
    zi = stepImaginary(step, power, zr, zi, ci);
    zr = t;
  }
  return f64x2(zr, zi);
}
