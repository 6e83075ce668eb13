/** Enclosures (ball arithmetic): a disc that holds what iterations make of a disc of z, for all c of another disc. */

import { stepImaginary, stepReal } from './formula';
import { Proofs } from './proofs';

/** Discs beyond this radius are too large to prove anything. */
export const WIDEST: f64 = 0.5;
/** More than one iteration can round off where |z| <= 2. */
const ROUNDING: f64 = 4e-15;

/**
 * The radius of a disc that holds the image, after `period` iterations, of the disc of radius r around w, for all c in
 * the disc of radius `reach`; Infinity: it grew beyond WIDEST. The image of w is left in `proofs`.
 */
// prettier-ignore
export function enclose(proofs: Proofs, wr: f64, wi: f64, cr: f64, ci: f64, period: i64, r: f64, reach: f64): f64 {
  const fold = proofs.step;
  const power = proofs.power;
  const margin = reach + ROUNDING;
  for (let k: i64 = 0; k < period && r <= WIDEST; k++) {
    r = spread(power, Math.sqrt(wr * wr + wi * wi), r) + margin;
    const t = stepReal(fold, power, wr, wi, cr);
    wi = stepImaginary(fold, power, wr, wi, ci);
    wr = t;
  }
  proofs.spent += period;
  proofs.imageRe = wr;
  proofs.imageIm = wi;
  return r <= WIDEST ? r : Infinity;
}

/** How far the image that `enclose` left lies from w. */
@inline
export function gapTo(proofs: Proofs, wr: f64, wi: f64): f64 {
  const dr = proofs.imageRe - wr;
  const di = proofs.imageIm - wi;
  return Math.sqrt(dr * dr + di * di);
}

/** By how much z^n may change when z, |z| = size, changes by r: (a^n - b^n) <= n·a^(n-1)·(a - b), exact for n = 2. */
@inline
function spread(power: i32, size: f64, r: f64): f64 {
  if (power == 2) return r * (2 * size + r);
  let slope = <f64>power;
  for (let k = 1; k < power; k++) slope *= size + r;
  return r * slope;
}

/** |(w^power)'|^2, |w|^2 given. */
@inline
export function slopeSquared(power: i32, mag2: f64): f64 {
  let slope2 = <f64>(power * power) * mag2;
  for (let k = 2; k < power; k++) slope2 *= mag2;
  return slope2;
}

/** Half of |(w^power)''|, |w|^2 given. */
@inline
export function halfSecondDerivative(power: i32, mag2: f64): f64 {
  if (power == 2) return 1;
  const size = Math.sqrt(mag2);
  let value = <f64>(power * (power - 1)) * 0.5;
  for (let k = 2; k < power; k++) value *= size;
  return value;
}
