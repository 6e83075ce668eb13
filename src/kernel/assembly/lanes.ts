/**
 * What happens to a single lane when the SIMD loop stops: its point escaped, reached the limit, may have fallen into a cycle,
 * or is due a new cycle mark.
 */

import { finishEscaped, leaveLane, writeBounded } from './finish';
import { stepImaginary, stepReal } from './formula';
import { keepHere, sharesPeriod, staysBounded } from './interior-proof';
import { Job } from './job';
import {
  BEGUN,
  BLOCK,
  C_IM,
  C_RE,
  DUE,
  LANES,
  MARK_IM,
  MARK_RE,
  MARKED,
  NEAR,
  NEVER,
  POINT,
  START_IM,
  START_RE,
  Z_IM,
  Z_RE,
} from './lane';
import { seekCycle } from './newton';
import { fill } from './refill';

/** Iterations after which the guessed period is tried by Newton's method, at every new mark. */
const FIRST_GUESS: i64 = 1024;

/** Gives every lane its first point; returns the `now` of the next event, or -1 when there is nothing to do. */
export function fillAll(job: Job): i64 {
  for (let lane = 0; lane < LANES; lane++) fill(job, job.lanes + (<usize>lane << 3), 0);
  return serve(job, 0, 0);
}

/**
 * Serves the lanes of `attention` (a bit each) and at those that are due, after a block that ended at `now`.
 * Returns as `fillAll` does.
 */
export function serve(job: Job, now: i64, attention: i32): i64 {
  const lanes = job.lanes;
  for (; attention != 0; attention &= attention - 1) serveLane(job, lanes + (<usize>ctz(attention) << 3), now);
  let event = NEVER;
  for (let lane = 0; lane < LANES; lane++) {
    const at = lanes + (<usize>lane << 3);
    if (load<i64>(at, DUE) <= now) serveLane(job, at, now);
    event = min(event, load<i64>(at, DUE));
  }
  if (event == NEVER) finishEscaped(job);
  return event == NEVER ? -1 : event;
}

/** One lane: finished, proved bounded, given a new mark, or left unchanged. */
function serveLane(job: Job, at: usize, now: i64): void {
  const proofs = job.proofs;
  const zr = load<f64>(at, Z_RE);
  const zi = load<f64>(at, Z_IM);
  const ran = now - load<i64>(at, BEGUN);
  const mag2 = zr * zr + zi * zi;
  if (!(mag2 <= job.bailout2) || ran >= job.limit) {
    if (ran == job.limit && mag2 <= 4) finishBounded(job, at, ran);
    else leaveLane(job, at, ran - BLOCK);
    fill(job, at, now);
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
    bounded = staysBounded(proofs, zr, zi, cr, ci, now - load<i64>(at, MARKED), distance2);
    store<f64>(at, distance2 * 0.00390625, NEAR);
  }
  if (bounded && job.cycles) keepHere(proofs, zr, zi, cr, ci);
  if (!bounded && due && job.cycles) {
    if (ran >= FIRST_GUESS) bounded = sharesPeriod(proofs, zr, zi, cr, ci, ran);
    if (!bounded && isSeekTime(ran)) bounded = seekCycle(proofs, zr, zi, cr, ci, ran);
  }
  if (bounded) {
    finishBounded(job, at, ran);
    fill(job, at, now);
  } else if (due) moveMark(job, at, now, ran);
}

/** Finishes a lane whose point never escapes, or not within the limit. */
@inline
function finishBounded(job: Job, at: usize, ran: i64): void {
  job.done += ran;
  writeBounded(job, <usize>load<i64>(at, POINT));
}

/** At 2^16, 2^20, 2^24, … iterations: a search costs about as much as 100,000 of them. */
@inline
function isSeekTime(ran: i64): bool {
  return ran >= 65536 && (ran & (ran - 1)) == 0 && (ctz(ran) & 3) == 0;
}

/**
 * Sets the mark to this z, or to one a few iterations ago: such that the guessed period, counted from the mark, ends
 * with a block, after which the loop tests the lanes. Every other mark makes no guess.
 */
function moveMark(job: Job, at: usize, now: i64, ran: i64): void {
  const guessed = (load<i64>(at, MARKED) & (BLOCK - 1)) != 0;
  let back = guessed ? 0 : job.proofs.guess & (BLOCK - 1);
  let zr = load<f64>(at, Z_RE);
  let zi = load<f64>(at, Z_IM);
  if (back != 0) {
    zr = load<f64>(at, START_RE);
    zi = load<f64>(at, START_IM);
    const cr = load<f64>(at, C_RE);
    const ci = load<f64>(at, C_IM);
    for (let k = back; k < BLOCK; k++) {
      const t = stepReal(job.step, job.power, zr, zi, cr);
      zi = stepImaginary(job.step, job.power, zr, zi, ci);
      zr = t;
    }
  }
  store<f64>(at, zr, MARK_RE);
  store<f64>(at, zi, MARK_IM);
  store<i64>(at, now - back, MARKED);
  store<i64>(at, now + min(ran, job.limit - ran), DUE);
}
