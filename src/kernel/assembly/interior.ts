/**
 * Proofs that a point never escapes, exact ones: closed forms, discs that a cycle carries into themselves (ball
 * arithmetic), and what one proof says of the neighbours. "No" always means "not known".
 */

import { HOLOMORPHIC, powerImaginary, powerReal, stepImaginary, stepReal } from './formula';

/** A longer cycle is not tried on the neighbours; nor one that costs more to prove than iterating to the limit. */
const LONGEST_SEED: i64 = 256;
const SEED_SHARE: i64 = 32;
const LONGEST_PAUSE: i32 = 64;
/** A cycle that comes so near its start is taken for closed. */
const RETURNED: f64 = 1e-10;
/** A cycle that attracts more weakly leaves no room for other c. */
const WIDEST_SLOPE: f64 = 0.95;
/** Periods that `seekCycle` looks for. */
const LONGEST_SOUGHT: i64 = 2048;
/** Discs beyond this radius hold too much to prove anything. */
const WIDEST: f64 = 0.5;
/** More than one iteration can round off where |z| <= 2. */
const ROUNDING: f64 = 4e-15;

let step: i32;
let power: i32;
let julia: bool;
let limit: i64;
let done: i64;
/** Discs of c that are proved, and the next to be overwritten. */
let discs: usize;
let disc: i32;
/** Points until a wider proof is tried again, as with the seed. */
let discWait: i32;
let discPause: i32;
/** The point asked about before this one. */
let beforeRe: f64 = 0;
let beforeIm: f64 = 0;
/** The period last proved: neighbours mostly share it. It decides when a cycle is found, never whether. */
let guess: i64 = 0;
/** A point of the cycle last proved attracting, and its period: the start for the next point's cycle. */
let seedRe: f64 = 0;
let seedIm: f64 = 0;
let seedPeriod: i64 = 0;
/** The c that it belongs to, how it moves with c (0: not known), |(f^period)'| there, and how far off it was. */
let seedCRe: f64 = 0;
let seedCIm: f64 = 0;
let driftRe: f64 = 0;
let driftIm: f64 = 0;
let seedSlope: f64 = 1;
let seedGap: f64 = 0;
/** Points until the seed is tried again; doubles with every failure. */
let seedWait: i32 = 0;
let seedPause: i32 = 1;


export const DISCS_BYTES: usize = 3 << 7;
const DISC_IM: usize = 128;
const DISC_R2: usize = 256;
const DISCS: i32 = 16;

/** `discs_`: room for DISCS_BYTES. */
export function beginInterior(step_: i32, power_: i32, julia_: bool, limit_: i64, discs_: usize): void {
  step = step_;
  power = power_;
  julia = julia_;
  limit = limit_;
  done = 0;
  discs = discs_;
  disc = -1;
  discWait = 0;
  discPause = 1;
}

/** Iterations spent on proofs since the beginning. */
export function spentOnProofs(): i64 {
  return done;
}

/** The period last proved, 0: none. */
export function guessedPeriod(): i64 {
  return guess;
}

/** The two components whose boundary is known in closed form: |c| of period 1 and 2. */
@inline
export function inCardioidOrDisc(cr: f64, ci: f64): bool {
  const i2 = ci * ci;
  const x = cr - 0.25;
  const q = x * x + i2;
  if (q * (q + x) <= 0.25 * i2) return true;
  const y = cr + 1.0;
  return y * y + i2 <= 0.0625;
}

/**
 * A proof that z never escapes: a disc around z that `period` iterations carry into itself (ball arithmetic; Brouwer).
 * |f'| = power·|z|^(power-1) for all steps, since folding and conjugating keep distances or shrink them.
 * False proves nothing. gap2: squared distance of z to z `period` iterations ago.
 */
export function staysBounded(zr: f64, zi: f64, cr: f64, ci: f64, period: i64, gap2: f64): bool {
  const fold = step;
  const degree = power;
  let wr = zr;
  let wi = zi;
  let slope2 = 1.0;
  let shortest: i64 = 0;
  do {
    slope2 *= slopeSquared(degree, wr * wr + wi * wi);
    const t = stepReal(fold, degree, wr, wi, cr);
    wi = stepImaginary(fold, degree, wr, wi, ci);
    wr = t;
    shortest++;
    const dr = wr - zr;
    const di = wi - zi;
    const back2 = dr * dr + di * di;
    if (back2 <= gap2) {
      gap2 = back2;
      break;
    }
  } while (shortest < period);
  done += shortest;
  if (!(slope2 < 0.9998)) return false;
  const gap = Math.sqrt(gap2);
  const margin = 2 / (1 - Math.sqrt(slope2));
  let radius = gap * margin + 1e-13;
  // The second round leaves room for the rounding errors that the first one met.
  for (let round = 0; round < 2; round++) {
    const r = strays(zr, zi, cr, ci, shortest, radius, 0);
    if (gap + r <= radius) {
      guess = shortest;
      return true;
    }
    radius = (gap + r) * margin;
    if (!(radius < 0.01)) break;
  }
  // Too far from the cycle yet to see that it attracts.
  return fold == HOLOMORPHIC && !julia && newton(zr, zi, cr, ci, shortest, 6, false);
}

/** Keeps the cycle just proved by `staysBounded` at z. */
export function plantHere(zr: f64, zi: f64, cr: f64, ci: f64): void {
  plant(zr, zi, cr, ci, guess, 1, false);
}

/** Newton's method from z, with the period last proved. */
export function sharesPeriod(zr: f64, zi: f64, cr: f64, ci: f64, ran: i64): bool {
  return guess > 0 && guess * SEED_SHARE <= ran && newton(zr, zi, cr, ci, guess, 6, false);
}

/** Where `strays` ended. */
let endRe: f64 = 0;
let endIm: f64 = 0;

/**
 * The radius of a disc that holds the image, after `period` iterations, of the disc of radius r around z, for all c in
 * the disc of radius `reach`; Infinity: it grew beyond WIDEST, and was given up.
 */
function strays(wr: f64, wi: f64, cr: f64, ci: f64, period: i64, r: f64, reach: f64): f64 {
  const fold = step;
  const degree = power;
  const margin = reach + ROUNDING;
  for (let k: i64 = 0; k < period && r <= WIDEST; k++) {
    r = spread(degree, Math.sqrt(wr * wr + wi * wi), r) + margin;
    const t = stepReal(fold, degree, wr, wi, cr);
    wi = stepImaginary(fold, degree, wr, wi, ci);
    wr = t;
  }
  done += period;
  endRe = wr;
  endIm = wi;
  return r <= WIDEST ? r : Infinity;
}

/** Keeps a point of an attracting cycle of c for the neighbours. `moved`: it is the seed, moved along from its c. */
function plant(zr: f64, zi: f64, cr: f64, ci: f64, period: i64, slope: f64, moved: bool): void {
  if (period > min(LONGEST_SEED, limit / SEED_SHARE)) return;
  driftRe = 0;
  driftIm = 0;
  if (moved) {
    const dr = cr - seedCRe;
    const di = ci - seedCIm;
    const d2 = dr * dr + di * di;
    if (d2 > 0) {
      const er = zr - seedRe;
      const ei = zi - seedIm;
      driftRe = (er * dr + ei * di) / d2;
      driftIm = (ei * dr - er * di) / d2;
    }
  }
  seedRe = zr;
  seedIm = zi;
  seedCRe = cr;
  seedCIm = ci;
  seedPeriod = period;
  seedSlope = slope;
  seedPause = 1;
  seedWait = 0;
  if (slope >= WIDEST_SLOPE || discWait-- > 0) return;
  const dr = cr - beforeRe;
  const di = ci - beforeIm;
  if (widen(dr * dr + di * di)) {
    discPause = 1;
    discWait = 0;
  } else {
    discWait = discPause;
    discPause = min(discPause * 2, LONGEST_PAUSE);
  }
}

/**
 * Proves a whole disc of c around the seed's: one disc of z that every such f^period carries into itself. To second
 * order an image strays by s·r + b·r^2 + a·|dc|; most of what the best r leaves for dc is claimed, and proved. Near the
 * critical point of a power above 2 b vanishes, and every r would do: the widest is taken.
 * spacing2: squared distance of the point before; a disc that hardly reaches it is no use.
 */
function widen(spacing2: f64): bool {
  const degree = power;
  let wr = seedRe;
  let wi = seedIm;
  let s: f64 = 1;
  let a: f64 = 0;
  let b: f64 = 0;
  for (let k: i64 = 0; k < seedPeriod; k++) {
    const mag2 = wr * wr + wi * wi;
    const slope = Math.sqrt(slopeSquared(degree, mag2));
    b = b * slope + s * s * bend(degree, mag2);
    a = a * slope + 1;
    s = s * slope;
    const t = stepReal(HOLOMORPHIC, degree, wr, wi, seedCRe);
    wi = stepImaginary(HOLOMORPHIC, degree, wr, wi, seedCIm);
    wr = t;
  }
  done += seedPeriod;
  const room = 1 - s;
  const radius = min(room / (2 * b), WIDEST);
  const reach = (0.8 * radius * (room - b * radius)) / a;
  if (!(room > 0) || !(reach * reach > 2 * spacing2)) return false;
  const r = strays(seedRe, seedIm, seedCRe, seedCIm, seedPeriod, radius, reach);
  const gapR = endRe - seedRe;
  const gapI = endIm - seedIm;
  if (!(Math.sqrt(gapR * gapR + gapI * gapI) + r <= radius)) return false;
  if (disc < 0) {
    for (let k = 0; k < DISCS; k++) store<f64>(discs + (<usize>k << 3), -1.0, DISC_R2);
  }
  disc = (disc + 1) & (DISCS - 1);
  const at = discs + (<usize>disc << 3);
  store<f64>(at, seedCRe);
  store<f64>(at, seedCIm, DISC_IM);
  store<f64>(at, reach * reach * 0.999999, DISC_R2);
  return true;
}

/** Whether c lies in a disc that `widen` proved. */
@inline
function inProvedDisc(cr: f64, ci: f64): bool {
  if (disc < 0) return false;
  const r = f64x2.splat(cr);
  const i = f64x2.splat(ci);
  let inside = i64x2.splat(0);
  for (let k: usize = 0; k < 128; k += 16) {
    const dr = f64x2.sub(r, v128.load(discs + k));
    const di = f64x2.sub(i, v128.load(discs + k, DISC_IM));
    const distance2 = f64x2.add(f64x2.mul(dr, dr), f64x2.mul(di, di));
    inside = v128.or(inside, f64x2.le(distance2, v128.load(discs + k, DISC_R2)));
  }
  return v128.any_true(inside);
}

/**
 * Whether the cycle of an earlier point, moved along with c, proves this c bounded at once: by its drift (the cycle is
 * an analytic function of c) and one proof, or else by Newton's method.
 */
export function sharesCycle(cr: f64, ci: f64): bool {
  const shared = seedPeriod != 0 && (inProvedDisc(cr, ci) || movesAlong(cr, ci));
  beforeRe = cr;
  beforeIm = ci;
  return shared;
}

function movesAlong(cr: f64, ci: f64): bool {
  if (seedWait-- > 0) return false;
  const dr = cr - seedCRe;
  const di = ci - seedCIm;
  const wr = seedRe + driftRe * dr - driftIm * di;
  const wi = seedIm + driftRe * di + driftIm * dr;
  if (seedSlope < 0.98) {
    const radius = (4 * seedGap + 1e-12) / (1 - seedSlope);
    const r = strays(wr, wi, cr, ci, seedPeriod, radius, 0);
    const backR = endRe - wr;
    const backI = endIm - wi;
    const gap = Math.sqrt(backR * backR + backI * backI);
    const proved = gap + r <= radius;
    // Kept within bounds: a guess, from which the next radius is made.
    seedGap = min(gap, 1e-6);
    if (proved) {
      plant(endRe, endIm, cr, ci, seedPeriod, r / radius, true);
      return true;
    }
  }
  if (newton(wr, wi, cr, ci, seedPeriod, 5, true)) return true;
  seedWait = seedPause;
  seedPause = min(seedPause * 2, LONGEST_PAUSE);
  return false;
}

/**
 * Where z creeps towards its cycle: finds the cycle by Newton's method on f^period(w) = w and proves it attracting.
 * z^d + c has one critical point, 0, and an attracting cycle attracts it (Fatou): then the orbit of 0 is bounded.
 */
export function seekCycle(zr: f64, zi: f64, cr: f64, ci: f64, ran: i64): bool {
  const longest = min(ran, LONGEST_SOUGHT);
  // The shortest return to z that no later one beats by more than a factor of 3.
  const degree = power;
  let wr = zr;
  let wi = zi;
  let period: i64 = 0;
  let nearest2: f64 = 1;
  for (let k: i64 = 1; k <= longest; k++) {
    const t = stepReal(HOLOMORPHIC, degree, wr, wi, cr);
    wi = stepImaginary(HOLOMORPHIC, degree, wr, wi, ci);
    wr = t;
    const dr = wr - zr;
    const di = wi - zi;
    const distance2 = dr * dr + di * di;
    if (distance2 * 9 < nearest2) {
      nearest2 = distance2;
      period = k;
    }
  }
  done += longest;
  return period != 0 && period != guess && newton(zr, zi, cr, ci, period, 16, false);
}

function newton(wr: f64, wi: f64, cr: f64, ci: f64, period: i64, rounds: i32, moved: bool): bool {
  const degree = power;
  for (let round = 0; round < rounds; round++) {
    // v = f^period(w) and its derivative d.
    let vr = wr;
    let vi = wi;
    let dr = 1.0;
    let di = 0.0;
    for (let k: i64 = 0; k < period; k++) {
      let sr = vr;
      let si = vi;
      if (degree != 2) {
        sr = powerReal(HOLOMORPHIC, degree - 1, vr, vi);
        si = powerImaginary(HOLOMORPHIC, degree - 1, vr, vi);
      }
      const d = (dr * sr - di * si) * <f64>degree;
      di = (dr * si + di * sr) * <f64>degree;
      dr = d;
      const t = stepReal(HOLOMORPHIC, degree, vr, vi, cr);
      vi = stepImaginary(HOLOMORPHIC, degree, vr, vi, ci);
      vr = t;
    }
    done += period;
    const er = vr - wr;
    const ei = vi - wi;
    const slope2 = dr * dr + di * di;
    dr -= 1;
    const d2 = dr * dr + di * di;
    const deltaR = (er * dr + ei * di) / d2;
    const deltaI = (ei * dr - er * di) / d2;
    const size2 = deltaR * deltaR + deltaI * deltaI;
    if (!(size2 < 0.25)) return false;
    wr -= deltaR;
    wi -= deltaI;
    if (size2 < 1e-10) {
      // The next error is quadratic in this one, so a tenth of it is room enough.
      const slope = Math.sqrt(slope2);
      if (!(slope < 0.9999)) return false;
      const radius = (0.2 * Math.sqrt(size2) + 1e-12) / (1 - slope);
      const r = strays(wr, wi, cr, ci, period, radius, 0);
      const backR = endRe - wr;
      const backI = endIm - wi;
      if (Math.sqrt(backR * backR + backI * backI) + r <= radius) {
        plantShortest(wr, wi, cr, ci, period, moved);
        return true;
      }
    }
  }
  return false;
}

/** Plants a cycle of which `period` may be a multiple of the period. */
function plantShortest(zr: f64, zi: f64, cr: f64, ci: f64, period: i64, moved: bool): void {
  const degree = power;
  let wr = zr;
  let wi = zi;
  let slope2: f64 = 1;
  let k: i64 = 0;
  do {
    slope2 *= slopeSquared(degree, wr * wr + wi * wi);
    const t = stepReal(HOLOMORPHIC, degree, wr, wi, cr);
    wi = stepImaginary(HOLOMORPHIC, degree, wr, wi, ci);
    wr = t;
    k++;
  } while (k < period && (Math.abs(wr - zr) > RETURNED || Math.abs(wi - zi) > RETURNED));
  done += k;
  plant(zr, zi, cr, ci, k, Math.sqrt(slope2), moved);
}

/** |(w^degree)'|^2, |w|^2 given. */
@inline
function slopeSquared(degree: i32, mag2: f64): f64 {
  let slope2 = <f64>(degree * degree) * mag2;
  for (let k = 2; k < degree; k++) slope2 *= mag2;
  return slope2;
}

/** Half of |(w^degree)''|, |w|^2 given. */
@inline
function bend(degree: i32, mag2: f64): f64 {
  if (degree == 2) return 1;
  const size = Math.sqrt(mag2);
  let value = <f64>(degree * (degree - 1)) * 0.5;
  for (let k = 2; k < degree; k++) value *= size;
  return value;
}

/** How far z^n may stray when z, |z| = size, strays by r: (a^n - b^n) <= n·a^(n-1)·(a - b), exact for n = 2. */
@inline
function spread(degree: i32, size: f64, r: f64): f64 {
  if (degree == 2) return r * (2 * size + r);
  let slope = <f64>degree;
  for (let k = 1; k < degree; k++) slope *= size + r;
  return r * slope;
}
