/**
 * The exterior distance estimate of points that escaped, and the direction away from the set: the gradient of the
 * potential, by iterating once more together with the derivative.
 *
 *   J ← f'(z)·J + I,   g = Jᵀ·z,   distance = |z|²·ln|z| / |g|,   uphill = g / |g|
 *
 * J = dz/dc is a real 2×2 matrix, since |Re|, |Im| and the conjugate are not holomorphic; its two columns lie in the two
 * lanes of a vector. For a Julia set J = dz/dz₀ starts as I, to which nothing is added. Where f is holomorphic this is
 * |z|·ln|z| / |dz/dc| (J. Milnor, "Dynamics in One Complex Variable", appendix G); by Koebe's quarter theorem the true
 * distance lies between a half of it and twice of it, near the set.
 */

import { BEYOND } from './escape';
import { BURNING_SHIP, stepImaginary, stepReal, TRICORN } from './formula';
import { log2 } from './log2';

const LN2: f64 = 0.6931471805599453;
/** The estimate is right to about one part in the bailout: that is at least this. */
const LEAST_BAILOUT: f64 = 256;

/**
 * Writes, for each of `count` points, the vector (re, im) that points uphill and is as long as the distance: of the
 * plane, times `turnRe + i·turnIm`. (0, 0) where nu is infinite, where the derivative vanishes, and where a distance is
 * too small for a double.
 * limit: of the view's iterations; no point runs further beyond it than for its nu.
 */
// prettier-ignore
export function distances(step: i32, power: i32, julia: bool, limit: i64, bailout: f64,
  juliaRe: f64, juliaIm: f64, count: i32, re: usize, im: usize, nu: usize,
  turnRe: f64, turnIm: f64, out: usize): void {
  const bound = max(bailout, LEAST_BAILOUT);
  const bailout2 = bound * bound;
  const last = limit + BEYOND;
  for (let k: usize = 0; k < <usize>count; k++) {
    let vector = f64x2.splat(0);
    if (load<f64>(nu + (k << 3)) != Infinity) {
      const pr = load<f64>(re + (k << 3));
      const pi = load<f64>(im + (k << 3));
      vector = julia
        ? uphill(step, power, pr, pi, juliaRe, juliaIm, 0, last, bailout2, turnRe, turnIm)
        : uphill(step, power, 0, 0, pr, pi, 1, last, bailout2, turnRe, turnIm);
    }
    v128.store(out + (k << 4), vector);
  }
}

/**
 * The vector of one point, (x, y): iterates z until |z|² > bailout2, at most `last` times. `add`: 1 where c is the pixel, 0
 * where z₀ is.
 */
@inline
// prettier-ignore
function uphill(step: i32, power: i32, z0r: f64, z0i: f64, cr: f64, ci: f64, add: f64, last: i64, bailout2: f64,
  turnRe: f64, turnIm: f64): v128 {
  const unitRe = f64x2(add, 0);
  const unitIm = f64x2(0, add);
  let zr = z0r;
  let zi = z0i;
  // Both columns: their real parts, and their imaginary parts.
  let jr = f64x2(1 - add, 0);
  let ji = f64x2(0, 1 - add);
  let mag2 = zr * zr + zi * zi;
  for (let m: i64 = 0; mag2 <= bailout2 && m < last; m++) {
    if (step == BURNING_SHIP) {
      if (zr < 0) jr = f64x2.neg(jr);
      if (zi < 0) ji = f64x2.neg(ji);
    } else if (step == TRICORN) ji = f64x2.neg(ji);
    const fr = step == BURNING_SHIP ? Math.abs(zr) : zr;
    const fi = step == BURNING_SHIP ? Math.abs(zi) : step == TRICORN ? -zi : zi;
    // power·fold(z)^(power - 1)
    let ar = fr;
    let ai = fi;
    for (let k = 2; k < power; k++) {
      const t = ar * fr - ai * fi;
      ai = ar * fi + ai * fr;
      ar = t;
    }
    const dr = f64x2.splat(<f64>power * ar);
    const di = f64x2.splat(<f64>power * ai);
    const t = f64x2.add(f64x2.sub(f64x2.mul(dr, jr), f64x2.mul(di, ji)), unitRe);
    ji = f64x2.add(f64x2.add(f64x2.mul(dr, ji), f64x2.mul(di, jr)), unitIm);
    jr = t;
    const z = stepReal(step, power, zr, zi, cr);
    zi = stepImaginary(step, power, zr, zi, ci);
    zr = z;
    mag2 = zr * zr + zi * zi;
  }
  const g = f64x2.add(f64x2.mul(jr, f64x2.splat(zr)), f64x2.mul(ji, f64x2.splat(zi)));
  const gr = f64x2.extract_lane(g, 0);
  const gi = f64x2.extract_lane(g, 1);
  const g2 = gr * gr + gi * gi;
  if (!(mag2 > bailout2 && g2 > 0 && g2 < Infinity)) return f64x2.splat(0);
  const scale = mag2 * (0.5 * LN2) * log2(mag2) / g2;
  return f64x2(scale * (gr * turnRe - gi * turnIm), scale * (gr * turnIm + gi * turnRe));
}
