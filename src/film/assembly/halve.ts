/** A mip level from the one below it. */

import { BIAS, PAIR } from './texels';

/**
 * Means of four texels, of which those that are not there count as no samples. `texels`: `width` columns of `pairs` from
 * column x and pair y on; `half`: the same, halved; their first column and pair are `halfX` and `halfY`.
 */
export function halve(
  texels: usize,
  x: i32,
  y: i32,
  width: i32,
  pairs: i32,
  half: usize,
  halfX: i32,
  halfY: i32,
  halfWidth: i32,
  halfPairs: i32,
): void {
  const next = <usize>width * PAIR;
  for (let row = 0; row < halfPairs; row++) {
    // A row of the half is a pair of texels.
    const upper = 2 * (halfY + row) - y;
    const hasUpper = upper >= 0 && upper < pairs;
    const hasLower = upper + 1 >= 0 && upper + 1 < pairs;
    const from = texels + <usize>upper * next;
    for (let column = 0; column < halfWidth; column++, half += PAIR) {
      const left = 2 * (halfX + column) - x;
      const above = meanOf(from, left, width, hasUpper);
      const below = meanOf(from + next, left, width, hasLower);
      const both = i16x8.narrow_i32x4_s(above, below);
      v128.store(half, v128.shuffle<i16>(both, both, 0, 4, 1, 5, 2, 6, 3, 7));
    }
  }
}

/** Of two pairs, side by side. */
// @ts-ignore: decorator
@inline
function meanOf(row: usize, left: i32, width: i32, there: bool): v128 {
  if (!there) return i32x4.splat(-BIAS);
  const first = row + <usize>left * PAIR;
  const ones = i16x8.splat(1);
  const none = i32x4.splat(-2 * BIAS);
  const a = left >= 0 && left < width ? i32x4.dot_i16x8_s(v128.load(first), ones) : none;
  const b = left + 1 >= 0 && left + 1 < width ? i32x4.dot_i16x8_s(v128.load(first, PAIR), ones) : none;
  return i32x4.shr_s(i32x4.add(i32x4.add(a, b), i32x4.splat(2)), 2);
}
