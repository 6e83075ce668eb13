/** Samples of points by perturbation: in doubles, and with exponents of their own while a difference needs them. */

import { footprintOf } from '../footprint';
import { log2 } from '../log2';
import { phaseOf } from '../phase';
import { iterateDoubles, LEAST } from './double-iteration';
import { writeDistance } from './distance';
import { expandBlock } from './expand-block';
import { normalize, power2 } from './extended-exponent';
import { iterateExtended } from './extended-iteration';
import { isInDisc } from './interior-disc';
import { findAttractingDisc, resetMarks } from './interior-proof';
import { Point, setIndex, setValue, smoothCount, start } from './point';
import { FOLDED, orbitIm, orbitRe } from './reference-orbit';
import { Slot } from './slot';
import { startInSeries } from './start-in-series';
import { View } from './view';

/** The status of a count: its errors are below the tolerance; doubles are not enough; and exact iteration is not allowed either. */
export const CERTAIN: u8 = 0;
export const DOUBTFUL: u8 = 1;
export const UNCERTAIN: u8 = 2;

/** Errors of approximations, and of doubles, in parts of a point's distance from the reference, may grow so far. */
const WIDEST_APPROXIMATED: f64 = 2e8;
const WIDEST_DOUBLE: f64 = 1e12;
/** The error of an approximation: one pixel in so many pixels of distance. */
const PER_APPROXIMATION: f64 = 1099511627776; // 2^40
/** The same of the roundoff of absolute iteration, in units of 2^-53 of a pixel. */
const WIDEST_ROUNDOFF: f64 = 5e12;
/** How much tighter radii are where that is too much, as a factor and in bits. */
const TIGHT: f64 = 64;
const TIGHT_BITS: f64 = 12;

/** |z|^2 from which on the distance estimate is taken. */
export const LEAST_BAILOUT2: f64 = 65536;

/** nu of a point whose n-th iterate is the given one. */
export function nuOf(slot: Slot, n: i64, zr: f64, zi: f64): f64 {
  setIndex(slot.point, 0, n);
  setValue(slot.point, zr, zi, zr * zr + zi * zi);
  return smoothCount(slot.point, slot.reference, slot.view);
}

/** To be called when the tables are built, if points of a Julia set may be proved interior. */
export function prepareProofs(slot: Slot): void {
  if (slot.reference.kind != FOLDED) findAttractingDisc(slot.reference.kind, slot);
}

/**
 * Points from now on belong to a block around re + i·im, of this radius, and start where its series ends; `exponent` as
 * below. Only analytic formulas have one.
 */
export function beginBlock(slot: Slot, re: f64, im: f64, radius: f64, exponent: i32): void {
  slot.series.exists = false;
  if (slot.reference.kind == FOLDED || (exponent == 0 && isInDisc(slot.discs, re, im))) return;
  expandBlock(slot, re, im, radius, exponent);
}

/**
 * Writes nu of `count` points, given by their differences from the reference's point times 2^-exponent; exponent 0: the
 * differences are doubles.
 * status: where CERTAIN, DOUBTFUL or UNCERTAIN is written (u8); errorBits: the logarithm to base 2 of the error bound,
 * at most 1024, for points that are not certain. distance: where pairs are written, the distance estimate as a
 * vector uphill, in pixels; 0: no distances. footprint: where the width of nu across each sample's footprint is written
 * (f64), 0 of a bounded point; of a point that is not certain the iteration up to which its footprint is together; 0: none.
 * phase: where that of the iterate of which nu is made is written, in turns, 0 of a bounded point; 0: none.
 * Returns the number of steps.
 */
// prettier-ignore
export function iteratePoints(slot: Slot, count: i32, re: usize, im: usize, exponent: i32, nu: usize, status: usize, errorBits: usize,
  distance: usize, footprint: usize, phase: usize): i64 {
  const reference = slot.reference;
  const view = slot.view;
  const point = slot.point;
  const kind = reference.kind;
  const derive = distance != 0;
  const before = view.steps;
  // A dc that underflows to 0 in a double is negligible beside a d that does not.
  const scale = reference.julia ? 0 : power2(exponent);
  for (let k: usize = 0; k < <usize>count; k++) {
    const cr = load<f64>(re + (k << 3));
    const ci = load<f64>(im + (k << 3));
    store<u8>(status + k, CERTAIN);
    if (exponent == 0 && isInDisc(slot.discs, cr, ci)) {
      store<f64>(nu + (k << 3), Infinity);
      if (footprint != 0) store<f64>(footprint + (k << 3), 0);
      if (derive) writeDistance(kind, slot, true, distance + (k << 4));
      if (phase != 0) store<f64>(phase + (k << 3), 0);
      continue;
    }
    const off = iteratePoint(kind, derive, slot, cr, ci, exponent, scale, false);
    // Where the error bound is too large, approximations must be finer; where that is not sufficient, doubles are not.
    const pixels = 1 + (Math.abs(cr) + Math.abs(ci)) / view.spacing;
    const error = errorInNu(point, view);
    const approximated = (pixels + off * PER_APPROXIMATION) * error;
    const coarse = isBeyond(approximated, WIDEST_APPROXIMATED) || isBeyond(error * point.roundoff, WIDEST_ROUNDOFF);
    if (coarse) iteratePoint(kind, derive, slot, cr, ci, exponent, scale, true);
    const found = smoothCount(point, reference, view);
    store<f64>(nu + (k << 3), found);
    if (footprint != 0) store<f64>(footprint + (k << 3), found == Infinity ? 0 : widthOf(slot, found));
    if (phase != 0) store<f64>(phase + (k << 3), found == Infinity ? 0 : phaseOf(point.zRe, point.zIm));
    if (isBeyond(pixels * errorInNu(point, view), WIDEST_DOUBLE)) {
      store<u8>(status + k, point.n <= view.exactLimit ? DOUBTFUL : UNCERTAIN);
      store<f64>(errorBits + (k << 3), log2(point.largestError < f64.MAX_VALUE ? point.largestError : f64.MAX_VALUE));
      if (footprint != 0) store<f64>(footprint + (k << 3), <f64>point.together);
    }
    if (derive) {
      // The estimate is valid only far outside of the set.
      const bailout2 = view.bailout2;
      view.bailout2 = max(bailout2, LEAST_BAILOUT2);
      if (bailout2 < view.bailout2 && found != Infinity) iteratePoint(kind, true, slot, cr, ci, exponent, scale, coarse);
      writeDistance(kind, slot, found == Infinity, distance + (k << 4));
      view.bailout2 = bailout2;
    }
  }
  return view.steps - before;
}

/** Iterates one point. Returns a bound of the error of the series with which it began, in pixels. */
// prettier-ignore
function iteratePoint(kind: i32, derive: bool, slot: Slot, cr: f64, ci: f64, exponent: i32, scale: f64, tighter: bool): f64 {
  const reference = slot.reference;
  const tight = tighter ? TIGHT : 1;
  const inSeries = slot.series.exists && !tighter && startInSeries(slot, cr, ci);
  const off = inSeries ? slot.series.offBy : 0;
  if (!inSeries) {
    resetMarks(slot);
    start(slot.point, reference, slot.view, cr, ci, exponent);
    if (reference.julia && startsOutside(slot)) return off;
  }
  // Every step adds dc, beside which anything below the range of doubles is negligible; a Julia set has no dc.
  if (exponent == 0 && !reference.julia) {
    iterateDoubles(kind, derive, slot, cr, ci, tight, 0);
    return off;
  }
  const endsInDoubles = inSeries && slot.series.e == 0;
  if (endsInDoubles && iterateDoubles(kind, derive, slot, cr * scale, ci * scale, tight, LEAST)) return off;
  const dc = slot.numbers.dc;
  normalize(reference.julia ? 0 : cr, reference.julia ? 0 : ci, exponent, dc);
  while (
    !iterateExtended(slot, derive, dc, tighter ? TIGHT_BITS : 0) &&
    !iterateDoubles(kind, derive, slot, cr * scale, ci * scale, tight, LEAST)
  ) {}
  return off;
}

/** Whether a bound of an error is beyond the allowed one. True if it overflowed, to infinity or NaN. */
@inline
function isBeyond(bound: f64, allowed: f64): bool {
  return !(bound <= allowed);
}

/** The error in nu that an error of one pixel causes; for a bounded point a hundredth of the error in z. */
function errorInNu(point: Point, view: View): f64 {
  const mag2 = point.mag2;
  return mag2 > view.bailout2 ? point.largestError / (Math.sqrt(mag2) * log2(mag2)) : 0.01 * point.largestError;
}

/** The width of nu across the footprint of a point that has escaped. */
function widthOf(slot: Slot, nu: f64): f64 {
  const point = slot.point;
  const spread = point.error * power2(point.errorE) * slot.view.footprint;
  return footprintOf(nu, point.mag2, spread, slot.reference.perLog2, point.together);
}

/** Whether a point of a Julia set has escaped before the first iteration. */
function startsOutside(slot: Slot): bool {
  const point = slot.point;
  const orbit = slot.reference.orbit;
  const scale = power2(point.d.e);
  const zr = orbitRe(orbit, point.m) + point.d.re * scale;
  const zi = orbitIm(orbit, point.m) + point.d.im * scale;
  setValue(point, zr, zi, zr * zr + zi * zi);
  return !(point.mag2 <= slot.view.bailout2);
}
