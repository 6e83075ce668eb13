/**
 * Proofs that a point never escapes, as in ../interior.ts: a disc around z that one period carries into itself. The mark
 * is the smallest z of a window of iterations, each twice as long as the one before (Brent): when z comes near it again,
 * and errors have not grown meanwhile, the iterations between may be a period. "No" always means "not known".
 */

import { allow, carry, endIm, endRe, radius, reach, slope, slopeIm, slopeRe, spendAnew, spent } from './carry';
import { end, FOLDED, fold, julia, orbit, power, proving, rebase, spacing } from './orbit';

/** How near the mark z must come back, in parts of it: for Newton's method, and where there is none. */
const NEAR: f64 = 0.5;
const NEARER: f64 = 0.00390625; // 2^-8
/** Or how small z must be, |z|^2 in parts of the mark's: 0 itself may be in the cycle. */
const PLUNGE2: f64 = 0.0625;
/** What errors may have grown to since the mark: around a cycle that attracts they do not grow. */
const MOST_GROWTH: f64 = 1.5;
/** |mark|^2 at most, in parts of the smallest |z|^2: by the critical point a period contracts before it expands. */
const FARTHEST2: f64 = 16;
/** What proofs may take: one of so many steps. */
const SHARE: i64 = 4;
/** The smallest disc that is tried, in parts of z. */
const LEAST_DISC: f64 = 1.4901161193847656e-8; // 2^-26
/**
 * Newton's method: steps at most, and the step after which a disc is tried; its radius, in parts of where a·z^p + b, whose
 * slope was seen at some z, contracts no longer (p > 2: of less); and the rim of dc, in parts of what the disc leaves.
 */
const MOST_NEWTON: i32 = 8;
const CLOSED: f64 = 1e-3;
const DISC: f64 = 0.75;
const SMALLER: f64 = 0.125;
const RIM: f64 = 0.75;
/** The first window of iterations. */
const FIRST_WINDOW: i64 = 16;

/** The smallest z of the window so far, and |z|^2, n and the growth of errors there. */
let markRe: f64 = 0;
let markIm: f64 = 0;
let mark2: f64 = 0;
let marked: i64 = 0;
let markGrowth: f64 = 0;
/** How near z came to the mark since. */
let nearest: f64 = 0;
/** The smallest |z|^2 of all. */
let least2: f64 = 0;
/** Where the next window begins. */
let turn: i64 = 0;
/** Steps when the mark was set. */
let markTaken: i64 = 0;
/** |z|^2 below which a z is worth a look. */
export let watch: f64 = 0;

/** A disc that a period of a Julia set's only attracting cycle carries into itself; 0: none is known. */
let trapRe: f64 = 0;
let trapIm: f64 = 0;
let trap: f64 = 0;
/** |z|^2 below which a z may be in it. */
let trapReach: f64 = 0;

/** Discs of dc of whose points it is known that they stay: re, im, radius; the last ones of a ring. */
const KNOWN: i32 = 32;

let knownAt: usize = 0;
let known: i32 = 0;

/** at: room for the discs of this instance, whose orbit is set. */
export function setKnown(at: usize): void {
  knownAt = at;
  known = 0;
}

/** Forgets the point before. */
@inline
export function forgetMarks(): void {
  restart(!proving ? 0 : julia && fold == 0 ? trapReach : Infinity);
}

@inline
function restart(watch_: f64): void {
  watch = watch_;
  turn = 0;
  least2 = Infinity;
  spendAnew();
}

let keptRe: f64 = 0;
let keptIm: f64 = 0;
let kept2: f64 = 0;
let keptN: i64 = 0;
let keptGrowth: f64 = 0;
let keptNearest: f64 = 0;
let keptLeast2: f64 = 0;
let keptTurn: i64 = 0;
let keptTaken: i64 = 0;
let keptWatch: f64 = 0;

/** Keeps what was seen so far, for the points that go on from here. taken: steps until now, which are none of theirs. */
export function keepMarks(taken: i64): void {
  keptRe = markRe;
  keptIm = markIm;
  kept2 = mark2;
  keptN = marked;
  keptGrowth = markGrowth;
  keptNearest = nearest;
  keptLeast2 = least2;
  keptTurn = turn;
  keptTaken = markTaken - taken;
  keptWatch = watch;
}

/** As it was when marks were kept. ratio: of this point's growth to that seen then. */
export function recallMarks(ratio: f64): void {
  markRe = keptRe;
  markIm = keptIm;
  mark2 = kept2;
  marked = keptN;
  markGrowth = keptGrowth * ratio;
  nearest = keptNearest;
  least2 = keptLeast2;
  turn = keptTurn;
  markTaken = keptTaken;
  watch = keptWatch;
  spendAnew();
}

/** Whether dc is known to stay. */
export function isKnown(cr: f64, ci: f64): bool {
  for (let k = 0, count = min(known, KNOWN); k < count; k++) {
    const at = knownAt + <usize>k * 24;
    const x = cr - load<f64>(at);
    const y = ci - load<f64>(at, 8);
    const r = load<f64>(at, 16);
    if (x * x + y * y < r * r) return true;
  }
  return false;
}

/**
 * Seeks a Julia set's attracting cycle, which attracts the orbit of 0 (Fatou). Before any point is looked at, since what
 * is known of one must not depend on those before.
 */
export function findTrap(kind: i32, levels: usize, first: i32, depth: i32): void {
  rebase();
  restart(Infinity);
  let g: f64 = 1;
  for (let m = 1; m <= end && trap == 0; m++) {
    const zr = load<f64>(orbit + (<usize>m << 4));
    const zi = load<f64>(orbit + (<usize>m << 4), 8);
    const squared = zr * zr + zi * zi;
    if (squared > 4) return;
    if (squared <= watch) closes(kind, 0, 0, zr, zi, m, m, g, levels, first, depth);
    g *= <f64>power;
    for (let k = 1; k < power; k++) g *= Math.sqrt(squared);
  }
  const farthest = Math.sqrt(trapRe * trapRe + trapIm * trapIm) + trap;
  trapReach = farthest * farthest;
}

/** Whether z = zr + i·zi, the n-th iterate, after so many steps, is proved to stay for ever. g: what errors have grown to. */
// prettier-ignore
export function settles(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, n: i64, taken: i64, g: f64, levels: usize, first: i32, depth: i32): bool {
  if (kind != FOLDED && julia) return isTrapped(zr, zi);
  return closes(kind, cr, ci, zr, zi, n, taken, g, levels, first, depth);
}

// prettier-ignore
function closes(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, n: i64, taken: i64, g: f64, levels: usize, first: i32, depth: i32): bool {
  const squared = zr * zr + zi * zi;
  least2 = min(least2, squared);
  if (n >= turn) {
    turn = max(2 * n, FIRST_WINDOW);
    mark(kind, zr, zi, squared, n, taken, g);
    return false;
  }
  const gap = Math.abs(zr - markRe) + Math.abs(zi - markIm);
  const period = n - marked;
  // The way back to the mark took this; a proof goes it again.
  const steps = taken - markTaken;
  if ((gap < nearest || squared <= PLUNGE2 * mark2) && g <= MOST_GROWTH * markGrowth && mark2 <= FARTHEST2 * least2 && (spent + steps) * SHARE <= taken) {
    allow(2 * steps + 16);
    nearest = gap;
    if (kind == FOLDED ? returns(kind, cr, ci, zr, zi, period, levels, first, depth) : seeks(kind, cr, ci, zr, zi, period, levels, first, depth)) return true;
  }
  if (squared < mark2) mark(kind, zr, zi, squared, n, taken, g);
  return false;
}

function mark(kind: i32, zr: f64, zi: f64, squared: f64, n: i64, taken: i64, g: f64): void {
  markRe = zr;
  markIm = zi;
  mark2 = squared;
  marked = n;
  markTaken = taken;
  markGrowth = g;
  nearest = (kind == FOLDED ? NEARER : NEAR) * (Math.abs(zr) + Math.abs(zi));
  watch = 4 * squared;
}

function isTrapped(zr: f64, zi: f64): bool {
  const x = zr - trapRe;
  const y = zi - trapIm;
  return x * x + y * y < trap * trap;
}

// prettier-ignore
function returns(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  if (!carry(kind, cr, ci, zr, zi, 0, 0, period, levels, first, depth) || !(slope < 0.99)) return false;
  const gap = Math.sqrt((endRe - zr) * (endRe - zr) + (endIm - zi) * (endIm - zi));
  const disc = max((2 * gap) / (1 - slope), LEAST_DISC * (Math.abs(zr) + Math.abs(zi)));
  return carry(kind, cr, ci, zr, zi, disc, 0, period, levels, first, depth) && gap + radius <= disc;
}

/**
 * Finds the cycle that z creeps towards, by Newton's method on f^period(w) = w, and proves it attracting, by a disc
 * around w that a period carries into itself: an attracting cycle of z^d + c attracts the critical orbit (Fatou), which
 * is then bounded. Of a Julia set the disc is kept: whoever enters it stays.
 */
// prettier-ignore
function seeks(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, period: i64, levels: usize, first: i32, depth: i32): bool {
  const size = Math.sqrt(zr * zr + zi * zi);
  let disc: f64 = 0;
  let part: f64 = 0;
  for (let k = 0; k < MOST_NEWTON; k++) {
    if (!carry(kind, cr, ci, zr, zi, disc, 0, period, levels, first, depth)) {
      if (disc == 0) return false;
      disc *= SMALLER;
      part *= SMALLER;
      continue;
    }
    if (!(slope < MOST_GROWTH)) return false;
    // A cycle through 0 itself has no slope.
    if (k == 0) part = slope == 0 ? DISC : (DISC * size) / (power == 2 ? slope : <f64>(power - 1));
    const gr = endRe - zr;
    const gi = endIm - zi;
    const gap = Math.sqrt(gr * gr + gi * gi);
    if (disc > 0) {
      if (gap + radius < disc) {
        if (julia) {
          trapRe = zr;
          trapIm = zi;
          trap = disc;
        } else widen(kind, cr, ci, zr, zi, disc, (RIM * (disc - gap - radius)) / reach, period, levels, first, depth);
        return true;
      }
      part *= SMALLER;
    }
    // z + (f(z) - z) / (1 - f'(z))
    const er = 1 - slopeRe;
    const ei = -slopeIm;
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

/** Remembers the disc of dc around a proved one for which the same disc of z is carried into itself, too. */
// prettier-ignore
function widen(kind: i32, cr: f64, ci: f64, zr: f64, zi: f64, disc: f64, rim: f64, period: i64, levels: usize, first: i32, depth: i32): void {
  if (!(rim > spacing) || !carry(kind, cr, ci, zr, zi, disc, rim, period, levels, first, depth)) return;
  const gap = Math.sqrt((endRe - zr) * (endRe - zr) + (endIm - zi) * (endIm - zi));
  if (!(gap + radius < disc)) return;
  const at = knownAt + <usize>(known++ % KNOWN) * 24;
  store<f64>(at, cr);
  store<f64>(at, ci, 8);
  store<f64>(at, rim, 16);
}
