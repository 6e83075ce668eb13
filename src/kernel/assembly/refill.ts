/** Points before they get a lane: those that need none are finished at once, most of them after a trial run on a tray. */

import { finishPoint, finishTray, runTrayOf, writeBounded } from './finish';
import { inCardioidOrDisc, sharesCycle } from './interior-proof';
import { Job, SHORTEST_REST, TRIAL } from './job';
import { BEGUN, C_IM, C_RE, DUE, LANES, MARK_IM, MARK_RE, MARKED, NEAR, NEVER, POINT, SPREAD2, TOGETHER, Z_IM, Z_RE } from './lane';
import { SEPARATE2 } from './spread';
import { AT_C_IM, AT_C_RE, AT_COUNT, AT_IM, AT_POINT, AT_RE, AT_SPREAD2, AT_TOGETHER } from './tray';

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
  store<f64>(at, load<f64>(from, AT_SPREAD2), SPREAD2);
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
    if (job.trays && (job.rest -= n) < 0) {
      const going = runTrayOf(job, tray, TRIAL) & job.ready;
      finishTray(job, tray, job.ready ^ going);
      if (job.footprint != 0) togetherAsInBlock(tray);
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
    writeBounded(job, point);
    return false;
  }
  const cr = job.julia ? job.juliaRe : pr;
  const ci = job.julia ? job.juliaIm : pi;
  const spread2 = job.side * job.side;
  if (!(pr * pr + pi * pi <= job.bailout2) || job.limit < 1) {
    finishPoint(job, point, 0, pr, pi, cr, ci, spread2, 0);
    return false;
  }
  store<f64>(at, pr, AT_RE);
  store<f64>(at, pi, AT_IM);
  store<f64>(at, cr, AT_C_RE);
  store<f64>(at, ci, AT_C_IM);
  store<i64>(at, 0, AT_COUNT);
  store<i64>(at, point, AT_POINT);
  store<f64>(at, spread2, AT_SPREAD2);
  store<i64>(at, 0, AT_TOGETHER);
  return true;
}

/** Of points that go on after their trial: as if a lane had run the block, since some have no trial. */
@inline
function togetherAsInBlock(tray: usize): void {
  for (let at = tray; at < tray + (<usize>LANES << 3); at += 16) {
    const together = f64x2.lt(v128.load(at, AT_SPREAD2), f64x2.splat(SEPARATE2));
    v128.store(at, v128.and(together, v128.load(at, AT_COUNT)), AT_TOGETHER);
  }
}
