/**
 * Eight points in flight: their state in memory, one array of 8 doubles per field, and what happens to a single lane
 * when the SIMD loop stops: it escaped, reached the limit, may have fallen into a cycle, or is due a new cycle mark.
 *
 * Iterations are counted by the loop as a whole (`now`); a lane remembers when it started.
 */

import {
  AT_C_IM,
  AT_C_RE,
  AT_COUNT,
  AT_IM,
  AT_MAG2,
  AT_POINT,
  AT_RE,
  follow,
  TRAY_BYTES,
} from './follow';
import { BURNING_SHIP, HOLOMORPHIC, stepImaginary, stepReal, TRICORN } from './formula';
import {
  beginInterior,
  DISCS_BYTES,
  guessedPeriod,
  inCardioidOrDisc,
  plantHere,
  seekCycle,
  sharesCycle,
  sharesPeriod,
  spentOnProofs,
  staysBounded,
} from './interior';
import { log2, log2Pair, toDouble } from './log2';

export const LANES: i32 = 8;

// Fields: byte offsets of arrays of 8 doubles (or 8 i64) from the pointer `lanes`.
export const Z_RE: usize = 0; // z after the block
export const Z_IM: usize = 64;
export const START_RE: usize = 128; // z before the block
export const START_IM: usize = 192;
export const C_RE: usize = 256;
export const C_IM: usize = 320;
export const MARK_RE: usize = 384; // an earlier z that a cycle would come back to
export const MARK_IM: usize = 448;
export const NEAR: usize = 512; // squared distance to the mark that is worth a proof; negative: never
export const BOUND: usize = 576; // the squared bailout, twice
const BEGUN: usize = 640; // i64: `now` at which the lane's count was 0
const MARKED: usize = 704; // i64: `now` at the mark
const DUE: usize = 768; // i64: `now` at which the mark moves or the limit is reached; NEVER for an idle lane
const POINT: usize = 832; // i64: index of the point
/** Behind the lanes: points not yet in one, points that have left theirs, discs of points that need none. */
const READY: usize = 896;
const ESCAPED: usize = READY + TRAY_BYTES;
const DISCS_AT: usize = ESCAPED + TRAY_BYTES;
export const LANES_BYTES: usize = DISCS_AT + DISCS_BYTES;

/** Iterations between two looks at the lanes: a power of 2. */
export const BLOCK: i64 = 16;

const NEVER: i64 = i64.MAX_VALUE;
/** Iterations before the first mark; each later mark lies twice as far from the start (Brent). */
const FIRST_MARK: i64 = 256;
/** Squared distance to the mark that is first worth a proof. */
const FIRST_NEAR: f64 = 1e-12;
/** Iterations after which the guessed period is tried by Newton's method, at every new mark. */
const FIRST_GUESS: i64 = 1024;
/** Iterations that points are followed for before they get a lane, and points without it when none of eight ended. */
const TRIAL: i32 = 16;
const LONGEST_REST: i32 = 256;

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
export const BEYOND: i64 = 200;

/** The job of one call, in globals of the module's instance: one thread each. */
let step: i32;
let power: i32;
let julia: bool;
let whole: bool;
let prove: bool;
let shortcuts: bool;
let cycles: bool;
let limit: i64;
let bailout2: f64;
let juliaRe: f64;
let juliaIm: f64;
let re: usize;
let im: usize;
let nu: usize;
let base: usize;
let count: i32;
let next: i32;
let done: i64;
let perLog2: f64;
/** Whether points are followed on trays: only z^2. */
let trays: bool;
/** A bit for every point of the tray READY that wants a lane, points on the tray ESCAPED, points without a trial. */
let ready: i32;
let escaped: i32;
let rest: i32;
let longerRest: i32;

// prettier-ignore
export function begin(step_: i32, power_: i32, flags: i32, limit_: i64, bailout2_: f64, juliaRe_: f64, juliaIm_: f64,
  count_: i32, re_: usize, im_: usize, nu_: usize, lanes: usize): void {
  step = step_;
  power = power_;
  julia = (flags & 1) != 0;
  whole = (flags & 2) != 0;
  prove = (flags & 4) != 0;
  shortcuts = prove && !julia && step_ == 0 && power_ == 2;
  cycles = prove && !julia && step_ == 0;
  limit = limit_;
  bailout2 = bailout2_;
  juliaRe = juliaRe_;
  juliaIm = juliaIm_;
  count = count_;
  re = re_;
  im = im_;
  nu = nu_;
  base = lanes;
  next = 0;
  done = 0;
  perLog2 = 1.0 / log2(<f64>power_);
  trays = power_ == 2 && limit_ >= 2 * TRIAL;
  ready = 0;
  escaped = 0;
  rest = 0;
  longerRest = 8;
  beginInterior(step_, power_, julia, limit_, lanes + DISCS_AT);
}

/** Iterations executed since `begin`. */
export function executed(): i64 {
  return done + spentOnProofs();
}

/** Gives every lane its first point; returns the `now` of the next event, or -1 when there is nothing to do. */
export function fillAll(lanes: usize): i64 {
  for (let lane = 0; lane < LANES; lane++) fill(lanes + (<usize>lane << 3), 0);
  return serve(lanes, 0, 0);
}

/**
 * Looks at the lanes of `attention` (a bit each) and at those that are due, after a block that ended at `now`.
 * Returns as `fillAll` does.
 */
export function serve(lanes: usize, now: i64, attention: i32): i64 {
  for (; attention != 0; attention &= attention - 1) look(lanes + (<usize>ctz(attention) << 3), now);
  let event = NEVER;
  for (let lane = 0; lane < LANES; lane++) {
    const at = lanes + (<usize>lane << 3);
    if (load<i64>(at, DUE) <= now) look(at, now);
    event = min(event, load<i64>(at, DUE));
  }
  if (event == NEVER) finishEscaped();
  return event == NEVER ? -1 : event;
}

/** One lane: finished, proved bounded, given a new mark, or left alone. */
function look(at: usize, now: i64): void {
  const zr = load<f64>(at, Z_RE);
  const zi = load<f64>(at, Z_IM);
  const ran = now - load<i64>(at, BEGUN);
  const mag2 = zr * zr + zi * zi;
  if (!(mag2 <= bailout2) || ran >= limit) {
    if (ran == limit && mag2 <= 4) stays(at, ran);
    else escape(at, ran - BLOCK);
    fill(at, now);
    return;
  }
  const dr = zr - load<f64>(at, MARK_RE);
  const di = zi - load<f64>(at, MARK_IM);
  const distance2 = dr * dr + di * di;
  const cr = load<f64>(at, C_RE);
  const ci = load<f64>(at, C_IM);
  const due = now >= load<i64>(at, DUE);
  let bounded = false;
  if (distance2 <= load<f64>(at, NEAR)) {
    bounded = staysBounded(zr, zi, cr, ci, now - load<i64>(at, MARKED), distance2);
    store<f64>(at, distance2 * 0.00390625, NEAR);
  }
  if (bounded && cycles) plantHere(zr, zi, cr, ci);
  if (!bounded && due && cycles) {
    if (ran >= FIRST_GUESS) bounded = sharesPeriod(zr, zi, cr, ci, ran);
    if (!bounded && isSeekTime(ran)) bounded = seekCycle(zr, zi, cr, ci, ran);
  }
  if (bounded) {
    stays(at, ran);
    fill(at, now);
  } else if (due) mark(at, now, ran);
}

/** A lane whose point never escapes, or not within the limit. */
@inline
function stays(at: usize, ran: i64): void {
  done += ran;
  store<f64>(nu + (<usize>load<i64>(at, POINT) << 3), Infinity);
}

/** At 2^16, 2^20, 2^24, … iterations: a search costs about as much as 100,000 of them. */
@inline
function isSeekTime(ran: i64): bool {
  return ran >= 65536 && (ran & (ran - 1)) == 0 && (ctz(ran) & 3) == 0;
}

/**
 * Sets the mark to this z, or to one a few iterations ago: such that the guessed period, counted from the mark, ends
 * with a block, where the loop looks. Every other mark makes no guess.
 */
function mark(at: usize, now: i64, ran: i64): void {
  const guessed = (load<i64>(at, MARKED) & (BLOCK - 1)) != 0;
  let back = guessed ? 0 : guessedPeriod() & (BLOCK - 1);
  let zr = load<f64>(at, Z_RE);
  let zi = load<f64>(at, Z_IM);
  if (back != 0) {
    zr = load<f64>(at, START_RE);
    zi = load<f64>(at, START_IM);
    const cr = load<f64>(at, C_RE);
    const ci = load<f64>(at, C_IM);
    for (let k = back; k < BLOCK; k++) {
      const t = stepReal(step, power, zr, zi, cr);
      zi = stepImaginary(step, power, zr, zi, ci);
      zr = t;
    }
  }
  store<f64>(at, zr, MARK_RE);
  store<f64>(at, zi, MARK_IM);
  store<i64>(at, now - back, MARKED);
  store<i64>(at, now + min(ran, limit - ran), DUE);
}

/** Takes the next point that needs iterating. */
function fill(at: usize, now: i64): void {
  if (ready == 0 && !gather()) {
    store<i64>(at, NEVER, DUE);
    store<f64>(at, 0, Z_RE);
    store<f64>(at, 0, Z_IM);
    store<f64>(at, 0, C_RE);
    store<f64>(at, 0, C_IM);
    store<f64>(at, 0, MARK_RE);
    store<f64>(at, 0, MARK_IM);
    store<f64>(at, -1.0, NEAR);
    return;
  }
  const from = base + READY + (<usize>ctz(ready) << 3);
  ready &= ready - 1;
  const zr = load<f64>(from, AT_RE);
  const zi = load<f64>(from, AT_IM);
  const ran = load<i64>(from, AT_COUNT);
  store<i64>(at, load<i64>(from, AT_POINT), POINT);
  store<f64>(at, load<f64>(from, AT_C_RE), C_RE);
  store<f64>(at, load<f64>(from, AT_C_IM), C_IM);
  store<f64>(at, zr, Z_RE);
  store<f64>(at, zi, Z_IM);
  store<f64>(at, zr, MARK_RE);
  store<f64>(at, zi, MARK_IM);
  store<f64>(at, prove ? FIRST_NEAR : -1.0, NEAR);
  store<i64>(at, now - ran, BEGUN);
  store<i64>(at, now, MARKED);
  store<i64>(at, now - ran + (prove ? min(FIRST_MARK, limit) : limit), DUE);
}

/** Puts up to eight points on the tray READY that need a lane, as a trial run has shown; false when there are none. */
function gather(): bool {
  const tray = base + READY;
  do {
    let n = 0;
    for (; n < LANES && next < count; next++) {
      if (place(next, tray + (<usize>n << 3))) n++;
    }
    if (n == 0) return false;
    ready = (1 << n) - 1;
    if (trays && (rest -= n) < 0) {
      const going = run8(tray, TRIAL) & ready;
      finish(tray, ready ^ going);
      longerRest = going == ready ? min(longerRest << 1, LONGEST_REST) : 8;
      rest = going == ready ? longerRest : 0;
      ready = going;
    }
  } while (ready == 0);
  return true;
}

/** Puts a point on a tray, unless its answer is known at once. */
@inline
function place(point: i32, at: usize): bool {
  const pr = load<f64>(re + (<usize>point << 3));
  const pi = load<f64>(im + (<usize>point << 3));
  if ((shortcuts && inCardioidOrDisc(pr, pi)) || (cycles && sharesCycle(pr, pi))) {
    store<f64>(nu + (<usize>point << 3), Infinity);
    return false;
  }
  const zr = julia ? pr : 0.0;
  const zi = julia ? pi : 0.0;
  const cr = julia ? juliaRe : pr;
  const ci = julia ? juliaIm : pi;
  if (!(zr * zr + zi * zi <= bailout2) || limit < 1) {
    settle(point, 0, zr, zi, cr, ci);
    return false;
  }
  store<f64>(at, zr, AT_RE);
  store<f64>(at, zi, AT_IM);
  store<f64>(at, cr, AT_C_RE);
  store<f64>(at, ci, AT_C_IM);
  store<i64>(at, 0, AT_COUNT);
  store<i64>(at, point, AT_POINT);
  return true;
}

/** A lane whose point escaped within the last block: finished at once, or together with seven others. */
function escape(at: usize, m: i64): void {
  const point = <i32>load<i64>(at, POINT);
  const zr = load<f64>(at, START_RE);
  const zi = load<f64>(at, START_IM);
  const cr = load<f64>(at, C_RE);
  const ci = load<f64>(at, C_IM);
  if (!trays || m + BLOCK >= limit) {
    settle(point, m, zr, zi, cr, ci);
    return;
  }
  const to = base + ESCAPED + (<usize>escaped << 3);
  store<f64>(to, zr, AT_RE);
  store<f64>(to, zi, AT_IM);
  store<f64>(to, cr, AT_C_RE);
  store<f64>(to, ci, AT_C_IM);
  store<i64>(to, m, AT_COUNT);
  store<i64>(to, point, AT_POINT);
  if (++escaped == LANES) finishEscaped();
}

/** Finishes the points of the tray ESCAPED. */
function finishEscaped(): void {
  if (escaped == 0) return;
  const tray = base + ESCAPED;
  run8(tray, <i32>BLOCK);
  finish(tray, (1 << escaped) - 1);
  escaped = 0;
}

function run8(tray: usize, iterations: i32): i32 {
  if (step == HOLOMORPHIC) return follow(HOLOMORPHIC, tray, iterations, bailout2);
  if (step == BURNING_SHIP) return follow(BURNING_SHIP, tray, iterations, bailout2);
  return follow(TRICORN, tray, iterations, bailout2);
}

/** Writes nu of the points of a tray that have passed the bailout, two at a time. */
function finish(tray: usize, lanes: i32): void {
  for (let pair: usize = 0; lanes != 0; pair += 16, lanes >>= 2) {
    if ((lanes & 3) == 0) continue;
    const at = tray + pair;
    let value = toDouble(v128.load(at, AT_COUNT));
    if (!whole) {
      const log = log2Pair(f64x2.mul(f64x2.splat(0.5), log2Pair(v128.load(at, AT_MAG2))));
      value = f64x2.sub(value, f64x2.mul(log, f64x2.splat(perLog2)));
    }
    if ((lanes & 1) != 0) {
      store<f64>(nu + (<usize>load<i64>(at, AT_POINT) << 3), f64x2.extract_lane(value, 0));
      done += load<i64>(at, AT_COUNT);
    }
    if ((lanes & 2) != 0) {
      store<f64>(nu + (<usize>load<i64>(at + 8, AT_POINT) << 3), f64x2.extract_lane(value, 1));
      done += load<i64>(at + 8, AT_COUNT);
    }
  }
}

/** Finishes a point exactly, one iteration at a time, from z_m: writes its nu. */
function settle(point: i32, m: i64, zr: f64, zi: f64, cr: f64, ci: f64): void {
  let mag2 = zr * zr + zi * zi;
  // Up to the limit every z counts; a z_limit beyond 2 has escaped too, and goes on to the bailout.
  let last = limit;
  while (mag2 <= bailout2) {
    if (m >= last) {
      if (mag2 <= 4 || m > limit) break;
      last = limit + BEYOND;
    }
    const t = stepReal(step, power, zr, zi, cr);
    zi = stepImaginary(step, power, zr, zi, ci);
    zr = t;
    mag2 = zr * zr + zi * zi;
    m++;
  }
  done += m;
  const value = mag2 <= bailout2 ? Infinity : whole ? <f64>m : smooth(m, mag2);
  store<f64>(nu + (<usize>point << 3), value);
}

/** nu = m - log_power(log2|z_m|), |z_m|^2 given. */
@inline
function smooth(m: i64, mag2: f64): f64 {
  return <f64>m - log2(0.5 * log2(mag2)) * perLog2;
}
