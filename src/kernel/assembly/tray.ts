/**
 * A tray of eight points of z^2 that are iterated together for a few iterations, each to the exact iteration at which
 * it passes the bailout: points that have just begun, since many of them escape within a few iterations, and points that
 * escaped within a block. The same operations in the same order as everywhere, so the same bits.
 */

import { squareImaginary, squareReal } from './formula';
import { SEPARATE2 } from './spread';

// Fields: byte offsets of arrays of 8 doubles (or 8 i64) from the pointer `tray`.
export const AT_RE: usize = 0;
export const AT_IM: usize = 64;
export const AT_C_RE: usize = 128;
export const AT_C_IM: usize = 192;
export const AT_COUNT: usize = 256; // i64: iterations so far
export const AT_MAG2: usize = 320; // |z|^2 at the escape
export const AT_POINT: usize = 384; // i64: index of the point
export const AT_SPREAD2: usize = 448; // |dz|^2 over the sample's footprint (spread.ts)
export const AT_TOGETHER: usize = 512; // i64: the last iteration after which it was small
export const TRAY_BYTES: usize = 576;

/**
 * Runs `iterations` from z within the bailout. Returns a bit for every lane that is still within it. spreads: these are
 * computed, too; added: what an iteration adds to their squares, that of two at once.
 */
@inline
export function runTray(fold: i32, spreads: bool, tray: usize, iterations: i32, bailout2: f64, added: f64): i32 {
  const low = half(fold, spreads, tray, iterations, bailout2, added);
  return low | (half(fold, spreads, tray + 32, iterations, bailout2, added) << 4);
}

@inline
function half(fold: i32, spreads: bool, at: usize, iterations: i32, bailout2: f64, added: f64): i32 {
  const bound = f64x2.splat(bailout2);
  const cr0 = v128.load(at, AT_C_RE);
  const cr1 = v128.load(at + 16, AT_C_RE);
  let r0 = v128.load(at, AT_RE);
  let r1 = v128.load(at + 16, AT_RE);
  let i0 = v128.load(at, AT_IM);
  let i1 = v128.load(at + 16, AT_IM);
  let count0 = v128.load(at, AT_COUNT);
  let count1 = v128.load(at + 16, AT_COUNT);
  let within0 = i64x2.splat(-1);
  let within1 = within0;
  const four = f64x2.splat(4);
  const separate = f64x2.splat(SEPARATE2);
  let spread0 = v128.load(at, AT_SPREAD2);
  let spread1 = v128.load(at + 16, AT_SPREAD2);
  let mag0 = f64x2.add(f64x2.mul(r0, r0), f64x2.mul(i0, i0));
  let mag1 = f64x2.add(f64x2.mul(r1, r1), f64x2.mul(i1, i1));
  let together0 = v128.load(at, AT_TOGETHER);
  let together1 = v128.load(at + 16, AT_TOGETHER);
  for (let k: i32 = 0; k < iterations; k++) {
    // Neighbouring points mostly escape at about the same iteration.
    if ((k & 3) == 0 && k != 0 && !v128.any_true(v128.or(within0, within1))) break;
    if (spreads) {
      // As the loop of the lanes does it.
      const adds = f64x2.splat((k & 1) != 0 ? 2 * added : 0);
      spread0 = v128.bitselect(f64x2.add(f64x2.mul(spread0, f64x2.mul(four, mag0)), adds), spread0, within0);
      spread1 = v128.bitselect(f64x2.add(f64x2.mul(spread1, f64x2.mul(four, mag1)), adds), spread1, within1);
    }
    // A point beyond the bailout stays where it is.
    const t0 = squareReal(r0, i0, cr0);
    i0 = v128.bitselect(squareImaginary(fold, r0, i0, v128.load(at, AT_C_IM)), i0, within0);
    r0 = v128.bitselect(t0, r0, within0);
    const t1 = squareReal(r1, i1, cr1);
    i1 = v128.bitselect(squareImaginary(fold, r1, i1, v128.load(at + 16, AT_C_IM)), i1, within1);
    r1 = v128.bitselect(t1, r1, within1);
    mag0 = f64x2.add(f64x2.mul(r0, r0), f64x2.mul(i0, i0));
    mag1 = f64x2.add(f64x2.mul(r1, r1), f64x2.mul(i1, i1));
    count0 = i64x2.sub(count0, within0);
    count1 = i64x2.sub(count1, within1);
    if (spreads) {
      together0 = v128.bitselect(count0, together0, f64x2.lt(spread0, separate));
      together1 = v128.bitselect(count1, together1, f64x2.lt(spread1, separate));
    }
    within0 = f64x2.le(mag0, bound);
    within1 = f64x2.le(mag1, bound);
  }
  v128.store(at, r0, AT_RE);
  v128.store(at + 16, r1, AT_RE);
  v128.store(at, i0, AT_IM);
  v128.store(at + 16, i1, AT_IM);
  v128.store(at, count0, AT_COUNT);
  v128.store(at + 16, count1, AT_COUNT);
  v128.store(at, mag0, AT_MAG2);
  v128.store(at + 16, mag1, AT_MAG2);
  if (spreads) {
    v128.store(at, spread0, AT_SPREAD2);
    v128.store(at + 16, spread1, AT_SPREAD2);
    v128.store(at, together0, AT_TOGETHER);
    v128.store(at + 16, together1, AT_TOGETHER);
  }
  return i64x2.bitmask(within0) | (i64x2.bitmask(within1) << 2);
}
