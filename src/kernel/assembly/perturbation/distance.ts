/** The exterior distance estimate of perturbed points, by the derivative that was computed with the steps (see ../distance.ts). */

import { log2 } from '../log2';
import { power2 } from './extended-exponent';
import { setDerivative, setValue } from './point';
import { FOLDED } from './reference-orbit';
import { Slot } from './slot';

const LN2: f64 = 0.6931471805599453;

/**
 * Writes the distance estimate of a point, as `iteratePoints` does, whose iterate is zr + i·zi with the derivative of columns
 * (a, b) and (c, d), times 2^e, by one pixel to the right and one up.
 */
export function estimateAt(slot: Slot, zr: f64, zi: f64, a: f64, b: f64, c: f64, d: f64, e: i32, at: usize): void {
  setValue(slot.point, zr, zi, zr * zr + zi * zi);
  setDerivative(slot.point, a, b, c, d, e);
  writeDistance(FOLDED, slot, false, at);
}

/** |z|·ln|z| / |dz/dc|, in the direction in which |z| grows; (0, 0) for points that stay bounded. */
export function writeDistance(kind: i32, slot: Slot, bounded: bool, at: usize): void {
  const point = slot.point;
  let ur: f64 = 0;
  let ui: f64 = 0;
  if (!bounded) {
    const scale = power2(point.derivativeE);
    const zr = point.zRe;
    const zi = point.zIm;
    let gr: f64;
    let gi: f64;
    if (kind == FOLDED) {
      // The gradient of |z|^2 / 2.
      gr = (point.rightRe * zr + point.rightIm * zi) * scale;
      gi = (point.upRe * zr + point.upIm * zi) * scale;
    } else {
      // z·conj(dz/dc), the same for an analytic z.
      gr = (point.rightRe * zr + point.rightIm * zi) * scale;
      gi = (point.rightRe * zi - point.rightIm * zr) * scale;
    }
    const larger = max(Math.abs(gr), Math.abs(gi));
    gr /= larger;
    gi /= larger;
    const mag2 = point.mag2;
    const length = (mag2 * 0.5 * LN2 * log2(mag2)) / (larger * (gr * gr + gi * gi));
    ur = gr * length;
    ui = gi * length;
    if (!(Math.abs(ur) + Math.abs(ui) < 1e300)) {
      ur = 0;
      ui = 0;
    }
  }
  store<f64>(at, ur);
  store<f64>(at + 8, ui);
}
