/** Sums as pixels: the levels of render/quantise.ts, from its tables. Four pixels at once. */

import { SUM } from './texels';

/** Of level k of 16 bits at `thresholds + 4 * k`: the linear light (f32) from which on it is level k. */
let thresholds: usize = 0;
/** The level of 16 bits (u16) at the lower end of each of FINE and of COARSE cells of the square root of linear light. */
let fine: usize = 0;
let coarse: usize = 0;
export const FINE: i32 = 1 << 16;
/** Their table stays in the first-level cache. */
export const COARSE: i32 = 1 << 12;

/** Of 8 bits: levels of 16 bits from one to the next. */
const STEP: i32 = 257;

/** Where the tables are. */
export function useTables(thresholdsAt: usize, fineAt: usize, coarseAt: usize): void {
  thresholds = thresholdsAt;
  fine = fineAt;
  coarse = coarseAt;
}

/** Four pixels in linear light, 0 to 1. */
let red = f32x4.splat(0);
let green = f32x4.splat(0);
let blue = f32x4.splat(0);

/**
 * Quotients of sums, `width` of each of `rows` rows, the first of which is row y of the picture, as 8-bit sRGB; the sums are 0
 * afterwards. Rows of sums and of pixels are a multiple of four pixels long. `dither`: for pixels of a square with `side`, a
 * power of two, row by row: from how many levels of 16 bits on red is rounded up (i32), for the whole row, then green, then
 * blue. Returns the first pixel that has no samples, or -1.
 */
export function finishBytes(sums: usize, width: i32, rows: i32, y: i32, rgb: usize, dither: usize, side: i32): i32 {
  let without = -1;
  const next = <usize>side << 2;
  for (let row = 0; row < rows; row++) {
    const above = dither + 3 * next * <usize>((y + row) & (side - 1));
    for (let x = 0; x < width; x += 4, sums += 4 * SUM, rgb += 12) {
      if (!divide(sums) && without < 0) without = firstEmpty(sums, row * width, x, width);
      clear(sums);
      const at = above + (<usize>(x & (side - 1)) << 2);
      const r = bytesOf(red, v128.load(at));
      const g = bytesOf(green, v128.load(at + next));
      const b = bytesOf(blue, v128.load(at + 2 * next));
      const all = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(r, g), i16x8.narrow_i32x4_s(b, b));
      v128.store(rgb, v128.shuffle<i8>(all, all, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 13, 14, 15));
    }
  }
  return without;
}

/** The same as 16-bit sRGB. */
export function finishDeep(sums: usize, width: i32, rows: i32, rgb: usize): i32 {
  let without = -1;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x += 4, sums += 4 * SUM, rgb += 24) {
      if (!divide(sums) && without < 0) without = firstEmpty(sums, row * width, x, width);
      clear(sums);
      const rg = i16x8.narrow_i32x4_u(deepOf(red), deepOf(green));
      const b = deepOf(blue);
      const bb = i16x8.narrow_i32x4_u(b, b);
      v128.store(rgb, v128.shuffle<i16>(rg, bb, 0, 4, 8, 1, 5, 9, 2, 6));
      v128.store(rgb, v128.shuffle<i16>(rg, bb, 10, 3, 7, 11, 12, 13, 14, 15), 16);
    }
  }
  return without;
}

/** Divides four sums; true: all have samples. */
// @ts-ignore: decorator
@inline
function divide(sums: usize): bool {
  const a = v128.load(sums);
  const b = v128.load(sums, 16);
  const c = v128.load(sums, 32);
  const d = v128.load(sums, 48);
  const redGreenAB = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const redGreenCD = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const blueShareAB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const blueShareCD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const share = v128.shuffle<f32>(blueShareAB, blueShareCD, 2, 3, 6, 7);
  const one = f32x4.splat(1);
  red = f32x4.pmin(one, f32x4.div(v128.shuffle<f32>(redGreenAB, redGreenCD, 0, 1, 4, 5), share));
  green = f32x4.pmin(one, f32x4.div(v128.shuffle<f32>(redGreenAB, redGreenCD, 2, 3, 6, 7), share));
  blue = f32x4.pmin(one, f32x4.div(v128.shuffle<f32>(blueShareAB, blueShareCD, 0, 1, 4, 5), share));
  return i32x4.all_true(f32x4.gt(share, f32x4.splat(0)));
}

/** Behind the end of a row there are none. */
function firstEmpty(sums: usize, before: i32, x: i32, width: i32): i32 {
  for (const end = min(x + 4, width); x < end; x++, sums += SUM) if (!(load<f32>(sums, 12) > 0)) return before + x;
  return -1;
}

// @ts-ignore: decorator
@inline
function clear(sums: usize): void {
  const none = f32x4.splat(0);
  v128.store(sums, none);
  v128.store(sums, none, 16);
  v128.store(sums, none, 32);
  v128.store(sums, none, 48);
}

/** 2^23: what is added to it is rounded to a whole number, which its last bits are. */
const WHOLE: f32 = 8388608;

/** One below the nearest: so that light is not below the cell's lower end, however it was rounded. */
// @ts-ignore: decorator
@inline
function cellsOf(linear: v128, cells: i32): v128 {
  const nearest = f32x4.add(f32x4.mul(f32x4.sqrt(linear), f32x4.splat(<f32>cells)), f32x4.splat(WHOLE));
  return i32x4.max_s(i32x4.sub(nearest, i32x4.splat(reinterpret<i32>(WHOLE) + 1)), i32x4.splat(0));
}

/** The level at the lower end of the cell, or the next one: cells are much smaller than levels. */
// @ts-ignore: decorator
@inline
function bytesOf(linear: v128, threshold: v128): v128 {
  const cells = cellsOf(linear, COARSE);
  let start = i32x4.splat(0);
  start = v128.load16_lane(coarse + (<usize>i32x4.extract_lane(cells, 0) << 1), start, 0);
  start = v128.load16_lane(coarse + (<usize>i32x4.extract_lane(cells, 1) << 1), start, 2);
  start = v128.load16_lane(coarse + (<usize>i32x4.extract_lane(cells, 2) << 1), start, 4);
  start = v128.load16_lane(coarse + (<usize>i32x4.extract_lane(cells, 3) << 1), start, 6);
  // Divided by STEP, exactly for numbers up to 65535 + STEP.
  const raised = i32x4.sub(i32x4.add(start, i32x4.splat(STEP)), threshold);
  const level = i32x4.shr_u(i32x4.mul(raised, i32x4.splat(65281)), 24);
  const at = i32x4.add(i32x4.mul(level, i32x4.splat(STEP)), threshold);
  let next = v128.load32_zero(thresholds + (<usize>i32x4.extract_lane(at, 0) << 2));
  next = v128.load32_lane(thresholds + (<usize>i32x4.extract_lane(at, 1) << 2), next, 1);
  next = v128.load32_lane(thresholds + (<usize>i32x4.extract_lane(at, 2) << 2), next, 2);
  next = v128.load32_lane(thresholds + (<usize>i32x4.extract_lane(at, 3) << 2), next, 3);
  return i32x4.sub(level, f32x4.ge(linear, next));
}

/** From the level at the lower end of the cell at most four levels on. */
// @ts-ignore: decorator
@inline
function deepOf(linear: v128): v128 {
  const cells = cellsOf(linear, FINE);
  const a = deep(f32x4.extract_lane(linear, 0), i32x4.extract_lane(cells, 0));
  const b = deep(f32x4.extract_lane(linear, 1), i32x4.extract_lane(cells, 1));
  const c = deep(f32x4.extract_lane(linear, 2), i32x4.extract_lane(cells, 2));
  const d = deep(f32x4.extract_lane(linear, 3), i32x4.extract_lane(cells, 3));
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d);
}

// @ts-ignore: decorator
@inline
function deep(linear: f32, cell: i32): i32 {
  const level = <i32>load<u16>(fine + ((<usize>cell) << 1));
  const next = v128.load(thresholds + ((<usize>level) << 2), 4);
  return level + popcnt(i32x4.bitmask(f32x4.ge(f32x4.splat(linear), next)));
}
