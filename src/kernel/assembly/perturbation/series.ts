/**
 * The first steps of a block of pixels, taken together: while neighbours are near one another in z, what has become of
 * their differences is a polynomial in a point's place x within the block,
 *
 *   d(x) = a_0 + a_1·x + … + a_K·x^K,  dc = c_0 + r·x,  |x| <= 1
 *
 * (a series approximation, after K. I. Martin, but around the centre of each block and through the entries of the
 * table). A point of the block then starts where the series ends, which is most of the way where neighbours come apart
 * only at its end.
 *
 * What is left out, the terms of higher orders, is followed as a bound of its modulus in the whole block. The series ends
 * before that is more than TOLERANCE·|a_1|: before a point is moved by more than this part of the block's radius. For
 * analytic formulas.
 */

import { throughEntry, throughStep } from './advance';
import { throughDeepEntry, throughDeepStep } from './advancedeep';
import { bringIntoForm, ci, cr, ce, cx, d, formE, formError, next, setBlock, setRoom } from './block';
import { entryFor, isEnough, setPoint } from './deep';
import { add as addExtended, normalize, power2, xe, xi, xr, ZERO } from './extended';
import { forgetMarks, keepMarks, recallMarks, settles, watch } from './interior';
import { raised, slopeAt } from './itself';
import { deepDepth, deepFirst, deepLevels, depth, first, levels } from './levels';
import { entryOf, seekRun } from './lookup';
import { modulus } from './matrix';
import {
  end,
  growth,
  growthE,
  julia,
  limit,
  m,
  mag2,
  n,
  orbit,
  orbitAt,
  POWER,
  power,
  rebase,
  SQUARE,
  setDerivative,
  setDifference,
  setGrowth,
  setPlace,
  spacing,
  start,
  unitE,
  unitIm,
  unitRe,
} from './orbit';
import {
  addTerm,
  copy,
  derivative,
  evaluate,
  shrink,
  sizeFrom,
  termIm,
  termRe,
  termSize,
  trim,
  valueIm,
  valueRe,
} from './polynomial';
import { C, D, ENTRY, F, NORM_A, NORM_B, WIDE } from './table';

const TOLERANCE: f64 = 9.094947017729282e-13; // 2^-40
/** Last terms that are smaller, in parts of a_1, are left out. */
const TRIFLE: f64 = 1.1102230246251565e-16; // 2^-53
/** What roundings of the polynomial may be in parts of it. */
const ROUNDED: f64 = 3.552713678800501e-15; // 2^-48
/** A point that may be off by more of a pixel does not start there. */
const FARTHEST_OFF: f64 = 9.313225746154785e-10; // 2^-30
/** Below it d is carried with an exponent: a point of the block may be far nearer to the reference than its centre. */
const LEAST: f64 = 1e-275;

/** The derivative of d where the series ends. */
let slopes: usize = 0;

/** Whether there is a series, the block that it is of, and where it ends. */
let known: bool = false;
let centreRe: f64 = 0;
let centreIm: f64 = 0;
let perRadius: f64 = 0;
let lastM: i32 = 0;
let lastEnd: i32 = 0;
let lastN: i64 = 0;
let lastE: i32 = 0;
let lastGrowth: f64 = 0;
let lastGrowthE: i32 = 0;
/** What the series may be off by there, roundings included, in units of 2^lastE. */
let lastError: f64 = 0;
/** The same of the last point that was started, in pixels. */
export let offBy: f64 = 0;

/** at: room for this instance. */
export function setSeries(at: usize): void {
  setRoom(at);
  slopes = next;
  known = false;
}

/** Whether points start where a series ends. */
@inline
export function isExpanded(): bool {
  return known;
}

@inline
export function forgetSeries(): void {
  known = false;
}

/** d is in units of 2^e: 0 where it is a double, as is e, the bound of what is left out. Steps. */
let e: i32 = 0;
let error: f64 = 0;
let taken: i64 = 0;

/**
 * Follows the block around (re + i·im)·2^exponent as far as a polynomial can. There is none where the centre never
 * escapes: points of such blocks are told one by one.
 */
export function expand(re: f64, im: f64, radius: f64, exponent: i32): void {
  known = false;
  forgetMarks();
  start(re, im, exponent);
  if (julia) {
    // A point may have escaped before the first iteration.
    setPoint();
    if (!(Math.sqrt(mag2) + radius * power2(exponent) < WIDE)) return;
  }
  centreRe = re;
  centreIm = im;
  perRadius = 1 / radius;
  setBlock(re, im, radius, exponent);
  e = 0;
  error = 0;
  taken = 0;
  known = true;
  if (exponent != 0) bringDownToForm(exponent);
  let going = exponent == 0 || followTinySeries();
  while (going) going = followSeries(exponent == 0 && !julia ? 0 : LEAST) && followTinySeries();
  if (taken == 0) known = false;
  if (!known) return;
  lastError = error + trim(d, TOLERANCE * termSize(d, 1)) + ROUNDED * sizeFrom(d, 0);
  derivative(d, slopes);
  keepMarks(taken);
  lastM = m;
  lastEnd = end;
  lastN = n;
  lastE = e;
  lastGrowth = growth;
  lastGrowthE = growthE;
}

/**
 * Goes on in doubles until d may fall below `least` (true), or the series ends: where it is `known`, unless the centre
 * stays.
 */
function followSeries(least: f64): bool {
  const kind = power == 2 ? SQUARE : POWER;
  const sizeC = Math.abs(cr) + Math.abs(ci) + cx;
  const s = julia ? 0 : spacing * power2(unitE);
  let at = m;
  let count = n;
  let g = growth * power2(growthE);
  let out = false;
  while (true) {
    if (count >= limit) {
      known = false;
      break;
    }
    const size = sizeFrom(d, 0);
    const nowAt = orbit + (<usize>at << 4);
    const yr = load<f64>(nowAt);
    const yi = load<f64>(nowAt, 8);
    const w = modulus(yr + termRe(d, 0), yi + termIm(d, 0));
    if (size < least || raised(kind, w) * size < least) {
      out = true;
      break;
    }
    const level = seekRun(kind, levels, first, depth, at, min(<i64>(end - at), limit - count), size, sizeC);
    let skipped = 1;
    let after: f64;
    let grown: f64;
    if (level > 0) {
      skipped = 1 << level;
      const entry = entryOf(levels, level, at - 1, ENTRY);
      const stretch = load<f64>(entry, NORM_A);
      if (size * stretch < least) {
        out = true;
        break;
      }
      const more = sizeC * entrySize(entry, D) + size * (2 * entrySize(entry, C) + 3 * size * entrySize(entry, F));
      after = (stretch + more) * error + throughEntry(entry, size);
      grown = g * stretch + s * load<f64>(entry, NORM_B);
    } else {
      after = slopeAt(kind, w + sizeFrom(d, 1)) * error + throughStep(yr, yi, size);
      grown = g * slopeAt(kind, w) + s;
    }
    if (!isEnoughOf(after)) break;
    const here = orbit + (<usize>(at + skipped) << 4);
    const dr = termRe(next, 0);
    const di = termIm(next, 0);
    const zr = load<f64>(here) + dr;
    const zi = load<f64>(here, 8) + di;
    // Nobody has escaped there.
    if (!(modulus(zr, zi) + sizeFrom(next, 1) + after < WIDE)) break;
    error = after + trim(next, TRIFLE * termSize(next, 1));
    copy(next, d);
    g = grown;
    taken++;
    at += skipped;
    count += <i64>skipped;
    if (zr * zr + zi * zi < watch && settles(kind, cr, ci, zr, zi, count, taken, g, levels, first, depth)) {
      known = false;
      break;
    }
    if (Math.abs(zr) + Math.abs(zi) < Math.abs(dr) + Math.abs(di) || at >= end) {
      addTerm(d, 0, zr - dr, zi - di);
      at = 0;
      rebase();
    }
  }
  setPlace(at, count);
  setGrowth(g, 0);
  return out;
}

/** Whether the next d may lack so much; nothing may where all of the block is carried to one point, or seems to be. */
function isEnoughOf(lacking: f64): bool {
  const size = termSize(next, 1);
  return size > 0 && lacking <= TOLERANCE * size;
}

function bringDownToForm(exponent: i32): void {
  bringIntoForm(d, exponent, error);
  e = formE;
  error = formError;
}

/** The same with exponents, until d is large enough for doubles. */
function followTinySeries(): bool {
  bringDownToForm(e);
  while (n < limit) {
    const at = m;
    const count = n;
    setDifference(0, 0, e);
    const entry = entryFor(ce, deepLevels, deepFirst, deepDepth, 0);
    if (entry != 0) throughDeepEntry(e, error, entry);
    else {
      throughDeepStep(e, error, at);
      setPlace(at + 1, count + 1);
    }
    // Nor has anybody escaped: d is nothing beside Z here.
    const zAt = orbit + (<usize>m << 4);
    if (!isEnoughOf(formError) || !(modulus(load<f64>(zAt), load<f64>(zAt, 8)) < WIDE)) {
      setPlace(at, count);
      return false;
    }
    taken++;
    e = formE;
    error = formError + trim(next, TRIFLE * termSize(next, 1));
    copy(next, d);
    orbitAt(m);
    let zE = xe;
    if (xe <= e + 2 || m >= end) {
      const dr = termRe(d, 0);
      const di = termIm(d, 0);
      addExtended(xr, xi, xe, dr, di, e);
      const scale = power2(xe - e);
      if (m >= end || (Math.abs(xr) + Math.abs(xi)) * scale < Math.abs(dr) + Math.abs(di)) {
        addTerm(d, 0, xr * scale - dr, xi * scale - di);
        bringDownToForm(e);
        zE = ZERO;
        rebase();
      }
    }
    setDifference(0, 0, e);
    if (isEnough(zE)) {
      const unit = power2(e);
      shrink(d, unit);
      error *= unit;
      e = 0;
      return true;
    }
  }
  known = false;
  return false;
}

/**
 * Starts a point of the block where its series ends, with its derivative; false: it must start by itself, since beside
 * a critical point within the block more of a pixel is lost than elsewhere.
 */
export function startExpanded(re: f64, im: f64): bool {
  const x = (re - centreRe) * perRadius;
  const y = (im - centreIm) * perRadius;
  evaluate(slopes, x, y);
  // Neighbours part as they do here, not as around the centre.
  const g = modulus(valueRe, valueIm) * (spacing * perRadius);
  offBy = lastError / g;
  if (!(offBy <= FARTHEST_OFF)) return false;
  start(0, 0, 0);
  if (lastEnd != end) rebase();
  setPlace(lastM, lastN);
  const ur = unitRe * perRadius;
  const ui = unitIm * perRadius;
  setDerivative(valueRe * ur - valueIm * ui, valueRe * ui + valueIm * ur, 0, 0, lastE);
  setGrowth(g, lastE);
  recallMarks((g / lastGrowth) * power2(lastE - lastGrowthE));
  evaluate(d, x, y);
  normalize(valueRe, valueIm, lastE);
  setDifference(xr, xi, xe);
  setPoint();
  return true;
}

/** Whether d is a double where the series ends. */
@inline
export function endsInDoubles(): bool {
  return lastE == 0;
}

/** A bound of the modulus of an entry's coefficient. */
@inline
function entrySize(entry: usize, coefficient: usize): f64 {
  return Math.abs(load<f64>(entry + coefficient)) + Math.abs(load<f64>(entry + coefficient, 8));
}
