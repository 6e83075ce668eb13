/** What rows of a frame take of an upright tile: first along columns of texels, then along the row. */

import { addPair, BIAS, PAIR, SUM, sumOfWeights } from './texels';

/** Empty sums before and behind a line: windows may begin before a tile and end behind it. */
export const MARGIN: i32 = 8;

/**
 * `texels`: `width` columns of `pairs`. `firstPair`: of each of `rows` rows of the frame the first pair (i32) that its weights
 * (`most` pairs of i16, `down`) are for, less `pairsBefore` counted from the tile's. `first`: of each of `span` pixels the
 * first column (i32), less `columnsBefore`, that its `taps` weights (f32, `across`) are for. `line`: space for the tile's
 * width with a MARGIN. `sums`: of the first pixel; those of the next row are `stride` pixels on.
 */
export function addUpright(
  texels: usize,
  width: i32,
  pairs: i32,
  firstPair: usize,
  pairsBefore: i32,
  down: usize,
  most: i32,
  rows: i32,
  first: usize,
  columnsBefore: i32,
  across: usize,
  taps: i32,
  span: i32,
  line: usize,
  sums: usize,
  stride: i32,
): void {
  for (let m: usize = 0; m < <usize>MARGIN * SUM; m += SUM) {
    v128.store(line - SUM - m, f32x4.splat(0));
    v128.store(line + <usize>width * SUM + m, f32x4.splat(0));
  }
  const start = line - <usize>columnsBefore * SUM;
  for (let row = 0; row < rows; row++) {
    const pair = load<i32>(firstPair + ((<usize>row) << 2)) - pairsBefore;
    const skipped = max(0, -pair);
    const count = min(most, pairs - pair) - skipped;
    if (count <= 0) continue;
    const weights = down + ((<usize>(row * most + skipped)) << 2);
    sumColumns(texels + <usize>((pair + skipped) * width) * PAIR, width, count, weights, line);
    const target = sums + <usize>(row * stride) * SUM;
    if (taps == 3) sumThree(start, first, across, span, target);
    else if (taps == 4) sumFour(start, first, across, span, target);
    else if (taps == 5) sumFive(start, first, across, span, target);
    else sumMany(start, first, across, taps, span, target);
  }
}

/** `line`: of each column the sum of `count` pairs from `texels` on. */
function sumColumns(texels: usize, width: i32, count: i32, weights: usize, line: usize): void {
  const whole = i32x4.splat(BIAS * sumOfWeights(weights, count));
  const next = <usize>width * PAIR;
  const end = texels + next;
  const a = v128.load32_splat(weights);
  if (count == 1) {
    for (; texels < end; texels += PAIR, line += SUM) v128.store(line, f32x4.convert_i32x4_s(addPair(whole, texels, a)));
    return;
  }
  const b = v128.load32_splat(weights, 4);
  if (count == 2) {
    for (; texels < end; texels += PAIR, line += SUM) {
      v128.store(line, f32x4.convert_i32x4_s(addPair(addPair(whole, texels, a), texels + next, b)));
    }
    return;
  }
  const c = v128.load32_splat(weights, 8);
  for (; texels < end; texels += PAIR, line += SUM) {
    let sum = addPair(addPair(addPair(whole, texels, a), texels + next, b), texels + 2 * next, c);
    for (let k = 3; k < count; k++) {
      sum = addPair(sum, texels + <usize>k * next, v128.load32_splat(weights + ((<usize>k) << 2)));
    }
    v128.store(line, f32x4.convert_i32x4_s(sum));
  }
}

// @ts-ignore: decorator
@inline
function tap(texel: usize, weight: usize, k: usize): v128 {
  return f32x4.mul(v128.load(texel + k * SUM), v128.load32_splat(weight + 4 * k));
}

function sumThree(start: usize, first: usize, weight: usize, span: i32, to: usize): void {
  for (const end = to + <usize>span * SUM; to < end; to += SUM, first += 4, weight += 12) {
    const texel = start + <usize>load<i32>(first) * SUM;
    const sum = f32x4.add(f32x4.add(tap(texel, weight, 0), tap(texel, weight, 1)), tap(texel, weight, 2));
    v128.store(to, f32x4.add(v128.load(to), sum));
  }
}

function sumFour(start: usize, first: usize, weight: usize, span: i32, to: usize): void {
  for (const end = to + <usize>span * SUM; to < end; to += SUM, first += 4, weight += 16) {
    const texel = start + <usize>load<i32>(first) * SUM;
    const left = f32x4.add(tap(texel, weight, 0), tap(texel, weight, 1));
    const sum = f32x4.add(left, f32x4.add(tap(texel, weight, 2), tap(texel, weight, 3)));
    v128.store(to, f32x4.add(v128.load(to), sum));
  }
}

function sumFive(start: usize, first: usize, weight: usize, span: i32, to: usize): void {
  for (const end = to + <usize>span * SUM; to < end; to += SUM, first += 4, weight += 20) {
    const texel = start + <usize>load<i32>(first) * SUM;
    const left = f32x4.add(f32x4.add(tap(texel, weight, 0), tap(texel, weight, 1)), tap(texel, weight, 2));
    const sum = f32x4.add(left, f32x4.add(tap(texel, weight, 3), tap(texel, weight, 4)));
    v128.store(to, f32x4.add(v128.load(to), sum));
  }
}

function sumMany(start: usize, first: usize, weight: usize, taps: i32, span: i32, to: usize): void {
  for (const end = to + <usize>span * SUM; to < end; to += SUM, first += 4, weight += 4 * <usize>taps) {
    const texel = start + <usize>load<i32>(first) * SUM;
    let sum = v128.load(to);
    for (let k = 0; k < taps; k++) sum = f32x4.add(sum, tap(texel, weight, k));
    v128.store(to, sum);
  }
}
