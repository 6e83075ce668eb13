/**
 * The cycle last proved attracting, and what follows from it for neighbouring points: it moves along with c as an analytic function, and
 * one proof may hold for a whole disc of c.
 */

import { halfSecondDerivative, enclose, gapTo, slopeSquared, WIDEST } from './enclosure';
import { HOLOMORPHIC, stepImaginary, stepReal } from './formula';
import { Proofs } from './proofs';

/** A longer cycle is not tried for neighbouring points; nor one that costs more to prove than iterating to the limit. */
const LONGEST_KEPT: i64 = 256;
export const PERIOD_SHARE: i64 = 32;
export const LONGEST_PAUSE: i32 = 64;
/** A cycle that comes so near its start is regarded as closed. */
const RETURNED: f64 = 1e-10;
/** A cycle that attracts more weakly proves no disc of other c. */
const WIDEST_SLOPE: f64 = 0.95;

/** The discs of c that were proved last, in a ring buffer. re, im and the squared radius are arrays, for vectors. */
const DISCS: i32 = 16;
const DISC_IM: usize = 128;
const DISC_R2: usize = 256;
export const DISCS_BYTES: usize = 3 << 7;

/** Keeps a point of an attracting cycle of c for the neighbours. `moved`: it is the cycle kept before, moved along from its c. */
export function keepCycle(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64, period: i64, slope: f64, moved: bool): void {
  if (period > min(LONGEST_KEPT, proofs.limit / PERIOD_SHARE)) return;
  proofs.driftRe = 0;
  proofs.driftIm = 0;
  if (moved) {
    const dr = cr - proofs.cycleCRe;
    const di = ci - proofs.cycleCIm;
    const d2 = dr * dr + di * di;
    if (d2 > 0) {
      const er = zr - proofs.cycleRe;
      const ei = zi - proofs.cycleIm;
      proofs.driftRe = (er * dr + ei * di) / d2;
      proofs.driftIm = (ei * dr - er * di) / d2;
    }
  }
  proofs.cycleRe = zr;
  proofs.cycleIm = zi;
  proofs.cycleCRe = cr;
  proofs.cycleCIm = ci;
  proofs.cyclePeriod = period;
  proofs.slope = slope;
  proofs.pause = 1;
  proofs.wait = 0;
  if (slope >= WIDEST_SLOPE || proofs.discWait-- > 0) return;
  const dr = cr - proofs.beforeRe;
  const di = ci - proofs.beforeIm;
  if (proveDisc(proofs, dr * dr + di * di)) {
    proofs.discPause = 1;
    proofs.discWait = 0;
  } else {
    proofs.discWait = proofs.discPause;
    proofs.discPause = min(proofs.discPause * 2, LONGEST_PAUSE);
  }
}

/** Keeps a cycle of which `period` may be a multiple of the period. */
export function keepShortest(proofs: Proofs, zr: f64, zi: f64, cr: f64, ci: f64, period: i64, moved: bool): void {
  const power = proofs.power;
  let wr = zr;
  let wi = zi;
  let slope2: f64 = 1;
  let k: i64 = 0;
  do {
    slope2 *= slopeSquared(power, wr * wr + wi * wi);
    const t = stepReal(HOLOMORPHIC, power, wr, wi, cr);
    wi = stepImaginary(HOLOMORPHIC, power, wr, wi, ci);
    wr = t;
    k++;
  } while (k < period && (Math.abs(wr - zr) > RETURNED || Math.abs(wi - zi) > RETURNED));
  proofs.spent += k;
  keepCycle(proofs, zr, zi, cr, ci, k, Math.sqrt(slope2), moved);
}

/**
 * Proves a whole disc of c around the cycle's: one disc of z that every such f^period takes into itself. To second
 * order an image is displaced by s·r + b·r^2 + a·|dc|; most of what the best r permits for dc is proved. Near the
 * critical point of a power above 2 b vanishes, and every r is possible: the widest is taken.
 * spacing2: squared distance of the point before; a disc that hardly reaches it is no use.
 */
function proveDisc(proofs: Proofs, spacing2: f64): bool {
  const power = proofs.power;
  const period = proofs.cyclePeriod;
  const cr = proofs.cycleCRe;
  const ci = proofs.cycleCIm;
  let wr = proofs.cycleRe;
  let wi = proofs.cycleIm;
  let s: f64 = 1;
  let a: f64 = 0;
  let b: f64 = 0;
  for (let k: i64 = 0; k < period; k++) {
    const mag2 = wr * wr + wi * wi;
    const slope = Math.sqrt(slopeSquared(power, mag2));
    b = b * slope + s * s * halfSecondDerivative(power, mag2);
    a = a * slope + 1;
    s = s * slope;
    const t = stepReal(HOLOMORPHIC, power, wr, wi, cr);
    wi = stepImaginary(HOLOMORPHIC, power, wr, wi, ci);
    wr = t;
  }
  proofs.spent += period;
  const room = 1 - s;
  const radius = min(room / (2 * b), WIDEST);
  const reach = (0.8 * radius * (room - b * radius)) / a;
  if (!(room > 0) || !(reach * reach > 2 * spacing2)) return false;
  const r = enclose(proofs, proofs.cycleRe, proofs.cycleIm, cr, ci, period, radius, reach);
  if (!(gapTo(proofs, proofs.cycleRe, proofs.cycleIm) + r <= radius)) return false;
  if (proofs.disc < 0) {
    for (let k = 0; k < DISCS; k++) store<f64>(proofs.discs + (<usize>k << 3), -1.0, DISC_R2);
  }
  proofs.disc = (proofs.disc + 1) & (DISCS - 1);
  const at = proofs.discs + (<usize>proofs.disc << 3);
  store<f64>(at, cr);
  store<f64>(at, ci, DISC_IM);
  store<f64>(at, reach * reach * 0.999999, DISC_R2);
  return true;
}

/** Whether c lies in a disc that `proveDisc` proved. */
@inline
export function isInProvedDisc(proofs: Proofs, cr: f64, ci: f64): bool {
  if (proofs.disc < 0) return false;
  const discs = proofs.discs;
  const r = f64x2.splat(cr);
  const i = f64x2.splat(ci);
  let inside = i64x2.splat(0);
  for (let k: usize = 0; k < 128; k += 16) {
    const dr = f64x2.sub(r, v128.load(discs + k));
    const di = f64x2.sub(i, v128.load(discs + k, DISC_IM));
    const distance2 = f64x2.add(f64x2.mul(dr, dr), f64x2.mul(di, di));
    inside = v128.or(inside, f64x2.le(distance2, v128.load(discs + k, DISC_R2)));
  }
  return v128.any_true(inside);
}
