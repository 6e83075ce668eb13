/**
 * Proofs that a point never escapes, exact ones: closed forms, and discs that a cycle takes into themselves (enclosures).
 * "No" always means "not known".
 */

import { enclose, gapTo, slopeSquared } from './enclosure';
import { HOLOMORPHIC, stepImaginary, stepReal } from './formula';
import { isInProvedDisc, keepCycle, LONGEST_PAUSE, PERIOD_SHARE } from './known-cycle';
import { newton } from './newton';
import { Proofs } from './proofs';

/** The two components whose boundary is known in closed form: |c| of period 1 and 2. */
@inline
export function inCardioidOrDisc(cr: f64, ci: f64): bool {
  const i2 = ci * ci;
  const x = cr - 0.25;
  const q = x * x + i2;
  if (q * (q + x) <= 0.25 * i2) return true;
  const y = cr + 1.0;
  return y * y + i2 <= 0.0625;
}

/**
 * A proof that z never escapes: a disc around z that `period` iterations take into itself (enclosures; Brouwer).
 * |f'| = power·|z|^(power-1) for all steps, since folding and conjugating never lengthen distances.
 * False proves nothing. gap2: squared distance of z to z `period` iterations ago.
 */
export function staysBounded(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64, period: i64, gap2: f64): bool {
  const fold = proofs.step;
  const power = proofs.power;
  let wr = zr;
  let wi = zi;
  let slope2 = 1.0;
  let shortest: i64 = 0;
  do {
    slope2 *= slopeSquared(power, wr * wr + wi * wi);
    const t = stepReal(fold, power, wr, wi, cr);
    wi = stepImaginary(fold, power, wr, wi, ci);
    wr = t;
    shortest++;
    const dr = wr - zr;
    const di = wi - zi;
    const back2 = dr * dr + di * di;
    if (back2 <= gap2) {
      gap2 = back2;
      break;
    }
  } while (shortest < period);
  proofs.spent += shortest;
  if (!(slope2 < 0.9998)) return false;
  const gap = Math.sqrt(gap2);
  const margin = 2 / (1 - Math.sqrt(slope2));
  let radius = gap * margin + 1e-13;
  // The radius of the second round includes the rounding errors of the first one.
  for (let round = 0; round < 2; round++) {
    const r = enclose(proofs, zr, zi, cr, ci, shortest, radius, 0);
    if (gap + r <= radius) {
      proofs.guess = shortest;
      return true;
    }
    radius = (gap + r) * margin;
    if (!(radius < 0.01)) break;
  }
  // Still too far from the cycle for a proof that it attracts.
  return fold == HOLOMORPHIC && !proofs.julia && newton(proofs, zr, zi, cr, ci, shortest, 6, false);
}

/** Keeps the cycle just proved by `staysBounded` at z. */
export function keepHere(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64): void {
  keepCycle(proofs, zr, zi, cr, ci, proofs.guess, 1, false);
}

/** Newton's method from z, with the period last proved. */
export function sharesPeriod(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64, ran: i64): bool {
  const period = proofs.guess;
  return period > 0 && period * PERIOD_SHARE <= ran && newton(proofs, zr, zi, cr, ci, period, 6, false);
}

/**
 * Whether the cycle of an earlier point, moved along with c, proves this c bounded at once: by its drift (the cycle is
 * an analytic function of c) and one proof, or else by Newton's method.
 */
export function sharesCycle(proofs: Proofs, cr: f64, ci: f64): bool {
  const shared = proofs.cyclePeriod != 0 && (isInProvedDisc(proofs, cr, ci) || movesAlong(proofs, cr, ci));
  proofs.beforeRe = cr;
  proofs.beforeIm = ci;
  return shared;
}

/** The second half of `sharesCycle`. */
function movesAlong(proofs: Proofs, cr: f64, ci: f64): bool {
  if (proofs.wait-- > 0) return false;
  const dr = cr - proofs.cycleCRe;
  const di = ci - proofs.cycleCIm;
  const wr = proofs.cycleRe + proofs.driftRe * dr - proofs.driftIm * di;
  const wi = proofs.cycleIm + proofs.driftRe * di + proofs.driftIm * dr;
  if (proofs.slope < 0.98) {
    const radius = (4 * proofs.gap + 1e-12) / (1 - proofs.slope);
    const r = enclose(proofs, wr, wi, cr, ci, proofs.cyclePeriod, radius, 0);
    const gap = gapTo(proofs, wr, wi);
    const proved = gap + r <= radius;
    // Kept within bounds: a guess, from which the next radius is made.
    proofs.gap = min(gap, 1e-6);
    if (proved) {
      keepCycle(proofs, proofs.imageRe, proofs.imageIm, cr, ci, proofs.cyclePeriod, r / radius, true);
      return true;
    }
  }
  if (newton(proofs, wr, wi, cr, ci, proofs.cyclePeriod, 5, true)) return true;
  proofs.wait = proofs.pause;
  proofs.pause = min(proofs.pause * 2, LONGEST_PAUSE);
  return false;
}
