/** Points that have escaped: the exact iteration at which they did, and their nu. */

import { BEYOND } from './escape';
import { footprintOf, widthPair } from './footprint';
import { BURNING_SHIP, HOLOMORPHIC, stepImaginary, stepReal, TRICORN } from './formula';
import { Job } from './job';
import { BEGUN, BLOCK, C_IM, C_RE, LANES, POINT, START_IM, START_RE, START_SPREAD2, TOGETHER } from './lane';
import { log2, log2Pair, toDouble } from './log2';
import { phaseOf, phasePair } from './phase';
import { SEPARATE2, slope2Of } from './spread';
import { AT_C_IM, AT_C_RE, AT_COUNT, AT_IM, AT_MAG2, AT_POINT, AT_RE, AT_SPREAD2, AT_TOGETHER, runTray } from './tray';

/** A lane whose point escaped within the last block: finished at once, or together with seven others. */
export function leaveLane(job: Job, at: usize, m: i64): void {
  const point = <i32>load<i64>(at, POINT);
  const zr = load<f64>(at, START_RE);
  const zi = load<f64>(at, START_IM);
  const cr = load<f64>(at, C_RE);
  const ci = load<f64>(at, C_IM);
  const spread2 = load<f64>(at, START_SPREAD2);
  let together = load<i64>(at, TOGETHER) - load<i64>(at, BEGUN);
  if (together == 0 && spread2 >= SEPARATE2) together = separatedEarly(job, m, spread2);
  if (!job.trays || m + BLOCK >= job.limit) {
    finishPoint(job, point, m, zr, zi, cr, ci, spread2, together);
    return;
  }
  const to = job.escapedTray + (<usize>job.escaped << 3);
  store<f64>(to, zr, AT_RE);
  store<f64>(to, zi, AT_IM);
  store<f64>(to, cr, AT_C_RE);
  store<f64>(to, ci, AT_C_IM);
  store<i64>(to, m, AT_COUNT);
  store<i64>(to, point, AT_POINT);
  store<f64>(to, spread2, AT_SPREAD2);
  store<i64>(to, together, AT_TOGETHER);
  if (++job.escaped == LANES) finishEscaped(job);
}

/** When points separated that did so in their first block, as if their spread had grown evenly in the m iterations so far. */
@inline
function separatedEarly(job: Job, m: i64, spread2: f64): i64 {
  const first2 = reinterpret<i64>(job.side * job.side);
  const share = <f64>(reinterpret<i64>(SEPARATE2) - first2) / <f64>(reinterpret<i64>(spread2) - first2);
  return <i64>min<f64>(<f64>BLOCK, share * <f64>m);
}

/** Finishes the escaped points that wait on their tray. */
export function finishEscaped(job: Job): void {
  if (job.escaped == 0) return;
  const tray = job.escapedTray;
  runTrayOf(job, tray, <i32>BLOCK);
  finishTray(job, tray, (1 << job.escaped) - 1);
  job.escaped = 0;
}

/** Runs a tray with the fold of the formula. */
export function runTrayOf(job: Job, tray: usize, iterations: i32): i32 {
  const bailout2 = job.bailout2;
  const added = job.added;
  if (job.footprint != 0) {
    if (job.step == HOLOMORPHIC) return runTray(HOLOMORPHIC, true, tray, iterations, bailout2, added);
    if (job.step == BURNING_SHIP) return runTray(BURNING_SHIP, true, tray, iterations, bailout2, added);
    return runTray(TRICORN, true, tray, iterations, bailout2, added);
  }
  if (job.step == HOLOMORPHIC) return runTray(HOLOMORPHIC, false, tray, iterations, bailout2, added);
  if (job.step == BURNING_SHIP) return runTray(BURNING_SHIP, false, tray, iterations, bailout2, added);
  return runTray(TRICORN, false, tray, iterations, bailout2, added);
}

/** Writes the channels of the points of a tray that have passed the bailout, two at a time. */
export function finishTray(job: Job, tray: usize, lanes: i32): void {
  for (let pair: usize = 0; lanes != 0; pair += 16, lanes >>= 2) {
    if ((lanes & 3) == 0) continue;
    const at = tray + pair;
    const first = i64x2.splat(job.first);
    let value = toDouble(i64x2.add(first, v128.load(at, AT_COUNT)));
    let width = f64x2.splat(0);
    if (!job.whole) {
      const mag2 = v128.load(at, AT_MAG2);
      const log2mag2 = log2Pair(mag2);
      const log = log2Pair(f64x2.mul(f64x2.splat(0.5), log2mag2));
      value = f64x2.sub(value, f64x2.mul(log, f64x2.splat(job.perLog2)));
      if (job.footprint != 0) {
        const together = toDouble(i64x2.add(first, v128.load(at, AT_TOGETHER)));
        width = widthPair(value, mag2, log2mag2, v128.load(at, AT_SPREAD2), job.perLog2, together);
      }
    }
    const phase = job.phase != 0 ? phasePair(v128.load(at, AT_RE), v128.load(at, AT_IM)) : width;
    if ((lanes & 1) != 0) {
      const point = <usize>load<i64>(at, AT_POINT) << 3;
      store<f64>(job.nu + point, f64x2.extract_lane(value, 0));
      if (job.footprint != 0) store<f64>(job.footprint + point, f64x2.extract_lane(width, 0));
      if (job.phase != 0) store<f64>(job.phase + point, f64x2.extract_lane(phase, 0));
      job.done += load<i64>(at, AT_COUNT);
    }
    if ((lanes & 2) != 0) {
      const point = <usize>load<i64>(at + 8, AT_POINT) << 3;
      store<f64>(job.nu + point, f64x2.extract_lane(value, 1));
      if (job.footprint != 0) store<f64>(job.footprint + point, f64x2.extract_lane(width, 1));
      if (job.phase != 0) store<f64>(job.phase + point, f64x2.extract_lane(phase, 1));
      job.done += load<i64>(at + 8, AT_COUNT);
    }
  }
}

/** Finishes a point exactly, one iteration at a time, from z_m, and writes its channels. */
// prettier-ignore
export function finishPoint(job: Job, point: i32, m: i64, zr: f64, zi: f64, cr: f64, ci: f64, spread2: f64, together: i64): void {
  let mag2 = zr * zr + zi * zi;
  // Up to the limit every z counts; a z_limit beyond 2 has escaped too, and goes on to the bailout.
  const step = job.step;
  const power = job.power;
  const limit = job.limit;
  const bailout2 = job.bailout2;
  let last = limit;
  while (mag2 <= bailout2) {
    if (m >= last) {
      if (mag2 <= 4 || m > limit) break;
      last = limit + BEYOND;
    }
    if (job.footprint != 0) spread2 = spread2 * slope2Of(power, mag2) + job.added;
    const t = stepReal(step, power, zr, zi, cr);
    zi = stepImaginary(step, power, zr, zi, ci);
    zr = t;
    mag2 = zr * zr + zi * zi;
    m++;
    if (spread2 < SEPARATE2) together = m;
  }
  job.done += m;
  const first = job.first;
  const value = mag2 <= bailout2 ? Infinity : job.whole ? <f64>(first + m) : smooth(job, first + m, mag2);
  store<f64>(job.nu + (<usize>point << 3), value);
  if (job.phase != 0) store<f64>(job.phase + (<usize>point << 3), value == Infinity ? 0 : phaseOf(zr, zi));
  if (job.footprint == 0) return;
  const width = value == Infinity ? 0 : footprintOf(value, mag2, Math.sqrt(spread2), job.perLog2, first + together);
  store<f64>(job.footprint + (<usize>point << 3), width);
}

/** The channels of a point that never escapes, or not within the limit. */
@inline
export function writeBounded(job: Job, point: usize): void {
  store<f64>(job.nu + (point << 3), Infinity);
  if (job.footprint != 0) store<f64>(job.footprint + (point << 3), 0);
  if (job.phase != 0) store<f64>(job.phase + (point << 3), 0);
}

/** nu = m - log_power(log2|z_m|), |z_m|^2 given. */
@inline
function smooth(job: Job, m: i64, mag2: f64): f64 {
  return <f64>m - log2(0.5 * log2(mag2)) * job.perLog2;
}
