/**
 * What rows of a frame take of a turned tile: pixel by pixel, weighted along the rows and columns of the texels. Weights come
 * from tables, by where between two texels a pixel's window begins.
 */

import { addPair, BIAS, PAIR, SUM, sumOfWeights } from './texels';

/** Places between two texels that have weights of their own, as a power of two. */
// @ts-ignore: decorator
@inline
const PLACES_BITS: i32 = 7;
export const PLACES: i32 = 1 << PLACES_BITS;

/**
 * `texels`: `width` columns of `pairs`. Pixel (0, 0)'s window begins at (u, v), in texels from the tile's top left, that of the
 * next one (du, dv) on, that of the next row (-dv, du) on. `across`: `taps` weights (f32) for each place; `down`: `most` pairs
 * of i16 for each place between two texels, first below an even row, then below an odd one. `sums`: of
 * pixel (0, 0); those of the next row are `stride` pixels on.
 */
export function addTurned(
  texels: usize,
  width: i32,
  pairs: i32,
  u: f64,
  v: f64,
  du: f64,
  dv: f64,
  rows: i32,
  columns: i32,
  across: usize,
  taps: i32,
  down: usize,
  most: i32,
  sums: usize,
  stride: i32,
): void {
  for (let row = 0; row < rows; row++, u -= dv, v += du, sums += <usize>stride * SUM) {
    from = 0;
    to = <f64>columns;
    clip(u, du, <f64>-taps, <f64>width);
    clip(v, dv, <f64>(-2 * most), <f64>(2 * pairs));
    if (!(from < to)) continue;
    const last = <i32>Math.min(<f64>columns, Math.ceil(to));
    for (let column = <i32>Math.floor(from); column < last; column++) {
      // Windows, in places: from which column and row on, and which place between two it is.
      const x = <i32>Math.floor((u + <f64>column * du) * <f64>PLACES);
      const y = <i32>Math.floor((v + <f64>column * dv) * <f64>PLACES);
      const firstColumn = x >> PLACES_BITS;
      const firstPair = y >> (PLACES_BITS + 1);
      const skippedColumns = max(0, -firstColumn);
      const skippedPairs = max(0, -firstPair);
      const count = min(most, pairs - firstPair) - skippedPairs;
      const wide = min(taps, width - firstColumn) - skippedColumns;
      if (count <= 0 || wide <= 0) continue;
      const placeDown = down + <usize>((y & (2 * PLACES - 1)) * (most + 1)) * 4;
      const weights = placeDown + 4 * <usize>(1 + skippedPairs);
      const whole = count == most ? load<i32>(placeDown) : BIAS * sumOfWeights(weights, count);
      const weight = across + <usize>((x & (PLACES - 1)) * taps + skippedColumns) * 4;
      const first = texels + <usize>((firstPair + skippedPairs) * width + firstColumn + skippedColumns) * PAIR;
      const to = sums + <usize>column * SUM;
      const sum = sumWindow(first, width, wide, count, i32x4.splat(whole), weights, weight);
      v128.store(to, f32x4.add(v128.load(to), sum));
    }
  }
}

/** The columns of the present row from which on, and before which, windows have a part in the tile. */
let from: f64 = 0;
let to: f64 = 0;

/** Where at + column * step is between low and high. */
function clip(at: f64, step: f64, low: f64, high: f64): void {
  const a = (low - at) / step;
  const b = (high - at) / step;
  from = Math.max(from, Math.min(a, b));
  to = Math.min(to, Math.max(a, b) + 1);
}

/** Columns of pairs, `wide` and `count`, from `texel` on. */
// @ts-ignore: decorator
@inline
function sumWindow(texel: usize, width: i32, wide: i32, count: i32, whole: v128, weights: usize, weight: usize): v128 {
  const next = <usize>width * PAIR;
  const end = texel + <usize>wide * PAIR;
  let sum = f32x4.splat(0);
  const a = v128.load32_splat(weights);
  if (count == 1) {
    for (; texel < end; texel += PAIR, weight += 4) sum = weighted(sum, addPair(whole, texel, a), weight);
    return sum;
  }
  const b = v128.load32_splat(weights, 4);
  if (count == 2) {
    for (; texel < end; texel += PAIR, weight += 4) {
      sum = weighted(sum, addPair(addPair(whole, texel, a), texel + next, b), weight);
    }
    return sum;
  }
  const c = v128.load32_splat(weights, 8);
  for (; texel < end; texel += PAIR, weight += 4) {
    let column = addPair(addPair(addPair(whole, texel, a), texel + next, b), texel + 2 * next, c);
    for (let k = 3; k < count; k++) {
      column = addPair(column, texel + <usize>k * next, v128.load32_splat(weights + ((<usize>k) << 2)));
    }
    sum = weighted(sum, column, weight);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function weighted(sum: v128, column: v128, weight: usize): v128 {
  return f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(column), v128.load32_splat(weight)));
}
