/** Points before they get a lane: those that need none are finished at once, most of them after a trial run on a tray. */

import { SEPARATE, slopeOf } from './footprint';
import { stepImaginary, stepReal } from './formula';
import { finishPoint, finishTray, runTrayOf } from './finish';
import { inCardioidOrDisc, sharesCycle } from './interior-proof';
import { Job, SHORTEST_REST, TRIAL } from './job';
import { BEGUN, C_IM, C_RE, DUE, LANES, MARK_IM, MARK_RE, MARKED, NEAR, NEVER, POINT, SPREAD, TOGETHER, Z_IM, Z_RE } from './lane';
import { AT_C_IM, AT_C_RE, AT_COUNT, AT_IM, AT_POINT, AT_RE, AT_SPREAD, AT_TOGETHER } from './tray';

/** Iterations before the first mark; each later mark lies twice as far from the start (Brent). */
const FIRST_MARK: i64 = 256;
/** Squared distance to the mark that is first worth a proof. */
const FIRST_NEAR: f64 = 1e-12;
/** Points that get a lane without a trial after trials that none ended in, at most. */
const LONGEST_REST: i32 = 256;

/** Takes the next point that needs iterating. */
export function fill(job: Job, at: usize, now: i64): void {
  if (job.ready == 0 && !fillTray(job)) {
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
  const from = job.readyTray + (<usize>ctz(job.ready) << 3);
  job.ready &= job.ready - 1;
  const zr = load<f64>(from, AT_RE);
  const zi = load<f64>(from, AT_IM);
  const ran = load<i64>(from, AT_COUNT);
  store<i64>(at, load<i64>(from, AT_POINT), POINT);
  store<f64>(at, load<f64>(from, AT_SPREAD), SPREAD);
  store<i64>(at, now - ran + load<i64>(from, AT_TOGETHER), TOGETHER);
  store<f64>(at, load<f64>(from, AT_C_RE), C_RE);
  store<f64>(at, load<f64>(from, AT_C_IM), C_IM);
  store<f64>(at, zr, Z_RE);
  store<f64>(at, zi, Z_IM);
  store<f64>(at, zr, MARK_RE);
  store<f64>(at, zi, MARK_IM);
  store<f64>(at, job.discs ? FIRST_NEAR : -1.0, NEAR);
  store<i64>(at, now - ran, BEGUN);
  store<i64>(at, now, MARKED);
  store<i64>(at, now - ran + (job.discs ? min(FIRST_MARK, job.limit) : job.limit), DUE);
}

/** Puts up to eight points on the tray of ready points that need a lane, as a trial run has shown; false when there are none. */
function fillTray(job: Job): bool {
  const tray = job.readyTray;
  do {
    let n = 0;
    for (; n < LANES && job.next < job.count; job.next++) {
      if (putOnTray(job, job.next, tray + (<usize>n << 3))) n++;
    }
    if (n == 0) return false;
    job.ready = (1 << n) - 1;
    // Spreads begin on a tray, iteration by iteration.
    if (job.trays && ((job.rest -= n) < 0 || job.footprint != 0)) {
      const going = runTrayOf(job, tray, TRIAL) & job.ready;
      finishTray(job, tray, job.ready ^ going);
      job.longerRest = going == job.ready ? min(job.longerRest << 1, LONGEST_REST) : SHORTEST_REST;
      job.rest = going == job.ready ? job.longerRest : 0;
      job.ready = going;
    }
  } while (job.ready == 0);
  return true;
}

/** Puts a point on a tray, unless its result is known without iterating. */
@inline
function putOnTray(job: Job, point: i32, at: usize): bool {
  const pr = load<f64>(job.re + (<usize>point << 3));
  const pi = load<f64>(job.im + (<usize>point << 3));
  if ((job.closedForms && inCardioidOrDisc(pr, pi)) || (job.cycles && sharesCycle(job.proofs, pr, pi))) {
    store<f64>(job.nu + (<usize>point << 3), Infinity);
    if (job.footprint != 0) store<f64>(job.footprint + (<usize>point << 3), 0);
    return false;
  }
  const zr = job.julia ? pr : 0.0;
  const zi = job.julia ? pi : 0.0;
  const cr = job.julia ? job.juliaRe : pr;
  const ci = job.julia ? job.juliaIm : pi;
  if (!(zr * zr + zi * zi <= job.bailout2) || job.limit < 1) {
    finishPoint(job, point, 0, zr, zi, cr, ci, job.spread, 0);
    return false;
  }
  store<f64>(at, zr, AT_RE);
  store<f64>(at, zi, AT_IM);
  store<f64>(at, cr, AT_C_RE);
  store<f64>(at, ci, AT_C_IM);
  store<i64>(at, 0, AT_COUNT);
  store<i64>(at, point, AT_POINT);
  store<f64>(at, job.spread, AT_SPREAD);
  store<i64>(at, 0, AT_TOGETHER);
  return job.trays || job.footprint == 0 || beginSpread(job, point, at);
}

/** The first iterations of a point that is not iterated on a tray, with its spread; false: it is finished. */
function beginSpread(job: Job, point: i32, at: usize): bool {
  const step = job.step;
  const power = job.power;
  const cr = load<f64>(at, AT_C_RE);
  const ci = load<f64>(at, AT_C_IM);
  let zr = load<f64>(at, AT_RE);
  let zi = load<f64>(at, AT_IM);
  let spread = job.spread;
  let together = 0;
  for (let m = 1; m <= TRIAL && m < job.limit; m++) {
    spread = spread * slopeOf(power, Math.sqrt(zr * zr + zi * zi)) + job.spreadAdd;
    const t = stepReal(step, power, zr, zi, cr);
    zi = stepImaginary(step, power, zr, zi, ci);
    zr = t;
    if (spread < SEPARATE) together = m;
    if (!(zr * zr + zi * zi <= job.bailout2)) break;
  }
  if (job.limit <= TRIAL || !(zr * zr + zi * zi <= job.bailout2)) {
    finishPoint(job, point, 0, load<f64>(at, AT_RE), load<f64>(at, AT_IM), cr, ci, job.spread, 0);
    return false;
  }
  store<f64>(at, zr, AT_RE);
  store<f64>(at, zi, AT_IM);
  store<i64>(at, TRIAL, AT_COUNT);
  store<f64>(at, spread, AT_SPREAD);
  store<i64>(at, together, AT_TOGETHER);
  return true;
}
