/** Sums as pixels. */

import { SUM } from './texels';

/**
 * Quotients of `count` sums as 8-bit sRGB, by the tables of toLevel (render/oklab.ts); the sums are 0 afterwards. Returns
 * the first pixel that has no samples, or -1.
 */
export function finish(sums: usize, count: i32, rgb: usize, thresholds: usize, start: usize, cells: f32): i32 {
  let without = -1;
  let to = rgb;
  let from = sums;
  const one = f32x4.splat(1);
  const scale = f32x4.splat(cells);
  for (let k = 0; k < count; k++, from += SUM, to += 3) {
    const sum = v128.load(from);
    const share = v128.shuffle<f32>(sum, sum, 3, 3, 3, 3);
    const linear = f32x4.pmin(one, f32x4.div(sum, share));
    const cell = i32x4.trunc_sat_f32x4_s(f32x4.mul(linear, scale));
    if (!(f32x4.extract_lane(sum, 3) > 0) && without < 0) without = k;
    store<u8>(to, levelOf(f32x4.extract_lane(linear, 0), i32x4.extract_lane(cell, 0), thresholds, start));
    store<u8>(to, levelOf(f32x4.extract_lane(linear, 1), i32x4.extract_lane(cell, 1), thresholds, start), 1);
    store<u8>(to, levelOf(f32x4.extract_lane(linear, 2), i32x4.extract_lane(cell, 2), thresholds, start), 2);
    v128.store(from, f32x4.splat(0));
  }
  return without;
}

// @ts-ignore: decorator
@inline
function levelOf(linear: f32, cell: i32, thresholds: usize, start: usize): u8 {
  const level = <u32>load<u8>(start + <usize>cell);
  return <u8>(level + <u32>(<f64>linear >= load<f64>(thresholds + ((<usize>level + 1) << 3))));
}
