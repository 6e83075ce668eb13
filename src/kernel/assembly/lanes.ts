/**
 * Eight points in flight: their state in memory, one array of 8 doubles per field, and what happens to a single lane
 * when the SIMD loop stops: it escaped, reached the limit, may have fallen into a cycle, or is due a new cycle mark.
 *
 * Iterations are counted by the loop as a whole (`now`); a lane remembers when it started.
 */

import { HOLOMORPHIC, powerImaginary, powerReal, stepImaginary, stepReal } from './formula';

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
export const LANES_BYTES: i32 = 1024;

/** Iterations between two looks at the lanes: a power of 2. Long runs want fewer looks, short ones less to replay. */
export let block: i64 = 8;

const NEVER: i64 = i64.MAX_VALUE;
/** Iterations before the first mark; each later mark lies twice as far from the start (Brent). */
const FIRST_MARK: i64 = 256;
/** Squared distance to the mark that is first worth a proof. */
const FIRST_NEAR: f64 = 1e-12;
/** A longer cycle is not tried on the neighbours; nor one that costs more to prove than iterating to the limit. */
const LONGEST_SEED: i64 = 256;
const SEED_SHARE: i64 = 32;
const LONGEST_PAUSE: i32 = 64;
/** Iterations after which the guessed period is tried by Newton's method, at every new mark. */
const FIRST_GUESS: i64 = 1024;
/** Periods that `seekCycle` looks for. */
const LONGEST_SOUGHT: i64 = 2048;
/** More than one iteration can round off where |z| <= 2. */
const ROUNDING: f64 = 4e-15;

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
const BEYOND: i64 = 200;

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
let count: i32;
let next: i32;
let done: i64;
let perLog2: f64;
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

// prettier-ignore
export function begin(step_: i32, power_: i32, flags: i32, limit_: i64, bailout2_: f64, juliaRe_: f64, juliaIm_: f64,
  count_: i32, re_: usize, im_: usize, nu_: usize): void {
  step = step_;
  power = power_;
  julia = (flags & 1) != 0;
  whole = (flags & 2) != 0;
  prove = (flags & 4) != 0;
  shortcuts = prove && !julia && step_ == 0 && power_ == 2;
  cycles = prove && !julia && step_ == 0;
  limit = limit_;
  block = limit_ < 2048 ? 8 : 16;
  bailout2 = bailout2_;
  juliaRe = juliaRe_;
  juliaIm = juliaIm_;
  count = count_;
  re = re_;
  im = im_;
  nu = nu_;
  next = 0;
  done = 0;
  perLog2 = 1.0 / log2(<f64>power_);
}

/** Iterations executed since `begin`. */
export function executed(): i64 {
  return done;
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
  return event == NEVER ? -1 : event;
}

/** One lane: finished, proved bounded, given a new mark, or left alone. */
function look(at: usize, now: i64): void {
  const zr = load<f64>(at, Z_RE);
  const zi = load<f64>(at, Z_IM);
  const ran = now - load<i64>(at, BEGUN);
  if (!(zr * zr + zi * zi <= bailout2) || ran >= limit) {
    settle(at, ran - block, load<f64>(at, START_RE), load<f64>(at, START_IM));
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
  if (bounded && cycles) plant(zr, zi, cr, ci, guess, 1, false);
  if (!bounded && due && cycles) {
    if (ran >= FIRST_GUESS && guess > 0 && guess * SEED_SHARE <= ran) bounded = newton(zr, zi, cr, ci, guess, 6, false);
    if (!bounded && isSeekTime(ran)) bounded = seekCycle(zr, zi, cr, ci, min(ran, LONGEST_SOUGHT));
  }
  if (bounded) {
    done += ran;
    store<f64>(nu + (<usize>load<i64>(at, POINT) << 3), Infinity);
    fill(at, now);
  } else if (due) mark(at, now, ran);
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
  const guessed = (load<i64>(at, MARKED) & (block - 1)) != 0;
  let back = guessed ? 0 : guess & (block - 1);
  let zr = load<f64>(at, Z_RE);
  let zi = load<f64>(at, Z_IM);
  if (back != 0) {
    zr = load<f64>(at, START_RE);
    zi = load<f64>(at, START_IM);
    const cr = load<f64>(at, C_RE);
    const ci = load<f64>(at, C_IM);
    for (let k = back; k < block; k++) {
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
  while (next < count) {
    const point = next++;
    const pr = load<f64>(re + (<usize>point << 3));
    const pi = load<f64>(im + (<usize>point << 3));
    if ((shortcuts && inCardioidOrDisc(pr, pi)) || (cycles && sharesCycle(pr, pi))) {
      store<f64>(nu + (<usize>point << 3), Infinity);
      continue;
    }
    const zr = julia ? pr : 0.0;
    const zi = julia ? pi : 0.0;
    store<i64>(at, point, POINT);
    store<f64>(at, julia ? juliaRe : pr, C_RE);
    store<f64>(at, julia ? juliaIm : pi, C_IM);
    // Far out already, or hardly anything to do: not worth a lane.
    if (!(zr * zr + zi * zi <= bailout2) || limit < 1) {
      settle(at, 0, zr, zi);
      continue;
    }
    store<f64>(at, zr, Z_RE);
    store<f64>(at, zi, Z_IM);
    store<f64>(at, zr, MARK_RE);
    store<f64>(at, zi, MARK_IM);
    store<f64>(at, prove ? FIRST_NEAR : -1.0, NEAR);
    store<i64>(at, now, BEGUN);
    store<i64>(at, now, MARKED);
    store<i64>(at, now + (prove ? min(FIRST_MARK, limit) : limit), DUE);
    return;
  }
  store<i64>(at, NEVER, DUE);
  store<f64>(at, 0, Z_RE);
  store<f64>(at, 0, Z_IM);
  store<f64>(at, 0, C_RE);
  store<f64>(at, 0, C_IM);
  store<f64>(at, 0, MARK_RE);
  store<f64>(at, 0, MARK_IM);
  store<f64>(at, -1.0, NEAR);
}

/** Finishes a point exactly, one iteration at a time, from z_m: writes its nu. */
function settle(at: usize, m: i64, zr: f64, zi: f64): void {
  const cr = load<f64>(at, C_RE);
  const ci = load<f64>(at, C_IM);
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
  store<f64>(nu + (<usize>load<i64>(at, POINT) << 3), value);
}

/** nu = m - log_power(log2|z_m|), |z_m|^2 given. */
@inline
function smooth(m: i64, mag2: f64): f64 {
  return <f64>m - log2(0.5 * log2(mag2)) * perLog2;
}

/**
 * log2 of a normal x > 0 to about 1e-14: x = 2^k·m with m in [sqrt(1/2), sqrt(2)), log2(m) = 2/ln2·atanh((m-1)/(m+1))
 * by its series. Half the time of the standard library's, which is right to the last bit.
 */
@inline
function log2(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const k = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (k << 52));
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const z2 = z * z;
  const low = 2.8853900817779268 + z * 0.9617966939259756 + z2 * (0.5770780163555854 + z * 0.4121985831111324);
  const high = 0.3205988979753252 + z * 0.2623081892525388 + z2 * (0.2219530832136867 + z * 0.1923593387851951);
  return <f64>k + s * (low + z2 * z2 * high);
}

/** The two components whose boundary is known in closed form: |c| of period 1 and 2. */
@inline
function inCardioidOrDisc(cr: f64, ci: f64): bool {
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
function staysBounded(zr: f64, zi: f64, cr: f64, ci: f64, period: i64, gap2: f64): bool {
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
    const r = strays(zr, zi, cr, ci, shortest, radius);
    if (gap + r <= radius) {
      guess = shortest;
      return true;
    }
    radius = (gap + r) * margin;
    if (!(radius < 0.01)) break;
  }
  return false;
}

/** Where `strays` ended. */
let endRe: f64 = 0;
let endIm: f64 = 0;

/** The radius of a disc that holds the image, after `period` iterations, of the disc around z; over 0.5: gave up. */
function strays(wr: f64, wi: f64, cr: f64, ci: f64, period: i64, r: f64): f64 {
  const fold = step;
  const degree = power;
  for (let k: i64 = 0; k < period && r <= 0.5; k++) {
    r = spread(degree, Math.sqrt(wr * wr + wi * wi), r) + ROUNDING;
    const t = stepReal(fold, degree, wr, wi, cr);
    wi = stepImaginary(fold, degree, wr, wi, ci);
    wr = t;
  }
  done += period;
  endRe = wr;
  endIm = wi;
  return r;
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
}

/**
 * Whether the cycle of an earlier point, moved along with c, proves this c bounded at once: by its drift (the cycle is
 * an analytic function of c) and one proof, or else by Newton's method.
 */
function sharesCycle(cr: f64, ci: f64): bool {
  if (seedPeriod == 0) return false;
  if (seedWait-- > 0) return false;
  const dr = cr - seedCRe;
  const di = ci - seedCIm;
  const wr = seedRe + driftRe * dr - driftIm * di;
  const wi = seedIm + driftRe * di + driftIm * dr;
  if (seedSlope < 0.98) {
    const radius = (4 * seedGap + 1e-12) / (1 - seedSlope);
    const r = strays(wr, wi, cr, ci, seedPeriod, radius);
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
function seekCycle(zr: f64, zi: f64, cr: f64, ci: f64, longest: i64): bool {
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
      const r = strays(wr, wi, cr, ci, period, radius);
      const backR = endRe - wr;
      const backI = endIm - wi;
      if (Math.sqrt(backR * backR + backI * backI) + r <= radius) {
        plant(wr, wi, cr, ci, period, r / radius, moved);
        return true;
      }
    }
  }
  return false;
}

/** |(w^degree)'|^2, |w|^2 given. */
@inline
function slopeSquared(degree: i32, mag2: f64): f64 {
  let slope2 = <f64>(degree * degree) * mag2;
  for (let k = 2; k < degree; k++) slope2 *= mag2;
  return slope2;
}

/** How far z^n may stray when z, |z| = size, strays by r: (a^n - b^n) <= n·a^(n-1)·(a - b), exact for n = 2. */
@inline
function spread(degree: i32, size: f64, r: f64): f64 {
  if (degree == 2) return r * (2 * size + r);
  let slope = <f64>degree;
  for (let k = 1; k < degree; k++) slope *= size + r;
  return r * slope;
}
