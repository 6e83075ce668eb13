/** Samples of points by perturbation: in doubles, and with exponents of their own while a difference needs them. */

import { log2 } from '../log2';
import { followTiny } from './deep';
import { followDoubles, LEAST } from './doubles';
import { findTrap, forgetMarks, isKnown } from './interior';
import { normalize, power2, xe, xi, xr } from './extended';
import {
  answer,
  bailout2,
  blur,
  dE,
  dIm,
  dRe,
  FOLDED,
  fold,
  j0,
  j1,
  j2,
  j3,
  jE,
  isCheckable,
  julia,
  mag2,
  m,
  orbit,
  POWER,
  peak,
  power,
  setBailout,
  setDerivative,
  setPlace,
  setValue,
  SQUARE,
  spacing,
  start,
  steps,
  zIm,
  zRe,
} from './orbit';
import { expand, forgetSeries, endsInDoubles, isExpanded, offBy, startExpanded } from './series';
import { deepDepth, deepFirst, deepLevels, depth, first, levels } from './levels';

/** Errors of approximations, and of doubles, in parts of a point's distance from the reference, may grow so far. */
const WIDEST_APPROXIMATED: f64 = 2e8;
const WIDEST_DOUBLE: f64 = 1e12;
/** What an approximation is off by, in pixels for each pixel of distance: one of so many. */
const PER_APPROXIMATION: f64 = 1099511627776; // 2^40
/** And roundings of points that are iterated themselves, in units of 2^-53 of a pixel. */
const WIDEST_BLUR: f64 = 5e12;

/** What the series may be off by with which the point in hand began, in pixels. */
let off: f64 = 0;

/** Added to a doubtful count before it is negated: no count is below -10. */
const DOUBT: f64 = 32;

/** |z|^2 from which on the distance estimate is taken. */
const LEAST_BAILOUT2: f64 = 65536;

const LN2: f64 = 0.6931471805599453;

/** nu of a point whose n-th iterate is the given one. */
export function nuOf(n: i64, zr: f64, zi: f64): f64 {
  setPlace(0, n);
  setValue(zr, zi, zr * zr + zi * zi);
  return answer();
}

/** To be called once the tables are there, if anything is to be proved of a Julia set's points. */
export function prepareProofs(): void {
  if (fold == 0) findTrap(power == 2 ? SQUARE : POWER, levels, first, depth);
}

/**
 * Points from now on belong to a block around re + i·im, of this radius, and start where its series ends; `exponent` as
 * below. Only analytic formulas have one.
 */
export function enter(re: f64, im: f64, radius: f64, exponent: i32): void {
  forgetSeries();
  if (fold == 0 && !(exponent == 0 && isKnown(re, im))) expand(re, im, radius, exponent);
}

/**
 * Writes nu of `count` points, given by their differences from the reference's point times 2^-exponent; exponent 0: the
 * differences are doubles. distance: where pairs are written, the distance estimate as a vector uphill, in pixels;
 * 0: not wanted. A doubtful nu is written as -(nu + 32), and to `grown` the logarithm to base 2 of what an error of a
 * pixel has grown to, at most 1024; infinity for a point that takes more than `checkable` iterations. Returns the number
 * of steps.
 */
// prettier-ignore
export function perturb(count: i32, re: usize, im: usize, exponent: i32, nu: usize, grown: usize, distance: usize): i64 {
  const kind = fold != 0 ? FOLDED : power == 2 ? SQUARE : POWER;
  const derive = distance != 0;
  const before = steps;
  // What is left of a deep dc in a double is nothing beside a d that fits one.
  const scale = julia ? 0 : power2(exponent);
  for (let k: usize = 0; k < <usize>count; k++) {
    const cr = load<f64>(re + (k << 3));
    const ci = load<f64>(im + (k << 3));
    if (exponent == 0 && isKnown(cr, ci)) {
      store<f64>(nu + (k << 3), Infinity);
      if (derive) estimate(Infinity, kind, distance + (k << 4));
      continue;
    }
    iterate(kind, derive, cr, ci, exponent, scale, 1, 0);
    // Where errors have grown too far approximations must be finer, and in the end doubles are not enough.
    const pixels = 1 + (Math.abs(cr) + Math.abs(ci)) / spacing;
    const coarse = isBeyond((pixels + off * PER_APPROXIMATION) * strain(), WIDEST_APPROXIMATED) || isBeyond(strain() * blur, WIDEST_BLUR);
    if (coarse) iterate(kind, derive, cr, ci, exponent, scale, 64, 12);
    const found = answer();
    // A doubtful count is written as a negative number.
    const doubtful = isBeyond(pixels * strain(), WIDEST_DOUBLE);
    store<f64>(nu + (k << 3), doubtful ? -(found + DOUBT) : found);
    if (doubtful) store<f64>(grown + (k << 3), isCheckable() ? log2(peak < f64.MAX_VALUE ? peak : f64.MAX_VALUE) : Infinity);
    if (derive) {
      // The estimate holds far outside.
      const asked = setBailout(max(bailout2, LEAST_BAILOUT2));
      if (asked < bailout2 && found != Infinity) iterate(kind, true, cr, ci, exponent, scale, coarse ? 64 : 1, coarse ? 12 : 0);
      estimate(found, kind, distance + (k << 4));
      setBailout(asked);
    }
  }
  return steps - before;
}

/** One point. tight, deepTight: as in doubles.ts and deep.ts. */
// prettier-ignore
function iterate(kind: i32, derive: bool, cr: f64, ci: f64, exponent: i32, scale: f64, tight: f64, deepTight: f64): void {
  const expanded = isExpanded() && tight == 1 && startExpanded(cr, ci);
  off = expanded ? offBy : 0;
  if (!expanded) {
    forgetMarks();
    start(cr, ci, exponent);
    if (julia && startsOutside()) return;
  }
  // Every step adds dc, beside which nothing is missed that is below all doubles; there is no dc in a Julia set.
  if (exponent == 0 && !julia) {
    followDoubles(kind, derive, cr, ci, levels, first, depth, tight, 0);
    return;
  }
  if (expanded && endsInDoubles() && followDoubles(kind, derive, cr * scale, ci * scale, levels, first, depth, tight, LEAST)) return;
  normalize(julia ? 0 : cr, julia ? 0 : ci, exponent);
  const er = xr;
  const ei = xi;
  const ee = xe;
  while (
    !followTiny(derive, er, ei, ee, deepLevels, deepFirst, deepDepth, deepTight) &&
    !followDoubles(kind, derive, cr * scale, ci * scale, levels, first, depth, tight, LEAST)
  ) {}
}

/** Whether a bound of an error is beyond what is allowed. One that overflowed is infinite, or not a number since: it is. */
@inline
function isBeyond(bound: f64, allowed: f64): bool {
  return !(bound <= allowed);
}

/** How far an error of a pixel has grown in units of nu; or in units of z, a hundredth of it, for a point that stays. */
function strain(): f64 {
  return mag2 > bailout2 ? peak / (Math.sqrt(mag2) * log2(mag2)) : 0.01 * peak;
}

/** Whether a point of a Julia set has escaped before the first iteration. */
function startsOutside(): bool {
  const scale = power2(dE);
  const zr = load<f64>(orbit + (<usize>m << 4)) + dRe * scale;
  const zi = load<f64>(orbit + (<usize>m << 4), 8) + dIm * scale;
  setValue(zr, zi, zr * zr + zi * zi);
  return !(mag2 <= bailout2);
}

/**
 * Writes the distance estimate of a point, as `perturb` does, whose iterate is zr + i·zi with the derivative of columns
 * (a, b) and (c, d), times 2^e, by one pixel to the right and one up.
 */
export function estimateAt(zr: f64, zi: f64, a: f64, b: f64, c: f64, d: f64, e: i32, at: usize): void {
  setValue(zr, zi, zr * zr + zi * zi);
  setDerivative(a, b, c, d, e);
  estimate(0, FOLDED, at);
}

/** |z|·ln|z| / |dz/dc|, in the direction in which |z| grows; (0, 0) for points that stay. */
function estimate(nu: f64, kind: i32, at: usize): void {
  let ur: f64 = 0;
  let ui: f64 = 0;
  if (nu != Infinity) {
    const scale = power2(jE);
    let gr: f64;
    let gi: f64;
    if (kind == FOLDED) {
      // The gradient of |z|^2 / 2.
      gr = (j0 * zRe + j1 * zIm) * scale;
      gi = (j2 * zRe + j3 * zIm) * scale;
    } else {
      // z·conj(dz/dc), the same for an analytic z.
      gr = (j0 * zRe + j1 * zIm) * scale;
      gi = (j0 * zIm - j1 * zRe) * scale;
    }
    const larger = max(Math.abs(gr), Math.abs(gi));
    gr /= larger;
    gi /= larger;
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
