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
 * What is left out, the terms of higher orders, is followed as e, a bound of its modulus in the whole block. The series
 * ends before e is more than TOLERANCE·|a_1|: before a point is moved by more than this part of the block's radius. For
 * analytic formulas.
 */

import { entryFor, isEnough, setPoint } from './deep';
import { bringIntoForm, nextE, nextError, throughDeepEntry, throughDeepStep } from './deepseries';
import { add as addExtended, normalize, power2, xe, xi, xr, ZERO } from './extended';
import { forgetMarks, keepMarks, recallMarks, settles, watch } from './interior';
import { raised } from './itself';
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
  multiply,
  POLYNOMIAL,
  scale,
  setLine,
  shrink,
  sizeFrom,
  termIm,
  termRe,
  termSize,
  trim,
  valueIm,
  valueRe,
} from './polynomial';
import { A, B, C, D, E, ENTRY, F, NORM_A, NORM_B, reaches, WIDE } from './table';

const TOLERANCE: f64 = 9.094947017729282e-13; // 2^-40
/** Last terms that are smaller, in parts of a_1, are left out. */
const TRIFLE: f64 = 1.1102230246251565e-16; // 2^-53
/** Below it d is carried with an exponent: a point of the block may be far nearer to the reference than its centre. */
const LEAST: f64 = 1e-275;

/** d, the next d, and two that are on the way to it. */
let d: usize = 0;
let next: usize = 0;
let factor: usize = 0;
let product: usize = 0;
/** The derivative of d where the series ends. */
let slopes: usize = 0;
export const SERIES_BYTES: usize = 4 * POLYNOMIAL;

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

/** at: SERIES_BYTES of room for this instance. */
export function setSeries(at: usize): void {
  d = at;
  next = d + POLYNOMIAL;
  factor = next + POLYNOMIAL;
  product = factor + POLYNOMIAL;
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

/** The tables, as in perturb.ts. */
let levels: usize = 0;
let first: i32 = 0;
let depth: i32 = 0;
let deepLevels: usize = 0;
let deepFirst: i32 = 0;
let deepDepth: i32 = 0;

// prettier-ignore
export function setSeriesTables(levels_: usize, first_: i32, depth_: i32, deepLevels_: usize, deepFirst_: i32,
  deepDepth_: i32): void {
  levels = levels_;
  first = first_;
  depth = depth_;
  deepLevels = deepLevels_;
  deepFirst = deepFirst_;
  deepDepth = deepDepth_;
}

/** The block's dc, times 2^ce: centre and radius; and as doubles. There is none in a Julia set. */
let kr: f64 = 0;
let ki: f64 = 0;
let kx: f64 = 0;
let ce: i32 = 0;
let cr: f64 = 0;
let ci: f64 = 0;
let cx: f64 = 0;
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
  setLine(d, julia ? re : 0, julia ? im : 0, julia ? radius : 0, 0);
  e = 0;
  error = 0;
  taken = 0;
  setLine(factor, julia ? 0 : re, julia ? 0 : im, julia ? 0 : radius, 0);
  bringIntoForm(factor, exponent, 0);
  kr = termRe(factor, 0);
  ki = termIm(factor, 0);
  kx = termRe(factor, 1);
  ce = nextE;
  const unit = power2(ce);
  cr = kr * unit;
  ci = ki * unit;
  cx = kx * unit;
  let going = true;
  if (exponent != 0) {
    bringIntoForm(d, exponent, 0);
    e = nextE;
    going = followTinySeries();
  }
  while (going && followSeries(exponent == 0 && !julia ? 0 : LEAST) && followTinySeries()) {}
  if (!known) return;
  trim(d, TOLERANCE * termSize(d, 1));
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
  let size = sizeFrom(d, 0);
  let out = false;
  known = true;
  while (true) {
    if (count >= limit) {
      known = false;
      break;
    }
    const level = longest(at, min(<i64>(end - at), limit - count), size, sizeC);
    let skipped = 1;
    let after: f64;
    let grown: f64;
    if (level > 0) {
      skipped = 1 << level;
      const entry = entryOf(level, at - 1);
      const stretch = load<f64>(entry, NORM_A);
      if (size * stretch < least) {
        out = true;
        break;
      }
      const more = sizeC * entrySize(entry, D) + size * (2 * entrySize(entry, C) + 3 * size * entrySize(entry, F));
      after = (stretch + more) * error + throughEntry(entry, size);
      grown = g * stretch + s * load<f64>(entry, NORM_B);
    } else {
      const zr = load<f64>(orbit + (<usize>at << 4));
      const zi = load<f64>(orbit + (<usize>at << 4), 8);
      const w = modulus(zr + termRe(d, 0), zi + termIm(d, 0));
      after = <f64>power * raised(kind, w + sizeFrom(d, 1)) * error + throughStep(zr, zi, size);
      grown = g * (<f64>power * raised(kind, w)) + s;
    }
    if (!(after <= TOLERANCE * termSize(next, 1))) break;
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
    const nearness = Math.abs(zr) + Math.abs(zi);
    if (nearness < Math.abs(dr) + Math.abs(di) || at >= end) {
      addTerm(d, 0, zr - dr, zi - di);
      at = 0;
      rebase();
    }
    size = sizeFrom(d, 0);
    if (size < least || raised(kind, nearness) * size < least) {
      out = true;
      break;
    }
  }
  setPlace(at, count);
  setGrowth(g, 0);
  return out;
}

/** The same with exponents, until d is large enough for doubles. */
function followTinySeries(): bool {
  bringIntoForm(d, e, error);
  e = nextE;
  error = nextError;
  while (n < limit) {
    const at = m;
    const count = n;
    setDifference(0, 0, e);
    const entry = entryFor(ce, deepLevels, deepFirst, deepDepth, 0);
    if (entry != 0) throughDeepEntry(d, e, error, entry, kr, ki, kx, ce, next);
    else {
      throughDeepStep(d, e, error, at, kr, ki, kx, ce, next, factor, product);
      setPlace(at + 1, count + 1);
    }
    if (!(nextError <= TOLERANCE * termSize(next, 1))) {
      setPlace(at, count);
      return false;
    }
    taken++;
    e = nextE;
    error = nextError + trim(next, TRIFLE * termSize(next, 1));
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
        bringIntoForm(d, e, error);
        e = nextE;
        error = nextError;
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

/** `next` from d by an entry; returns a bound of the terms that it has no room for. */
function throughEntry(entry: usize, size: f64): f64 {
  // ((F·d + C)·d + D·dc + A)·d + (E·dc + B)·dc, in this order: d^2 may be less than any double.
  scale(d, load<f64>(entry, F), load<f64>(entry, F + 8), factor);
  addTerm(factor, 0, load<f64>(entry, C), load<f64>(entry, C + 8));
  let cut = multiply(factor, d, product);
  const dr = load<f64>(entry, D);
  const di = load<f64>(entry, D + 8);
  const ar = load<f64>(entry, A);
  const ai = load<f64>(entry, A + 8);
  addTerm(product, 0, ar + (dr * cr - di * ci), ai + (dr * ci + di * cr));
  addTerm(product, 1, dr * cx, di * cx);
  cut = cut * size + multiply(product, d, next);
  const br = load<f64>(entry, B);
  const bi = load<f64>(entry, B + 8);
  const er = load<f64>(entry, E);
  const ei = load<f64>(entry, E + 8);
  const tr = br + (er * cr - ei * ci);
  const ti = bi + (er * ci + ei * cr);
  addTerm(next, 0, tr * cr - ti * ci, tr * ci + ti * cr);
  addTerm(next, 1, (tr + tr - br) * cx, (ti + ti - bi) * cx);
  addTerm(next, 2, er * cx * cx, ei * cx * cx);
  return cut;
}

/** The same by one iteration: (Z + d)^p - Z^p + dc = ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc. */
function throughStep(zr: f64, zi: f64, size: f64): f64 {
  let cut: f64 = 0;
  let pr: f64 = 1;
  let pi: f64 = 0;
  let choose: f64 = 1;
  copy(d, factor);
  for (let k = 1; k < power; k++) {
    if (k > 1) {
      cut = cut * size + multiply(factor, d, product);
      copy(product, factor);
    }
    const t = pr * zr - pi * zi;
    pi = pr * zi + pi * zr;
    pr = t;
    choose *= <f64>(power + 1 - k) / <f64>k;
    addTerm(factor, 0, choose * pr, choose * pi);
  }
  cut = cut * size + multiply(factor, d, next);
  addTerm(next, 0, cr, ci);
  addTerm(next, 1, cx, 0);
  return cut;
}

/** A point of the block where its series ends, with its derivative; whether d is a double there. */
export function startExpanded(re_: f64, im_: f64): bool {
  const x = (re_ - centreRe) * perRadius;
  const y = (im_ - centreIm) * perRadius;
  evaluate(d, x, y);
  const re = valueRe;
  const im = valueIm;
  start(0, 0, 0);
  if (lastEnd != end) rebase();
  setPlace(lastM, lastN);
  normalize(re, im, lastE);
  setDifference(xr, xi, xe);
  setPoint();
  evaluate(slopes, x, y);
  const ur = unitRe * perRadius;
  const ui = unitIm * perRadius;
  setDerivative(valueRe * ur - valueIm * ui, valueRe * ui + valueIm * ur, 0, 0, lastE);
  // Neighbours part as they do here, not as around the centre.
  const g = modulus(valueRe, valueIm) * (spacing * perRadius);
  setGrowth(g, lastE);
  recallMarks((g / lastGrowth) * power2(lastE - lastGrowthE));
  return lastE == 0;
}

/** The longest run of the table from the orbit's entry `at`, as a power of two; 0: a single step is due. */
function longest(at: i32, left: i64, size: f64, sizeC: f64): i32 {
  const index = at - 1;
  if (index < 0 || left < 1) return 0;
  const most = min(index == 0 ? depth : min(ctz(index), depth), 63 - <i32>clz(left));
  let level = first;
  while (level <= most && reaches(SQUARE, entryOf(level, index), size, sizeC)) level++;
  return level == first ? 0 : level - 1;
}

@inline
function entryOf(level: i32, index: i32): usize {
  return <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * ENTRY;
}

/** A bound of the modulus of an entry's coefficient. */
@inline
function entrySize(entry: usize, coefficient: usize): f64 {
  return Math.abs(load<f64>(entry + coefficient)) + Math.abs(load<f64>(entry + coefficient, 8));
}

@inline
function modulus(re: f64, im: f64): f64 {
  return Math.sqrt(re * re + im * im);
}
