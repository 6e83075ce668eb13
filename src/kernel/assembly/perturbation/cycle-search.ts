/**
 * The orbit of a point in single steps, as far as the next iteration of interest: guesses of the period of its cycle are the iterations
 * at which it comes nearer to 0 than before (atom domains), later also where it was nearest in windows that double.
 */

import { BURNING_SHIP } from '../formula';
import { Search } from './cycle-record';
import { isNearerToZero } from './rebasing';
import { FOLDED, orbitIm, orbitRe, POWER, SQUARE } from './reference-orbit';
import { foldedBy, singleStep } from './single-step';
import { Slot } from './slot';

/** The first window of iterations. */
const WINDOW: i64 = 64;

export function beginSearch(search: Search, zr: f64, zi: f64): void {
  search.n = 0;
  search.re = zr;
  search.im = zi;
  search.dRe = zr;
  search.dIm = zi;
  search.m = 0;
  search.records = 0;
  search.least = Infinity;
  search.windowEnd = WINDOW;
  search.nearest = Infinity;
  search.nearAt = 0;
  search.before = 0;
}

/** Iterates up to the next record, the end of the window, or the iteration `last`. */
export function seek(slot: Slot, search: Search, cr: f64, ci: f64, last: i64): void {
  const kind = slot.reference.kind;
  if (kind == SQUARE) seekSquare(slot, search, cr, ci, last);
  else if (kind == POWER) seekPower(slot, search, cr, ci, last);
  else seekFolded(slot, search, cr, ci, last);
}

export function nextWindow(search: Search): void {
  search.windowEnd *= 2;
  search.before = search.nearAt;
  search.nearest = Infinity;
}

// Functions of their own, as in double-iteration.ts.
function seekSquare(slot: Slot, search: Search, cr: f64, ci: f64, last: i64): void {
  seekFor(SQUARE, slot, search, cr, ci, last);
}

function seekPower(slot: Slot, search: Search, cr: f64, ci: f64, last: i64): void {
  seekFor(POWER, slot, search, cr, ci, last);
}

function seekFolded(slot: Slot, search: Search, cr: f64, ci: f64, last: i64): void {
  seekFor(FOLDED, slot, search, cr, ci, last);
}

@inline
function seekFor(kind: i32, slot: Slot, search: Search, cr: f64, ci: f64, last: i64): void {
  const reference = slot.reference;
  const power = reference.power;
  const fold = reference.fold;
  const orbit = reference.orbit;
  const end = reference.criticalEnd;
  const least = search.least;
  const stop = min(last, search.windowEnd);
  let n = search.n;
  let m = search.m;
  let dr = search.dRe;
  let di = search.dIm;
  let zr = search.re;
  let zi = search.im;
  let mag2 = search.mag2;
  let nearest = search.nearest;
  while (n < stop) {
    let yr = orbitRe(orbit, m);
    let yi = orbitIm(orbit, m);
    if (kind == FOLDED) {
      if (fold == BURNING_SHIP) {
        dr = foldedBy(yr, dr);
        di = foldedBy(yi, di);
        yr = Math.abs(yr);
        yi = Math.abs(yi);
      } else {
        di = -di;
        yi = -yi;
      }
    }
    const t = singleStep(kind, power, yr, yi, dr, di, cr, ci);
    dr = f64x2.extract_lane(t, 0);
    di = f64x2.extract_lane(t, 1);
    n++;
    m++;
    zr = orbitRe(orbit, m) + dr;
    zi = orbitIm(orbit, m) + di;
    if (m >= end || isNearerToZero(zr, zi, dr, di)) {
      dr = zr;
      di = zi;
      m = 0;
    }
    mag2 = zr * zr + zi * zi;
    if (!(mag2 <= 4)) break;
    if (mag2 < nearest) {
      nearest = mag2;
      search.nearRe = zr;
      search.nearIm = zi;
      search.nearAt = n;
      if (mag2 < least) break;
    }
  }
  search.n = n;
  search.m = m;
  search.dRe = dr;
  search.dIm = di;
  search.re = zr;
  search.im = zi;
  search.mag2 = mag2;
  search.nearest = nearest;
}
