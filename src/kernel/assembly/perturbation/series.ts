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

import { forgetMarks, keepMarks, recallMarks, settles, watch } from './interior';
import { raised } from './itself';
import {
  begin,
  end,
  julia,
  limit,
  orbit,
  POWER,
  power,
  rebase,
  SQUARE,
  setDerivative,
  setDifference,
  setGrowth,
  setPeak,
  setPlace,
  setValue,
  spacing,
  start,
  unitIm,
  unitRe,
} from './orbit';
import {
  add,
  addTerm,
  copy,
  derivative,
  evaluate,
  multiply,
  POLYNOMIAL,
  scale,
  setLine,
  sizeFrom,
  termIm,
  termRe,
  termSize,
  trim,
  valueIm,
  valueRe,
} from './polynomial';
import { A, B, C, D, E, ENTRY, F, NORM_A, NORM_B, reaches, WIDE } from './table';

const TOLERANCE: f64 = 3.637978807091713e-12; // 2^-38
/** Last terms that are smaller, in parts of a_1, are left out. */
const TRIFLE: f64 = 8.881784197001252e-16; // 2^-50

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
let lastGrowth: f64 = 0;
let lastPeak: f64 = 0;

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

/**
 * Follows the block around c_0 = cr + i·ci as far as a polynomial can. There is none where the centre never escapes:
 * points of such blocks are told one by one. levels, first, depth: as in doubles.ts.
 */
export function expand(cr: f64, ci: f64, radius: f64, levels: usize, first: i32, depth: i32): void {
  known = false;
  forgetMarks();
  start(cr, ci, 0);
  centreRe = cr;
  centreIm = ci;
  perRadius = 1 / radius;
  if (julia) setLine(d, cr, ci, radius, 0);
  else setLine(d, 0, 0, 0, 0);
  // dc; there is none in a Julia set.
  const kr = julia ? 0 : cr;
  const ki = julia ? 0 : ci;
  const kx = julia ? 0 : radius;
  const sizeC = Math.abs(kr) + Math.abs(ki) + kx;
  const kind = power == 2 ? SQUARE : POWER;
  let at = begin;
  let until = end;
  let count: i64 = 0;
  let taken: i64 = 0;
  let g: f64 = julia ? spacing : 0;
  const s = julia ? 0 : spacing;
  let most = g;
  let error: f64 = 0;
  while (count < limit) {
    const size = sizeFrom(d, 0);
    const level = longest(at, min(<i64>(until - at), limit - count), size, sizeC, levels, first, depth);
    let skipped = 1;
    if (level > 0) {
      skipped = 1 << level;
      const entry = entryOf(levels, level, at - 1);
      const stretch = load<f64>(entry, NORM_A);
      const more = sizeC * entrySize(entry, D) + size * (2 * entrySize(entry, C) + 3 * size * entrySize(entry, F));
      error = (stretch + more) * error + throughEntry(entry, kr, ki, kx, size);
      g = g * stretch + s * load<f64>(entry, NORM_B);
    } else {
      const zr = load<f64>(orbit + (<usize>at << 4));
      const zi = load<f64>(orbit + (<usize>at << 4), 8);
      const w = modulus(zr + termRe(d, 0), zi + termIm(d, 0));
      error = <f64>power * raised(kind, w + sizeFrom(d, 1)) * error + throughStep(zr, zi, kr, ki, kx, size);
      g = g * <f64>power * raised(kind, w) + s;
    }
    if (!(error <= TOLERANCE * termSize(next, 1))) break;
    const here = orbit + (<usize>(at + skipped) << 4);
    const dr = termRe(next, 0);
    const di = termIm(next, 0);
    const zr = load<f64>(here) + dr;
    const zi = load<f64>(here, 8) + di;
    // Nobody has escaped there.
    if (!(modulus(zr, zi) + sizeFrom(next, 1) + error < WIDE)) break;
    error += trim(next, TRIFLE * termSize(next, 1));
    copy(next, d);
    taken++;
    at += skipped;
    count += <i64>skipped;
    most = max(most, g);
    lastGrowth = g;
    if (zr * zr + zi * zi < watch && settles(kind, kr, ki, zr, zi, count, taken, g, levels, first, depth)) return;
    if (Math.abs(zr) + Math.abs(zi) < Math.abs(dr) + Math.abs(di) || at >= until) {
      addTerm(d, 0, zr - dr, zi - di);
      at = 0;
      rebase();
      until = end;
    }
  }
  if (taken == 0 || count >= limit) return;
  trim(d, TOLERANCE * termSize(d, 1));
  derivative(d, slopes);
  keepMarks(taken);
  known = true;
  lastM = at;
  lastEnd = until;
  lastN = count;
  lastPeak = most;
}

/** `next` from d by an entry; returns a bound of the terms that it has no room for. */
function throughEntry(entry: usize, kr: f64, ki: f64, kx: f64, size: f64): f64 {
  // (F·d + C)·d^2
  const cut = multiply(d, d, product) * (entrySize(entry, C) + size * entrySize(entry, F));
  scale(d, load<f64>(entry, F), load<f64>(entry, F + 8), factor);
  addTerm(factor, 0, load<f64>(entry, C), load<f64>(entry, C + 8));
  const cut2 = multiply(factor, product, next);
  // (A + D·dc)·d
  const dr = load<f64>(entry, D);
  const di = load<f64>(entry, D + 8);
  const ar = load<f64>(entry, A) + (dr * kr - di * ki);
  const ai = load<f64>(entry, A + 8) + (dr * ki + di * kr);
  setLine(factor, ar, ai, dr * kx, di * kx);
  const cut3 = multiply(factor, d, product);
  add(next, product);
  // (B + E·dc)·dc
  const br = load<f64>(entry, B);
  const bi = load<f64>(entry, B + 8);
  const er = load<f64>(entry, E);
  const ei = load<f64>(entry, E + 8);
  const tr = br + (er * kr - ei * ki);
  const ti = bi + (er * ki + ei * kr);
  addTerm(next, 0, tr * kr - ti * ki, tr * ki + ti * kr);
  addTerm(next, 1, (tr + tr - br) * kx, (ti + ti - bi) * kx);
  addTerm(next, 2, er * kx * kx, ei * kx * kx);
  return cut + cut2 + cut3;
}

/** The same by one iteration: (Z + d)^p - Z^p + dc = ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc. */
function throughStep(zr: f64, zi: f64, kr: f64, ki: f64, kx: f64, size: f64): f64 {
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
  addTerm(next, 0, kr, ki);
  addTerm(next, 1, kx, 0);
  return cut;
}

/** A point of the block where its series ends, with its derivative if that is wanted. */
export function startExpanded(derive: bool, cr: f64, ci: f64): void {
  const x = (cr - centreRe) * perRadius;
  const y = (ci - centreIm) * perRadius;
  evaluate(d, x, y);
  const re = valueRe;
  const im = valueIm;
  recallMarks();
  start(0, 0, 0);
  if (lastEnd != end) rebase();
  setPlace(lastM, lastN);
  const zr = load<f64>(orbit + (<usize>lastM << 4)) + re;
  const zi = load<f64>(orbit + (<usize>lastM << 4), 8) + im;
  setValue(zr, zi, zr * zr + zi * zi);
  setDifference(re, im, 0);
  if (derive) {
    evaluate(slopes, x, y);
    const ur = unitRe * perRadius;
    const ui = unitIm * perRadius;
    setDerivative(valueRe * ur - valueIm * ui, valueRe * ui + valueIm * ur, 0, 0, 0);
  }
  setGrowth(lastGrowth, 0);
  setPeak(lastPeak);
}

/** The longest run of the table from the orbit's entry `at`, as a power of two; 0: a single step is due. */
// prettier-ignore
function longest(at: i32, left: i64, size: f64, sizeC: f64, levels: usize, first: i32, depth: i32): i32 {
  const index = at - 1;
  if (index < 0 || left < 1) return 0;
  const most = min(index == 0 ? depth : min(ctz(index), depth), 63 - <i32>clz(left));
  let level = first;
  while (level <= most && reaches(SQUARE, entryOf(levels, level, index), size, sizeC)) level++;
  return level == first ? 0 : level - 1;
}

@inline
function entryOf(levels: usize, level: i32, index: i32): usize {
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
