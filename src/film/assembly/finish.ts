/**
 * Sums as pixels: the levels of render/quantise.ts, four pixels at once: by an approximation of the sRGB curve, and from the
 * tables where this may be a level off.
 */

import { curve, inDoubt, rounded, WHOLE } from './curve';
import { addColours, luma, storeColours } from './planes';
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

/**
 * Quotients of sums, `width` of each of `rows` rows, the first of which is row y of the picture, as 8-bit sRGB; the sums are 0
 * afterwards. Rows of sums and of pixels are a multiple of four pixels long. `dither`: for pixels of a square with `side`, a
 * power of two, row by row: what is added to a level of red before it is rounded (f32), for the whole row, then green, then
 * blue; behind these from how many levels of 16 bits on it is rounded up (i32). Returns the first pixel that has no samples,
 * or -1.
 */
export function finishBytes(sums: usize, width: i32, rows: i32, y: i32, rgb: usize, dither: usize, side: i32): i32 {
  return finish(false, sums, width, rows, y, rgb, 0, dither, side);
}

/**
 * The same as planes (render/yuv.ts), of an even number of rows, the first of which is even: Y' of all rows, then Cb of half as
 * many rows of half as many numbers, then Cr. `above`: room for 8 bytes a pixel of a row.
 */
export function finishPlanes(sums: usize, width: i32, rows: i32, y: i32, to: usize, above: usize, dither: usize, side: i32): i32 {
  return finish(true, sums, width, rows, y, to, above, dither, side);
}

// @ts-ignore: decorator
@inline
function finish(planes: bool, sums: usize, width: i32, rows: i32, y: i32, to: usize, pairs: usize, dither: usize, side: i32): i32 {
  let without = -1;
  const columns: usize = <usize>((width + 3) & ~3);
  let u: usize = to + columns * <usize>rows;
  const toV: usize = columns * <usize>rows >> 2;
  const next: usize = <usize>side << 2;
  const exact: usize = 3 * next * <usize>side;
  for (let row = 0; row < rows; row++) {
    const above = dither + 3 * next * <usize>((y + row) & (side - 1));
    let pair = pairs;
    for (let x = 0; x < width; x += 4, sums += 4 * SUM) {
      const redGreen01 = left(sums);
      const redGreen23 = left(sums + 2 * SUM);
      const blueShare01 = right(sums);
      const blueShare23 = right(sums + 2 * SUM);
      const share = lower(blueShare01, blueShare23);
      if (!haveSamples(share) && without < 0) without = firstEmpty(sums, row * width, x, width);
      clear(sums);
      const each = f32x4.div(f32x4.splat(1), share);
      const red = light(upper(redGreen01, redGreen23), each);
      const green = light(lower(redGreen01, redGreen23), each);
      const blue = light(upper(blueShare01, blueShare23), each);
      const at = above + (<usize>(x & (side - 1)) << 2);
      let r = curve(red, v128.load(at));
      let g = curve(green, v128.load(at + next));
      let b = curve(blue, v128.load(at + 2 * next));
      if (inDoubt(r, g, b)) {
        r = bytesOf(red, v128.load(exact + at));
        g = bytesOf(green, v128.load(exact + at + next));
        b = bytesOf(blue, v128.load(exact + at + 2 * next));
      } else {
        r = rounded(r);
        g = rounded(g);
        b = rounded(b);
      }
      if (planes) {
        // A dithered 0 may be -1.
        r = i32x4.max_s(r, i32x4.splat(0));
        g = i32x4.max_s(g, i32x4.splat(0));
        b = i32x4.max_s(b, i32x4.splat(0));
        store<u32>(to, luma(r, g, b));
        to += 4;
        if ((row & 1) == 0) addColours(pair, r, g, b);
        else {
          storeColours(pair, r, g, b, u, u + toV);
          u += 2;
        }
        pair += 32;
        continue;
      }
      const all = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(r, g), i16x8.narrow_i32x4_s(b, b));
      v128.store(to, v128.shuffle<i8>(all, all, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 13, 14, 15));
      to += 12;
    }
  }
  return without;
}

/** The same as 16-bit sRGB. */
export function finishDeep(sums: usize, width: i32, rows: i32, rgb: usize): i32 {
  let without = -1;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x += 4, sums += 4 * SUM, rgb += 24) {
      const redGreen01 = left(sums);
      const redGreen23 = left(sums + 2 * SUM);
      const blueShare01 = right(sums);
      const blueShare23 = right(sums + 2 * SUM);
      const share = lower(blueShare01, blueShare23);
      if (!haveSamples(share) && without < 0) without = firstEmpty(sums, row * width, x, width);
      clear(sums);
      const each = f32x4.div(f32x4.splat(1), share);
      const red = deepOf(light(upper(redGreen01, redGreen23), each));
      const green = deepOf(light(lower(redGreen01, redGreen23), each));
      const blue = deepOf(light(upper(blueShare01, blueShare23), each));
      const rg = i16x8.narrow_i32x4_u(red, green);
      const bb = i16x8.narrow_i32x4_u(blue, blue);
      v128.store(rgb, v128.shuffle<i16>(rg, bb, 0, 4, 8, 1, 5, 9, 2, 6));
      v128.store(rgb, v128.shuffle<i16>(rg, bb, 10, 3, 7, 11, 12, 13, 14, 15), 16);
    }
  }
  return without;
}

/** Red, red, green, green of two sums. */
// @ts-ignore: decorator
@inline
function left(sums: usize): v128 {
  return v128.shuffle<f32>(v128.load(sums), v128.load(sums, SUM), 0, 4, 1, 5);
}

/** Blue, blue, share, share of two sums. */
// @ts-ignore: decorator
@inline
function right(sums: usize): v128 {
  return v128.shuffle<f32>(v128.load(sums), v128.load(sums, SUM), 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 3, 6, 7);
}

// @ts-ignore: decorator
@inline
function haveSamples(share: v128): bool {
  return i32x4.bitmask(f32x4.gt(share, f32x4.splat(0))) == 15;
}

/** Linear light of four pixels: 0 to 1. */
// @ts-ignore: decorator
@inline
function light(sums: v128, each: v128): v128 {
  return f32x4.pmin(f32x4.splat(1), f32x4.mul(sums, each));
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
