/** Newton's method on f^period(w) = w for the attracting cycle of a point of z^d + c, which is then proved. */

import { enclose, gapTo } from './enclosure';
import { HOLOMORPHIC, powerImaginary, powerReal, stepImaginary, stepReal } from './formula';
import { keepShortest } from './known-cycle';
import { Proofs } from './proofs';

/** Periods that `seekCycle` looks for. */
const LONGEST_SOUGHT: i64 = 2048;

/**
 * Whether the cycle of `period` that Newton's method leads to from w, in so many rounds, is proved to attract. moved: w is a
 * point of the cycle kept before, moved along with c.
 */
// prettier-ignore
export function newton(proofs: Proofs, wr: f64, wi: f64, cr: f64, ci: f64, period: i64, rounds: i32, moved: bool): bool {
  const power = proofs.power;
  for (let round = 0; round < rounds; round++) {
    // v = f^period(w) and its derivative d.
    let vr = wr;
    let vi = wi;
    let dr = 1.0;
    let di = 0.0;
    for (let k: i64 = 0; k < period; k++) {
      let sr = vr;
      let si = vi;
      if (power != 2) {
        sr = powerReal(HOLOMORPHIC, power - 1, vr, vi);
        si = powerImaginary(HOLOMORPHIC, power - 1, vr, vi);
      }
      const d = (dr * sr - di * si) * <f64>power;
      di = (dr * si + di * sr) * <f64>power;
      dr = d;
      const t = stepReal(HOLOMORPHIC, power, vr, vi, cr);
      vi = stepImaginary(HOLOMORPHIC, power, vr, vi, ci);
      vr = t;
    }
    proofs.spent += period;
    const er = vr - wr;
    const ei = vi - wi;
    const slope2 = dr * dr + di * di;
    dr -= 1;
    const d2 = dr * dr + di * di;
    const deltaR = (er * dr + ei * di) / d2;
    const deltaI = (ei * dr - er * di) / d2;
    const size2 = deltaR * deltaR + deltaI * deltaI;
    if (!(size2 < 0.25)) return false;
    wr -= deltaR;
    wi -= deltaI;
    if (size2 < 1e-10) {
      // The next error is quadratic in this one, so a tenth of it is sufficient.
      const slope = Math.sqrt(slope2);
      if (!(slope < 0.9999)) return false;
      const radius = (0.2 * Math.sqrt(size2) + 1e-12) / (1 - slope);
      const r = enclose(proofs, wr, wi, cr, ci, period, radius, 0);
      if (gapTo(proofs, wr, wi) + r <= radius) {
        keepShortest(proofs, wr, wi, cr, ci, period, moved);
        return true;
      }
    }
  }
  return false;
}

/**
 * Where z converges slowly to its cycle: finds the cycle by Newton's method on f^period(w) = w and proves it attracting.
 * z^d + c has one critical point, 0, and an attracting cycle attracts it (Fatou): then the orbit of 0 is bounded.
 */
export function seekCycle(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64, ran: i64): bool {
  const longest = min(ran, LONGEST_SOUGHT);
  // The shortest period after which the orbit is near z, unless a longer one brings it more than 3 times nearer.
  const power = proofs.power;
  let wr = zr;
  let wi = zi;
  let period: i64 = 0;
  let nearest2: f64 = 1;
  for (let k: i64 = 1; k <= longest; k++) {
    const t = stepReal(HOLOMORPHIC, power, wr, wi, cr);
    wi = stepImaginary(HOLOMORPHIC, power, wr, wi, ci);
    wr = t;
    const dr = wr - zr;
    const di = wi - zi;
    const distance2 = dr * dr + di * di;
    if (distance2 * 9 < nearest2) {
      nearest2 = distance2;
      period = k;
    }
  }
  proofs.spent += longest;
  return period != 0 && period != proofs.guess && newton(proofs, zr, zi, cr, ci, period, 16, false);
}
