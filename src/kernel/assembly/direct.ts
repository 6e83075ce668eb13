/**
 * Direct iteration in f64: four chains of two points each, interleaved to hide the latency of the arithmetic, a block
 * of iterations between tests. A point that escaped within a block leaves its lane, which takes the next point at once,
 * so uneven views do not slow the others down; a second run over the block finds the exact iteration.
 */

import { attention, isQuiet } from './attention';
import {
  BURNING_SHIP,
  foldImaginary,
  foldReal,
  HOLOMORPHIC,
  productImaginary,
  productReal,
  squareImaginary,
  squareReal,
  TRICORN,
} from './formula';
import { beginBlock, endBlock, spreadPair, squares, storeAdds } from './spread';
import { begin, executed, Job } from './job';
import { ADDS, BLOCK, BOUND, C_IM, C_RE, START_IM, START_RE, Z_IM, Z_RE } from './lane';
import { fillAll, serve } from './lanes';

/**
 * Writes nu of `count` points at (re, im), arrays of f64. Returns the number of iterations executed.
 * flags: FLAG_JULIA (points are z0, c is given), FLAG_WHOLE, FLAG_INTERIOR. footprint: where the width of nu across each
 * point's footprint is written (footprint.ts), 0 of bounded points; 0: none. side: of a footprint, in the plane.
 * phase: where that of the first iterate beyond the bailout is written, in turns, 0 of bounded points; 0: none.
 */
// prettier-ignore
export function iterate(job: Job, step: i32, power: i32, flags: i32, limit: i64, bailout: f64, juliaRe: f64, juliaIm: f64,
  count: i32, re: usize, im: usize, nu: usize, footprint: usize, side: f64, phase: usize): i64 {
  begin(job, step, power, flags, limit, bailout, juliaRe, juliaIm, count, re, im, nu, footprint, side, phase);
  const lanes = job.lanes;
  v128.store(lanes, f64x2.splat(job.bailout2), BOUND);
  storeAdds(lanes, job.added);
  let now: i64 = 0;
  let event = fillAll(job);
  while (event >= 0) {
    const blocks = <i32>min<i64>((event - now + BLOCK - 1) / BLOCK, 1 << 28);
    now += BLOCK * <i64>run(job, now, blocks);
    event = serve(job, now, attention(lanes));
  }
  return executed(job);
}

/** Runs up to `blocks` blocks from `now` on, fewer when a lane needs attention; returns how many. */
function run(job: Job, now: i64, blocks: i32): i32 {
  const lanes = job.lanes;
  if (job.footprint != 0) {
    if (job.power != 2) return runPower(job.step, true, job.power, job.added, lanes, blocks, now);
    if (job.step == HOLOMORPHIC) return spreadMandelbrot(lanes, blocks, now);
    if (job.step == BURNING_SHIP) return spreadShip(lanes, blocks, now);
    return spreadTricorn(lanes, blocks, now);
  }
  if (job.power != 2) return runPower(job.step, false, job.power, job.added, lanes, blocks, now);
  if (job.step == HOLOMORPHIC) return runMandelbrot(lanes, blocks);
  if (job.step == BURNING_SHIP) return runShip(lanes, blocks);
  return runTricorn(lanes, blocks);
}

// Small functions, so that registers are allocated for each alone.
function runMandelbrot(lanes: usize, blocks: i32): i32 {
  return runSquare(HOLOMORPHIC, false, lanes, blocks, 0);
}

function runShip(lanes: usize, blocks: i32): i32 {
  return runSquare(BURNING_SHIP, false, lanes, blocks, 0);
}

function runTricorn(lanes: usize, blocks: i32): i32 {
  return runSquare(TRICORN, false, lanes, blocks, 0);
}

function spreadMandelbrot(lanes: usize, blocks: i32, now: i64): i32 {
  return runSquare(HOLOMORPHIC, true, lanes, blocks, now);
}

function spreadShip(lanes: usize, blocks: i32, now: i64): i32 {
  return runSquare(BURNING_SHIP, true, lanes, blocks, now);
}

function spreadTricorn(lanes: usize, blocks: i32, now: i64): i32 {
  return runSquare(TRICORN, true, lanes, blocks, now);
}

/** z^2: z stays in registers, c is read from memory (V8 would spill it otherwise: 1.4 against 1.9 G/s). */
@inline
function runSquare(fold: i32, spreads: bool, lanes: usize, blocks: i32, now: i64): i32 {
  let r0 = v128.load(lanes, Z_RE);
  let r1 = v128.load(lanes + 16, Z_RE);
  let r2 = v128.load(lanes + 32, Z_RE);
  let r3 = v128.load(lanes + 48, Z_RE);
  let i0 = v128.load(lanes, Z_IM);
  let i1 = v128.load(lanes + 16, Z_IM);
  let i2 = v128.load(lanes + 32, Z_IM);
  let i3 = v128.load(lanes + 48, Z_IM);
  const half = <i32>BLOCK >> 1;
  let ran = 0;
  do {
    v128.store(lanes, r0, START_RE);
    v128.store(lanes + 16, r1, START_RE);
    v128.store(lanes + 32, r2, START_RE);
    v128.store(lanes + 48, r3, START_RE);
    v128.store(lanes, i0, START_IM);
    v128.store(lanes + 16, i1, START_IM);
    v128.store(lanes + 32, i2, START_IM);
    v128.store(lanes + 48, i3, START_IM);
    // The spreads, times the product of |z|^2.
    let p0 = spreads ? beginBlock(lanes) : f64x2.splat(0);
    let p1 = spreads ? beginBlock(lanes + 16) : f64x2.splat(0);
    let p2 = spreads ? beginBlock(lanes + 32) : f64x2.splat(0);
    let p3 = spreads ? beginBlock(lanes + 48) : f64x2.splat(0);
    let adds = lanes;
    for (let k: i32 = 0; k < half; k++) {
      if (spreads) p0 = f64x2.mul(p0, squares(r0, i0));
      const t0a = squareReal(r0, i0, v128.load(lanes, C_RE));
      i0 = squareImaginary(fold, r0, i0, v128.load(lanes, C_IM));
      r0 = t0a;
      if (spreads) p1 = f64x2.mul(p1, squares(r1, i1));
      const t1a = squareReal(r1, i1, v128.load(lanes + 16, C_RE));
      i1 = squareImaginary(fold, r1, i1, v128.load(lanes + 16, C_IM));
      r1 = t1a;
      if (spreads) p2 = f64x2.mul(p2, squares(r2, i2));
      const t2a = squareReal(r2, i2, v128.load(lanes + 32, C_RE));
      i2 = squareImaginary(fold, r2, i2, v128.load(lanes + 32, C_IM));
      r2 = t2a;
      if (spreads) p3 = f64x2.mul(p3, squares(r3, i3));
      const t3a = squareReal(r3, i3, v128.load(lanes + 48, C_RE));
      i3 = squareImaginary(fold, r3, i3, v128.load(lanes + 48, C_IM));
      r3 = t3a;
      if (spreads) p0 = f64x2.add(f64x2.mul(p0, squares(r0, i0)), v128.load(adds, ADDS));
      const t0b = squareReal(r0, i0, v128.load(lanes, C_RE));
      i0 = squareImaginary(fold, r0, i0, v128.load(lanes, C_IM));
      r0 = t0b;
      if (spreads) p1 = f64x2.add(f64x2.mul(p1, squares(r1, i1)), v128.load(adds, ADDS));
      const t1b = squareReal(r1, i1, v128.load(lanes + 16, C_RE));
      i1 = squareImaginary(fold, r1, i1, v128.load(lanes + 16, C_IM));
      r1 = t1b;
      if (spreads) p2 = f64x2.add(f64x2.mul(p2, squares(r2, i2)), v128.load(adds, ADDS));
      const t2b = squareReal(r2, i2, v128.load(lanes + 32, C_RE));
      i2 = squareImaginary(fold, r2, i2, v128.load(lanes + 32, C_IM));
      r2 = t2b;
      if (spreads) p3 = f64x2.add(f64x2.mul(p3, squares(r3, i3)), v128.load(adds, ADDS));
      const t3b = squareReal(r3, i3, v128.load(lanes + 48, C_RE));
      i3 = squareImaginary(fold, r3, i3, v128.load(lanes + 48, C_IM));
      r3 = t3b;
      if (spreads) adds += 16;
    }
    ran++;
    v128.store(lanes, r0, Z_RE);
    v128.store(lanes + 16, r1, Z_RE);
    v128.store(lanes + 32, r2, Z_RE);
    v128.store(lanes + 48, r3, Z_RE);
    v128.store(lanes, i0, Z_IM);
    v128.store(lanes + 16, i1, Z_IM);
    v128.store(lanes + 32, i2, Z_IM);
    v128.store(lanes + 48, i3, Z_IM);
    if (spreads) {
      now += BLOCK;
      // 4^BLOCK
      const scale = f64x2.splat(4294967296);
      endBlock(lanes, f64x2.mul(p0, scale), now);
      endBlock(lanes + 16, f64x2.mul(p1, scale), now);
      endBlock(lanes + 32, f64x2.mul(p2, scale), now);
      endBlock(lanes + 48, f64x2.mul(p3, scale), now);
    }
  } while (ran < blocks && i64x2.all_true(v128.and(
      v128.and(isQuiet(lanes, 0), isQuiet(lanes, 16)),
      v128.and(isQuiet(lanes, 32), isQuiet(lanes, 48)),
    )));
  return ran;
}

/** z^3 to z^8: two chains at a time, a loop of complex products. */
// prettier-ignore
function runPower(fold: i32, spreads: bool, power: i32, added: f64, lanes: usize, blocks: i32, now: i64): i32 {
  const iterations = BLOCK;
  let ran = 0;
  do {
    now += BLOCK;
    for (let half: usize = 0; half < 64; half += 32) {
      const at = lanes + half;
      let r0 = v128.load(at, Z_RE);
      let r1 = v128.load(at + 16, Z_RE);
      let i0 = v128.load(at, Z_IM);
      let i1 = v128.load(at + 16, Z_IM);
      v128.store(at, r0, START_RE);
      v128.store(at + 16, r1, START_RE);
      v128.store(at, i0, START_IM);
      v128.store(at + 16, i1, START_IM);
      let p0 = spreads ? beginBlock(at) : f64x2.splat(0);
      let p1 = spreads ? beginBlock(at + 16) : p0;
      for (let n: i64 = 0; n < iterations; n++) {
        if (spreads) {
          p0 = spreadPair(power, p0, squares(r0, i0), added);
          p1 = spreadPair(power, p1, squares(r1, i1), added);
        }
        const fr0 = foldReal(fold, r0);
        const fr1 = foldReal(fold, r1);
        const fi0 = foldImaginary(fold, i0);
        const fi1 = foldImaginary(fold, i1);
        r0 = fr0;
        r1 = fr1;
        i0 = fi0;
        i1 = fi1;
        for (let k = 1; k < power; k++) {
          const t0 = productReal(r0, i0, fr0, fi0);
          const t1 = productReal(r1, i1, fr1, fi1);
          i0 = productImaginary(r0, i0, fr0, fi0);
          i1 = productImaginary(r1, i1, fr1, fi1);
          r0 = t0;
          r1 = t1;
        }
        r0 = f64x2.add(r0, v128.load(at, C_RE));
        r1 = f64x2.add(r1, v128.load(at + 16, C_RE));
        i0 = f64x2.add(i0, v128.load(at, C_IM));
        i1 = f64x2.add(i1, v128.load(at + 16, C_IM));
      }
      v128.store(at, r0, Z_RE);
      v128.store(at + 16, r1, Z_RE);
      v128.store(at, i0, Z_IM);
      v128.store(at + 16, i1, Z_IM);
      if (spreads) {
        endBlock(at, p0, now);
        endBlock(at + 16, p1, now);
      }
    }
    ran++;
  } while (ran < blocks && attention(lanes) == 0);
  return ran;
}
