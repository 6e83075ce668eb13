/**
 * Proofs that a point never escapes, as in ../interior-proof.ts: a disc around z that one period takes into itself. The
 * period is guessed by the marks along the orbit (marks.ts). "No" always means "not known".
 */

import { enclose } from './enclose';
import { Enclosure } from './enclosure';
import { addDisc, isInAttractingDisc } from './interior-disc';
import { beginsWindow, copyMarks, restart, setMark } from './marks';
import { rebase } from './point';
import { FOLDED, orbitIm, orbitRe } from './reference-orbit';
import { Slot } from './slot';

/** A z is also near enough if |z|^2 is below this part of the mark's: the cycle may contain 0. */
const NEAR_ZERO2: f64 = 0.0625;
/** The error bound at most, in parts of that at the mark: near an attracting cycle it does not grow. */
const MOST_ERROR_RATIO: f64 = 1.5;
/** |mark|^2 at most, in parts of the smallest |z|^2: by the critical point a period contracts before it expands. */
const FARTHEST2: f64 = 16;
/** Proofs may take one of so many steps of a point. */
const SHARE: i64 = 4;
/** The smallest disc that is tried, in parts of z. */
const LEAST_DISC: f64 = 1.4901161193847656e-8; // 2^-26
/**
 * Newton's method: steps at most, and the step after which a disc is tried; its radius, in parts of that within which
 * a·z^p + b with the slope at z contracts (p > 2: of less); and the radius of dc, in parts of what the disc permits.
 */
const MOST_NEWTON: i32 = 8;
const CLOSED: f64 = 1e-3;
const DISC: f64 = 0.75;
const SMALLER: f64 = 0.125;
const RIM: f64 = 0.75;

/** Before another point. */
@inline
export function resetMarks(slot: Slot): void {
  const reference = slot.reference;
  restart(slot.marks, !slot.view.proofs ? 0 : reference.julia && reference.fold == 0 ? slot.attractingDisc.reach2 : Infinity);
  slot.enclosure.spent = 0;
}

/** Saves the marks for the points that start here. taken: the steps so far, which are not theirs. */
export function saveMarks(slot: Slot, taken: i64): void {
  copyMarks(slot.marks, slot.seriesMarks);
  slot.seriesMarks.taken -= taken;
}

/** Restores the saved marks. ratio: of this point's error bound to that of the block's centre. */
export function restoreMarks(slot: Slot, ratio: f64): void {
  copyMarks(slot.seriesMarks, slot.marks);
  slot.marks.error *= ratio;
  slot.enclosure.spent = 0;
}

/**
 * Seeks a Julia set's attracting cycle, which attracts the orbit of 0 (Fatou). Before the first point, since the result of
 * a point must not depend on earlier ones.
 */
export function findAttractingDisc(kind: i32, slot: Slot): void {
  const reference = slot.reference;
  const attractingDisc = slot.attractingDisc;
  const marks = slot.marks;
  const power = reference.power;
  const orbit = reference.orbit;
  rebase(slot.point, reference);
  restart(marks, Infinity);
  slot.enclosure.spent = 0;
  let error: f64 = 1;
  for (let m = 1; m <= slot.point.end && attractingDisc.radius == 0; m++) {
    const zr = orbitRe(orbit, m);
    const zi = orbitIm(orbit, m);
    const mag2 = zr * zr + zi * zi;
    if (mag2 > 4) return;
    if (mag2 <= marks.watch) closesCycle(kind, slot, 0, 0, zr, zi, m, m, error);
    error *= <f64>power;
    for (let k = 1; k < power; k++) error *= Math.sqrt(mag2);
  }
  const farthest = Math.sqrt(attractingDisc.re * attractingDisc.re + attractingDisc.im * attractingDisc.im) + attractingDisc.radius;
  attractingDisc.reach2 = farthest * farthest;
}

/** Whether z, the n-th iterate, after so many steps, is proved to stay bounded. error: the error bound, as a double. */
// prettier-ignore
export function staysBounded(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, n: i64, taken: i64, error: f64): bool {
  if (kind != FOLDED && slot.reference.julia) return isInAttractingDisc(slot.attractingDisc, zr, zi);
  return closesCycle(kind, slot, cr, ci, zr, zi, n, taken, error);
}

// prettier-ignore
function closesCycle(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, n: i64, taken: i64, error: f64): bool {
  const marks = slot.marks;
  const enclosure = slot.enclosure;
  const mag2 = zr * zr + zi * zi;
  marks.least2 = min(marks.least2, mag2);
  if (beginsWindow(marks, n)) {
    setMark(kind, marks, zr, zi, mag2, n, taken, error);
    return false;
  }
  const gap = Math.abs(zr - marks.re) + Math.abs(zi - marks.im);
  const period = n - marks.n;
  // The steps since the mark, which a proof takes again.
  const steps = taken - marks.taken;
  const near = gap < marks.nearest || mag2 <= NEAR_ZERO2 * marks.mag2;
  const attracts = error <= MOST_ERROR_RATIO * marks.error && marks.mag2 <= FARTHEST2 * marks.least2;
  if (near && attracts && (enclosure.spent + steps) * SHARE <= taken) {
    enclosure.allowed = 2 * steps + 16;
    marks.nearest = gap;
    const proved = kind == FOLDED ? proveFolded(kind, slot, cr, ci, zr, zi, period) : proveByNewton(kind, slot, cr, ci, zr, zi, period);
    if (proved) return true;
  }
  if (mag2 < marks.mag2) setMark(kind, marks, zr, zi, mag2, n, taken, error);
  return false;
}

/** How far from z the image of a disc around z lies. */
@inline
function gapTo(enclosure: Enclosure, zr: f64, zi: f64): f64 {
  return Math.sqrt((enclosure.re - zr) * (enclosure.re - zr) + (enclosure.im - zi) * (enclosure.im - zi));
}

/** Without Newton's method: a disc around z, sized by the distance of its image. */
function proveFolded(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, period: i64): bool {
  const enclosure = slot.enclosure;
  if (!enclose(kind, slot, cr, ci, zr, zi, 0, 0, period) || !(enclosure.slope < 0.99)) return false;
  const gap = gapTo(enclosure, zr, zi);
  const disc = max((2 * gap) / (1 - enclosure.slope), LEAST_DISC * (Math.abs(zr) + Math.abs(zi)));
  return enclose(kind, slot, cr, ci, zr, zi, disc, 0, period) && gap + enclosure.radius <= disc;
}

/**
 * Finds the cycle to which z converges slowly, by Newton's method on f^period(w) = w, and proves it attracting, by a disc
 * around w that a period takes into itself: an attracting cycle of z^d + c attracts the critical orbit (Fatou), which
 * is then bounded. Of a Julia set the disc is kept: points that enter it stay bounded.
 */
function proveByNewton(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, period: i64): bool {
  const enclosure = slot.enclosure;
  const power = slot.reference.power;
  const size = Math.sqrt(zr * zr + zi * zi);
  let disc: f64 = 0;
  let part: f64 = 0;
  for (let k = 0; k < MOST_NEWTON; k++) {
    if (!enclose(kind, slot, cr, ci, zr, zi, disc, 0, period)) {
      if (disc == 0) return false;
      disc *= SMALLER;
      part *= SMALLER;
      continue;
    }
    const slope = enclosure.slope;
    if (!(slope < MOST_ERROR_RATIO)) return false;
    // A cycle through 0 itself has no slope.
    if (k == 0) part = slope == 0 ? DISC : (DISC * size) / (power == 2 ? slope : <f64>(power - 1));
    const gr = enclosure.re - zr;
    const gi = enclosure.im - zi;
    const gap = Math.sqrt(gr * gr + gi * gi);
    if (disc > 0) {
      if (gap + enclosure.radius < disc) {
        keepProof(kind, slot, cr, ci, zr, zi, disc, gap, period);
        return true;
      }
      part *= SMALLER;
    }
    // z + (f(z) - z) / (1 - f'(z))
    const er = 1 - enclosure.slopeRe;
    const ei = -enclosure.slopeIm;
    const scale = 1 / (er * er + ei * ei);
    const sr = (gr * er + gi * ei) * scale;
    const si = (gi * er - gr * ei) * scale;
    const moved = Math.abs(sr) + Math.abs(si);
    if (!(moved <= 2 * size) || (slope >= 1 && moved < CLOSED * size)) return false;
    zr += sr;
    zi += si;
    disc = slope < 1 && moved <= CLOSED * size ? part * (1 - slope) : 0;
  }
  return false;
}

/** Stores a disc of z that a period takes into itself for other points: a Julia set's, or with dc around its own. */
// prettier-ignore
function keepProof(kind: i32, slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, disc: f64, gap: f64, period: i64): void {
  const enclosure = slot.enclosure;
  if (slot.reference.julia) {
    const attractingDisc = slot.attractingDisc;
    attractingDisc.re = zr;
    attractingDisc.im = zi;
    attractingDisc.radius = disc;
    return;
  }
  // Most of what the disc of z permits for other dc; that has to be proved in turn.
  const rim = (RIM * (disc - gap - enclosure.radius)) / enclosure.reach;
  if (!(rim > slot.view.spacing) || !enclose(kind, slot, cr, ci, zr, zi, disc, rim, period)) return;
  if (gapTo(enclosure, zr, zi) + enclosure.radius < disc) addDisc(slot.discs, cr, ci, rim);
}
