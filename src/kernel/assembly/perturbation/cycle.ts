/**
 * The attracting cycle of a point: its period, its multiplier λ = (f^period)', and by it the distance of c to the boundary of its
 * component. Newton's method on f^n(w) = w finds it, from the iterates that cycle-search.ts guesses at. After C. Heiland-Allen,
 * "Interior coordinates in the Mandelbrot set", 2013; the distance after J. Milnor, "Dynamics in One Complex Variable", and Wikipedia,
 * "Plotting algorithms for the Mandelbrot set": interior distance estimation.
 *
 * z^d + c and the Tricorn have one such cycle at most, and it attracts the orbit of 0 (P. Fatou; for the Tricorn by its second iterate). The
 * Burning Ship may have several: the one counts that the orbit is seen to come to.
 *
 * A step of any of them is, near a point, a complex number times v or times its conjugate, and so is f^n. In the second
 * case its square is a stretch by |λ|^2, so λ is real.
 *
 * The result is a function of the point alone: what is known of its neighbours would decide which cycles are found at all.
 */

import { BURNING_SHIP, HOLOMORPHIC } from '../formula';
import { measure } from './cycle-distance';
import { keepRecord, recordAt } from './cycle-record';
import { beginSearch, nextWindow, seek } from './cycle-search';
import { advance, beginWalk, determinant, iterate } from './cycle-walk';
import { enclose } from './enclose';
import { rebase } from './point';
import { Slot } from './slot';

/** Rounds of Newton's method at most. */
const ROUNDS: i32 = 40;
/** |λ|^2 at the first guess beyond which the period is another one: near 0 f^period is like z^2 + c, |z| <= 2. */
const STEEP2: f64 = 16;
/**
 * The square of the last step in parts of w, after which the error is about its square; of one that does not get smaller any more; of a
 * return to w.
 */
const CLOSED2: f64 = 1e-16;
const STALLED2: f64 = 1e-12;
const RETURNED2: f64 = 1e-14;
/** What rounding and entries of the table may add to f^n(w), in parts of dc's effect on it. */
const ROUNDED: f64 = 1.7763568394002505e-15; // 2^-49
const LEFT_OUT: f64 = 3.637978807091713e-12; // 2^-38
/** |λ|^2 of a cycle that attracts, as far as rounding allows to say. */
const ATTRACTS2: f64 = 1 - 2e-7;
/** An orbit is followed so long, and as many times as long as the longest guess. */
const PATIENCE: i64 = 1 << 14;
const TIMES: i64 = 16;
/** A disc around w that the orbit must come into: its first radius in parts of what w and the start are apart from 0, how much smaller later
 * ones are, how many are tried; and for how many periods. */
const DISC: f64 = 4;
const SMALLER: f64 = 0.25;
const MOST_DISCS: i32 = 24;
const MOST_PERIODS: i32 = 2048;

/**
 * Finds the cycle of the orbit that begins at zr + i·zi, and writes period, re and im of λ, and half the conformal radius of the
 * component, in pixels of this spacing, to `at`: zeros, and false, where none is found. limit: iterations at most. julia: its points share c,
 * and have no distance.
 */
// prettier-ignore
export function findCycle(slot: Slot, limit: i64, spacing: f64, cr: f64, ci: f64, zr: f64, zi: f64, julia: bool, at: usize): bool {
  const cycle = slot.cycle;
  const walk = cycle.walk;
  walk.cRe = cr;
  walk.cIm = ci;
  walk.spacing = spacing;
  const found = search(slot, limit, zr, zi);
  // Points of a Julia set may come to any point of the same cycle: of λ and its conjugate one is taken.
  if (julia && slot.reference.fold != HOLOMORPHIC) cycle.multiplierIm = Math.abs(cycle.multiplierIm);
  store<f64>(at, found ? <f64>cycle.period : 0);
  store<f64>(at, found ? cycle.multiplierRe : 0, 8);
  store<f64>(at, found ? cycle.multiplierIm : 0, 16);
  store<f64>(at, found && !julia ? measure(slot, cycle) : 0, 24);
  return found;
}

function search(slot: Slot, limit: i64, zr: f64, zi: f64): bool {
  const cycle = slot.cycle;
  const search = cycle.search;
  const cr = cycle.walk.cRe;
  const ci = cycle.walk.cIm;
  let last = min(limit, PATIENCE);
  let longest: i64 = 0;
  beginSearch(search, zr, zi);
  while (search.n < last) {
    seek(slot, search, cr, ci, last);
    if (!(search.mag2 <= 4)) return false;
    const n = search.n;
    if (search.mag2 < search.least) {
      keepRecord(search);
      longest = n;
      last = min(limit, max(PATIENCE, TIMES * n));
      if (newton(slot, search.re, search.im, n)) return true;
    }
    if (n < search.windowEnd) continue;
    // The orbit converges slowly, or came nearest to 0 before it did.
    if (n >= 4 * longest) {
      for (let k = 0; k <= search.records; k++) {
        const period = k < search.records ? recordAt(search, k) : search.nearAt - search.before;
        if (period < 1 || !newton(slot, search.nearRe, search.nearIm, period)) continue;
        turn(slot, search.nearAt % cycle.period);
        return true;
      }
    }
    nextWindow(search);
  }
  return false;
}

/**
 * λ at w, which the orbit comes to `behind` iterations after multiples of the period, as it is at the point that these come to: the
 * conjugate after an odd number of conjugates.
 */
function turn(slot: Slot, behind: i64): void {
  const cycle = slot.cycle;
  if (slot.reference.fold == HOLOMORPHIC || behind == 0) return;
  iterate(slot, cycle.walk, cycle.re, cycle.im, cycle.period - behind);
  if (determinant(cycle.walk.byW) < 0) cycle.multiplierIm = -cycle.multiplierIm;
}

/** A bound of the rounding of f^n(w), squared. */
function rounding2(slot: Slot): f64 {
  const walk = slot.cycle.walk;
  const byC = walk.byC;
  const effect = (Math.abs(byC.a) + Math.abs(byC.b) + Math.abs(byC.c) + Math.abs(byC.d)) / walk.spacing;
  const rounding = (slot.table.depth > 0 ? LEFT_OUT : ROUNDED) * effect * (Math.abs(walk.cRe) + Math.abs(walk.cIm));
  return rounding * rounding;
}

/** The cycle that Newton's method leads to from w, if it attracts. */
function newton(slot: Slot, wr: f64, wi: f64, n: i64): bool {
  const walk = slot.cycle.walk;
  const byW = walk.byW;
  const firstRe = wr;
  const firstIm = wi;
  let last2 = Infinity;
  let scale2 = wr * wr + wi * wi;
  for (let round = 0; round < ROUNDS; round++) {
    iterate(slot, walk, wr, wi, n);
    const slope2 = Math.abs(determinant(byW));
    if (!(slope2 < STEEP2)) return false;
    const er = walk.re - wr;
    const ei = walk.im - wi;
    if (round == 0) scale2 = max(scale2, er * er + ei * ei);
    // (I - J)·s = f(w) - w
    const a = 1 - byW.a;
    const d = 1 - byW.d;
    const scale = 1 / (a * d - byW.b * byW.c);
    const sr = (d * er + byW.b * ei) * scale;
    const si = (byW.c * er + a * ei) * scale;
    const moved2 = sr * sr + si * si;
    const size2 = wr * wr + wi * wi;
    if (!(moved2 < 4)) return false;
    wr += sr;
    wi += si;
    const stalled = moved2 >= 0.8 * last2 && moved2 <= STALLED2 * scale2;
    if (moved2 <= max(CLOSED2 * size2, rounding2(slot)) || stalled) {
      // By how little λ changes with the last step, no point is lost.
      return slope2 < 1.01 && keep(slot, wr, wi, n) && isReached(slot, firstRe, firstIm);
    }
    last2 = moved2;
  }
  return false;
}

/** Keeps the cycle just found, of whose period n is a multiple, if it attracts. */
function keep(slot: Slot, wr: f64, wi: f64, n: i64): bool {
  const cycle = slot.cycle;
  const byW = cycle.walk.byW;
  cycle.re = wr;
  cycle.im = wi;
  cycle.period = n;
  let rest = n;
  for (let prime: i64 = 2; rest > 1; prime++) {
    if (prime * prime > rest) prime = rest;
    let less = true;
    for (; rest % prime == 0; rest /= prime) {
      less = less && returns(slot, cycle.period / prime);
      if (less) cycle.period /= prime;
    }
  }
  iterate(slot, cycle.walk, wr, wi, cycle.period);
  const det = determinant(byW);
  const conjugate = slot.reference.fold != HOLOMORPHIC && det < 0;
  cycle.multiplierRe = conjugate ? Math.sqrt(-det) : 0.5 * (byW.a + byW.d);
  cycle.multiplierIm = conjugate ? 0 : 0.5 * (byW.c - byW.b);
  return Math.abs(det) < ATTRACTS2;
}

/** Whether f^k(w) = w. */
function returns(slot: Slot, k: i64): bool {
  const cycle = slot.cycle;
  const walk = cycle.walk;
  const byW = walk.byW;
  const wr = cycle.re;
  const wi = cycle.im;
  iterate(slot, walk, wr, wi, k);
  const er = walk.re - wr;
  const ei = walk.im - wi;
  const change2 = 0.5 * ((byW.a - 1) * (byW.a - 1) + byW.b * byW.b + byW.c * byW.c + (byW.d - 1) * (byW.d - 1));
  return er * er + ei * ei <= max(RETURNED2 * (wr * wr + wi * wi) * change2, rounding2(slot));
}

/**
 * Whether the orbit comes to w, period by period from z on. Only the Burning Ship may have other cycles. f^period is a
 * contraction of the disc around w that an enclosure proves it to map into itself: there it is seen.
 */
function isReached(slot: Slot, zr: f64, zi: f64): bool {
  const reference = slot.reference;
  if (reference.fold != BURNING_SHIP) return true;
  const cycle = slot.cycle;
  const walk = cycle.walk;
  const enclosure = slot.enclosure;
  const wr = cycle.re;
  const wi = cycle.im;
  let disc = DISC * Math.sqrt(max(wr * wr + wi * wi, zr * zr + zi * zi));
  let proved = false;
  rebase(slot.point, reference);
  enclosure.allowed = i64.MAX_VALUE;
  for (let k = 0; k < MOST_DISCS && !proved; k++) {
    disc *= SMALLER;
    if (!enclose(reference.kind, slot, walk.cRe, walk.cIm, wr, wi, disc, 0, cycle.period)) continue;
    const gr = enclosure.re - wr;
    const gi = enclosure.im - wi;
    proved = Math.sqrt(gr * gr + gi * gi) + enclosure.radius <= disc;
  }
  if (!proved) return false;
  for (let k = 0; k < MOST_PERIODS; k++) {
    const x = zr - wr;
    const y = zi - wi;
    if (x * x + y * y <= disc * disc) return true;
    if (!(zr * zr + zi * zi <= 4)) return false;
    beginWalk(walk, zr, zi);
    for (let left = cycle.period; left > 0; ) left -= <i64>advance(slot, walk, left);
    zr = walk.re;
    zi = walk.im;
  }
  return false;
}
