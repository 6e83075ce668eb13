/**
 * Texels in memory: rows in pairs. A pair of texels, one above the other, is 16 bytes: the upper and the lower number of red,
 * of green, of blue and of the share, so that one instruction weights both. Numbers of 16 bits, less BIAS, since these
 * instructions take signed ones.
 */

export const BIAS: i32 = 32768;
/** Bytes of a pair. */
// @ts-ignore: decorator
@inline
export const PAIR: usize = 16;
/** Bytes of a sum of weighted texels: red, green, blue, share as f32. */
// @ts-ignore: decorator
@inline
export const SUM: usize = 16;

/** A sum of pairs by weights; without the BIAS, for which the sum begins with BIAS times the sum of the weights. */
// @ts-ignore: decorator
@inline
export function addPair(sum: v128, pair: usize, weights: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(pair), weights));
}

/** The sum of weights in pairs. */
// @ts-ignore: decorator
@inline
export function sumOfWeights(weights: usize, pairs: i32): i32 {
  let sum = 0;
  for (let k = 0; k < pairs; k++, weights += 4) sum += load<i16>(weights) + load<i16>(weights, 2);
  return sum;
}
