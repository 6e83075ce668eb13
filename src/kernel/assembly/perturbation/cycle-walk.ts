/**
 * An orbit from w on along the reference, through the BLA table, with its derivatives by w and by c: what cycle.ts iterates. All
 * derivatives are real 2x2 matrices by rows, so that formulas that fold need nothing of their own.
 */

import { BURNING_SHIP, HOLOMORPHIC } from '../formula';
import { ENTRY_BYTES, Entry, MATRIX_ENTRY_BYTES, MatrixEntry } from './bla-entry';
import { entryOf, longestValid } from './bla-lookup';
import { raised } from './bla-table';
import { stepByEntry, stepByMatrices } from './bla-step';
import { Matrix, Walk } from './cycle-record';
import { isNearerToZero } from './rebasing';
import { FOLDED, orbitIm, orbitRe } from './reference-orbit';
import { foldedBy, singleStep, slopeOf } from './single-step';
import { Slot } from './slot';

@inline
export function setMatrix(m: Matrix, a: f64, b: f64, c: f64, d: f64): void {
  m.a = a;
  m.b = b;
  m.c = c;
  m.d = d;
}

/** left·m, in place. */
@inline
export function multiplyLeft(left: Matrix, m: Matrix): void {
  const a = left.a * m.a + left.b * m.c;
  const b = left.a * m.b + left.b * m.d;
  const c = left.c * m.a + left.d * m.c;
  const d = left.c * m.b + left.d * m.d;
  setMatrix(m, a, b, c, d);
}

@inline
export function determinant(m: Matrix): f64 {
  return m.a * m.d - m.b * m.c;
}

export function beginWalk(walk: Walk, wr: f64, wi: f64): void {
  walk.re = wr;
  walk.im = wi;
  walk.dRe = wr;
  walk.dIm = wi;
  walk.m = 0;
  setMatrix(walk.byW, 1, 0, 0, 1);
  setMatrix(walk.byC, 0, 0, 0, 0);
}

/** A slope from which a cycle does not come back to one below 1 in doubles. */
const STEEPEST: f64 = 1e150;

/** f^n(w) and its first derivatives; it ends before n where these are beyond any use. */
export function iterate(slot: Slot, walk: Walk, wr: f64, wi: f64, n: i64): void {
  const byW = walk.byW;
  const byC = walk.byC;
  const stepByC = walk.stepByC;
  beginWalk(walk, wr, wi);
  while (n > 0 && Math.abs(byW.a) + Math.abs(byW.b) < STEEPEST) {
    n -= <i64>advance(slot, walk, n);
    multiplyLeft(walk.stepByZ, byW);
    multiplyLeft(walk.stepByZ, byC);
    setMatrix(byC, byC.a + stepByC.a, byC.b + stepByC.b, byC.c + stepByC.c, byC.d + stepByC.d);
  }
}

/** One step of at most `left` iterations, and its derivatives; how many it was. */
export function advance(slot: Slot, walk: Walk, left: i64): i32 {
  const reference = slot.reference;
  const end = reference.criticalEnd;
  const sizeC = Math.abs(walk.cRe) + Math.abs(walk.cIm);
  const size = Math.abs(walk.dRe) + Math.abs(walk.dIm);
  const m = walk.m;
  const level = longestValid(reference.kind, slot.table, m, min(<i64>(end - m), left), size, sizeC);
  if (level == 0) stepSingly(slot, walk);
  else if (reference.kind == FOLDED) {
    const at = entryOf(slot.table.levels, level, m - 1, MATRIX_ENTRY_BYTES);
    stepThroughMatrices(walk, changetype<MatrixEntry>(at), size);
  } else {
    const at = entryOf(slot.table.levels, level, m - 1, ENTRY_BYTES);
    stepThroughEntry(walk, changetype<Entry>(at));
  }
  const skipped = 1 << level;
  const next = m + skipped;
  const dr = walk.dRe;
  const di = walk.dIm;
  const zr = orbitRe(reference.orbit, next) + dr;
  const zi = orbitIm(reference.orbit, next) + di;
  walk.re = zr;
  walk.im = zi;
  walk.m = next;
  if (next >= end || isNearerToZero(zr, zi, dr, di)) {
    walk.dRe = zr;
    walk.dIm = zi;
    walk.m = 0;
  }
  return skipped;
}

/** With F the fold as a diagonal matrix of signs: f′·F·v by z, f″·Fv·Fv as the second derivative. */
function stepSingly(slot: Slot, walk: Walk): void {
  const reference = slot.reference;
  const power = reference.power;
  const fold = reference.fold;
  let yr = orbitRe(reference.orbit, walk.m);
  let yi = orbitIm(reference.orbit, walk.m);
  let dr = walk.dRe;
  let di = walk.dIm;
  let signRe: f64 = 1;
  let signIm: f64 = 1;
  if (fold == BURNING_SHIP) {
    if (yr + dr < 0) signRe = -1;
    if (yi + di < 0) signIm = -1;
    dr = foldedBy(yr, dr);
    di = foldedBy(yi, di);
    yr = Math.abs(yr);
    yi = Math.abs(yi);
  } else if (fold != HOLOMORPHIC) {
    signIm = -1;
    di = -di;
    yi = -yi;
  }
  const slope = slopeOf(reference.kind, power, yr + dr, yi + di);
  const bend = bendOf(power, yr + dr, yi + di);
  const t = singleStep(reference.kind, power, yr, yi, dr, di, walk.cRe, walk.cIm);
  walk.dRe = f64x2.extract_lane(t, 0);
  walk.dIm = f64x2.extract_lane(t, 1);
  const fr = f64x2.extract_lane(slope, 0);
  const fi = f64x2.extract_lane(slope, 1);
  setMatrix(walk.stepByZ, fr * signRe, -fi * signIm, fi * signRe, fr * signIm);
  setMatrix(walk.stepByC, walk.spacing, 0, 0, walk.spacing);
  setBend(walk, f64x2.extract_lane(bend, 0), f64x2.extract_lane(bend, 1), signRe * signIm);
  walk.mixedRe = 0;
  walk.mixedIm = 0;
}

/** f″ = p·(p - 1)·z^(p - 2). */
function bendOf(power: i32, zr: f64, zi: f64): v128 {
  const factor = <f64>(power * (power - 1));
  const r = raised(zr, zi, power - 2);
  return f64x2.mul(f64x2.splat(factor), r);
}

/** That of complex numbers, turned: the sign of the one by xy where one part alone is folded. */
@inline
function setBend(walk: Walk, re: f64, im: f64, turned: f64): void {
  walk.reXX = re;
  walk.reXY = -im * turned;
  walk.reYY = -re;
  walk.imXX = im;
  walk.imXY = re * turned;
  walk.imYY = -im;
}

function stepThroughEntry(walk: Walk, entry: Entry): void {
  const dr = walk.dRe;
  const di = walk.dIm;
  const cr = walk.cRe;
  const ci = walk.cIm;
  const spacing = walk.spacing;
  // F·d, (C + F·d)·d, D·dc
  const nr = entry.fRe * dr - entry.fIm * di;
  const ni = entry.fRe * di + entry.fIm * dr;
  const pr = (entry.cRe + nr) * dr - (entry.cIm + ni) * di;
  const pi = (entry.cRe + nr) * di + (entry.cIm + ni) * dr;
  const or = entry.dRe * cr - entry.dIm * ci;
  const oi = entry.dRe * ci + entry.dIm * cr;
  const er = entry.eRe * cr - entry.eIm * ci;
  const ei = entry.eRe * ci + entry.eIm * cr;
  const fr = entry.aRe + 2 * pr + (nr * dr - ni * di) + or;
  const fi = entry.aIm + 2 * pi + (nr * di + ni * dr) + oi;
  const br = spacing * (entry.bRe + 2 * er + (entry.dRe * dr - entry.dIm * di));
  const bi = spacing * (entry.bIm + 2 * ei + (entry.dRe * di + entry.dIm * dr));
  setMatrix(walk.stepByZ, fr, -fi, fi, fr);
  setMatrix(walk.stepByC, br, -bi, bi, br);
  setBend(walk, 2 * entry.cRe + 6 * nr, 2 * entry.cIm + 6 * ni, 1);
  walk.mixedRe = spacing * entry.dRe;
  walk.mixedIm = spacing * entry.dIm;
  const t = stepByEntry(changetype<usize>(entry), dr, di, f64x2.splat(cr), f64x2(-ci, ci));
  walk.dRe = f64x2.extract_lane(t, 0);
  walk.dIm = f64x2.extract_lane(t, 1);
}

function stepThroughMatrices(walk: Walk, entry: MatrixEntry, size: f64): void {
  const dr = walk.dRe;
  const di = walk.dIm;
  const spacing = walk.spacing;
  walk.reXX = 2 * entry.q0;
  walk.reXY = entry.q1;
  walk.reYY = 2 * entry.q2;
  walk.imXX = 2 * entry.q3;
  walk.imXY = entry.q4;
  walk.imYY = 2 * entry.q5;
  walk.mixedRe = 0;
  walk.mixedIm = 0;
  setMatrix(
    walk.stepByZ,
    entry.a0 + walk.reXX * dr + walk.reXY * di,
    entry.a1 + walk.reXY * dr + walk.reYY * di,
    entry.a2 + walk.imXX * dr + walk.imXY * di,
    entry.a3 + walk.imXY * dr + walk.imYY * di,
  );
  setMatrix(walk.stepByC, spacing * entry.b0, spacing * entry.b1, spacing * entry.b2, spacing * entry.b3);
  const t = stepByMatrices(entry, size, dr, di, walk.cRe, walk.cIm);
  walk.dRe = f64x2.extract_lane(t, 0);
  walk.dIm = f64x2.extract_lane(t, 1);
}
