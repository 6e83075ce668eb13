/** What one call works on: the reference orbit, the formula, the limits; and where the point in hand is. */

import { log2 } from '../log2';
import { normalize, power2, xe, xi, xr, ZERO } from './extended';

/** What the loops are made for: z^2, any power, and formulas that are not analytic. */
export const SQUARE: i32 = 0;
export const POWER: i32 = 1;
export const FOLDED: i32 = 2;

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
const BEYOND: i64 = 200;
/** Bytes of an entry that is listed apart. */
const TINY: usize = 40;
/** Entries of the orbit below it are listed apart. */
const SMALLEST: f64 = 1e-270;

/** Pairs of f64 from Z_0; of a Julia set first the critical orbit, then, from `begin` on, that of the centre. */
export let orbit: usize = 0;
export let begin: i32 = 0;
/** Index of the last entry of the first part, and of all. */
let turn: i32 = 0;
let length: i32 = 0;
let tiny: usize = 0;
let tinies: i32 = 0;
export let fold: i32 = 0;
export let power: i32 = 2;
let perLog2: f64 = 1;
export let julia: bool = false;

/** The orbit that follows, once an instance. step: as in formula.ts; begin_: 0 unless Julia; see reference.ts. */
// prettier-ignore
export function setOrbit(step: i32, power_: i32, julia_: bool, orbit_: usize, begin_: i32, length_: i32, tiny_: usize,
  tinies_: i32): void {
  fold = step;
  power = power_;
  perLog2 = 1 / log2(<f64>power_);
  julia = julia_;
  orbit = orbit_;
  begin = begin_;
  turn = julia_ ? begin_ - 1 : length_;
  length = length_;
  tiny = tiny_;
  tinies = tinies_;
}

/** Z_m in extended form. */
export function orbitAt(at: i32): void {
  const zr = load<f64>(orbit + (<usize>at << 4));
  const zi = load<f64>(orbit + (<usize>at << 4), 8);
  if (max(Math.abs(zr), Math.abs(zi)) >= SMALLEST || at == 0) return normalize(zr, zi, 0);
  const found = tinyAt(at);
  const er = <i32>load<f64>(found, 24);
  const ei = <i32>load<f64>(found, 32);
  const e = max(er, ei);
  normalize(load<f64>(found, 8) * power2(er - e), load<f64>(found, 16) * power2(ei - e), e);
}

/** The parts of Z_m, each with an exponent: beside the larger one the other may be nothing, but has a sign. */
export let partRe: f64 = 0;
export let partIm: f64 = 0;
export let partReE: i32 = 0;
export let partImE: i32 = 0;

export function partsAt(at: i32): void {
  partRe = load<f64>(orbit + (<usize>at << 4));
  partIm = load<f64>(orbit + (<usize>at << 4), 8);
  partReE = 0;
  partImE = 0;
  if (min(Math.abs(partRe), Math.abs(partIm)) >= SMALLEST || at == 0) return;
  const found = tinyAt(at);
  if (found == 0) return;
  partRe = load<f64>(found, 8);
  partIm = load<f64>(found, 16);
  partReE = <i32>load<f64>(found, 24);
  partImE = <i32>load<f64>(found, 32);
}

/** Where an entry is listed apart; 0: nowhere. */
function tinyAt(at: i32): usize {
  let low = 0;
  let high = tinies;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(tiny + <usize>middle * TINY) < <f64>at) low = middle + 1;
    else high = middle;
  }
  const found = tiny + <usize>low * TINY;
  return low < tinies && load<f64>(found) == <f64>at ? found : 0;
}

const FLAG_WHOLE: i32 = 2;
const FLAG_PROVE: i32 = 8;

export let limit: i64 = 0;
export let bailout2: f64 = 0;
let whole: bool = false;
/** Points that take more iterations are not iterated exactly. */
let checkable: i64 = 0;
/** Points that are proved to stay are not iterated on. */
export let proving: bool = false;
/** Single and approximated steps since `setView`. */
export let steps: i64 = 0;
/** dc of one pixel to the right, times 2^unitE: what the derivative counts in. */
export let unitRe: f64 = 0;
export let unitIm: f64 = 0;
export let unitE: i32 = 0;
/** |unit|. */
export let spacing: f64 = 0;

/** What is asked. flags: 2 whole counts, 8 proofs. checkable: as `isCheckable` says. */
// prettier-ignore
export function setView(flags: i32, limit_: i64, checkable_: i64, bailout: f64, unitRe_: f64, unitIm_: f64, unitE_: i32): void {
  whole = (flags & FLAG_WHOLE) != 0;
  proving = (flags & FLAG_PROVE) != 0;
  checkable = checkable_;
  limit = limit_;
  bailout2 = whole ? 4.0 : bailout * bailout;
  unitRe = unitRe_;
  unitIm = unitIm_;
  unitE = unitE_;
  spacing = Math.abs(unitRe) + Math.abs(unitIm);
  steps = 0;
}

/** d = (dRe + i·dIm)·2^dE, the index m in the orbit and where its part ends, the iteration n, |z|^2 and z. */
export let dRe: f64 = 0;
export let dIm: f64 = 0;
export let dE: i32 = 0;
export let m: i32 = 0;
export let end: i32 = 0;
export let n: i64 = 0;
export let last: i64 = 0;
export let mag2: f64 = 0;
export let zRe: f64 = 0;
export let zIm: f64 = 0;
/** dz by one pixel to the right and one up, times 2^jE: columns of a matrix; analytic: the first column alone. */
export let j0: f64 = 0;
export let j1: f64 = 0;
export let j2: f64 = 0;
export let j3: f64 = 0;
export let jE: i32 = 0;

/** A bound of |dz| by one pixel, times 2^growthE: how errors grow. */
export let growth: f64 = 0;
export let growthE: i32 = 0;
/** The largest it has been in doubles. */
export let peak: f64 = 0;

/** What roundings have made of z where the point itself was iterated, in parts of growth: times 2^-53, of a pixel. */
export let blur: f64 = 0;

@inline
export function setBlur(more: f64): void {
  blur = more;
}

@inline
export function setGrowth(bound: f64, e: i32): void {
  growth = bound;
  growthE = e;
}

@inline
export function setPeak(most: f64): void {
  peak = most;
}

/** A point before its first iteration. dr, di, e: how far it lies from the reference. */
export function start(dr: f64, di: f64, e: i32): void {
  n = 0;
  peak = 0;
  blur = 0;
  last = limit;
  mag2 = 0;
  m = begin;
  end = julia ? length : turn;
  if (julia) {
    normalize(dr, di, e);
    setDifference(xr, xi, xe);
    setDerivative(unitRe, unitIm, -unitIm, unitRe, unitE);
    setGrowth(spacing, unitE);
  } else {
    setDifference(0, 0, ZERO);
    setDerivative(0, 0, 0, 0, ZERO);
    setGrowth(0, ZERO);
  }
}

@inline
export function setDifference(re: f64, im: f64, e: i32): void {
  dRe = re;
  dIm = im;
  dE = e;
}

@inline
export function setDerivative(a: f64, b: f64, c: f64, d: f64, e: i32): void {
  j0 = a;
  j1 = b;
  j2 = c;
  j3 = d;
  jE = e;
}

/** Index and iteration after a step. */
@inline
export function setPlace(m_: i32, n_: i64): void {
  m = m_;
  n = n_;
}

/** From now on the difference is from 0, the start of the critical orbit. */
@inline
export function rebase(): void {
  m = 0;
  end = turn;
}

@inline
export function countSteps(more: i64): void {
  steps += more;
}

/** The value after the last step; whoever stays has a squared modulus of 0. */
@inline
export function setValue(re: f64, im: f64, squared: f64): void {
  zRe = re;
  zIm = im;
  mag2 = squared;
}

/** Whether a point at the limit goes on for a while, since it has left the disc of radius 2. */
@inline
export function extend(squared: f64): bool {
  if (squared <= 4 || last > limit) return false;
  last = limit + BEYOND;
  return true;
}

/** The same points, followed until |z|^2 is larger than `squared`; what it was before. */
export function setBailout(squared: f64): f64 {
  const before = bailout2;
  bailout2 = squared;
  return before;
}

/** Whether the point is through after so few iterations that it may be iterated exactly. */
@inline
export function isCheckable(): bool {
  return n <= checkable;
}

/** nu of a point that is through. */
@inline
export function answer(): f64 {
  if (mag2 <= bailout2) return Infinity;
  return whole ? <f64>n : <f64>n - log2(0.5 * log2(mag2)) * perLog2;
}
