/**
 * What a frame takes of an upright tile, in SIMD: the four numbers of a texel are the lanes. First along rows, then along
 * columns; gather.ts lays out the memory and gives the weights.
 */

/** Bytes of a texel in a tile, and of a sum. */
const TEXEL: usize = 8;
const SUM: usize = 16;

/** `across`: first texels (i32) and weights (f32, `most` a pixel) of `span` pixels; `down`: of `rows` pixels. */
export function addTile(
  texels: usize,
  width: i32,
  height: i32,
  acrossFirst: usize,
  acrossWeights: usize,
  acrossMost: i32,
  span: i32,
  downFirst: usize,
  downWeights: usize,
  downMost: i32,
  rows: i32,
  lines: usize,
  sums: usize,
  columns: i32,
): void {
  const line = <usize>span * SUM;
  for (let row = 0; row < height; row++) {
    const from = texels + <usize>(row * width) * TEXEL;
    let to = lines + <usize>row * line;
    for (let k = 0; k < span; k++, to += SUM) {
      const first = load<i32>(acrossFirst + ((<usize>k) << 2));
      let texel = from + <usize>first * TEXEL;
      const end = texel + <usize>min(acrossMost, width - first) * TEXEL;
      let weight = acrossWeights + ((<usize>(k * acrossMost)) << 2);
      let sum = f32x4.splat(0);
      for (; texel < end; texel += TEXEL, weight += 4) {
        const value = f32x4.convert_i32x4_s(v128.load16x4_u(texel));
        sum = f32x4.add(sum, f32x4.mul(value, v128.load32_splat(weight)));
      }
      v128.store(to, sum);
    }
  }
  for (let k = 0; k < rows; k++) {
    const first = load<i32>(downFirst + ((<usize>k) << 2));
    const end = min(downMost, height - first);
    const weights = downWeights + ((<usize>(k * downMost)) << 2);
    const from = lines + <usize>first * line;
    const target = sums + <usize>(k * columns) * SUM;
    for (let at: usize = 0; at < line; at += SUM) {
      let sum = v128.load(target + at);
      let value = from + at;
      for (let m = 0; m < end; m++, value += line) {
        const weight = v128.load32_splat(weights + ((<usize>m) << 2));
        sum = f32x4.add(sum, f32x4.mul(v128.load(value), weight));
      }
      v128.store(target + at, sum);
    }
  }
}

/**
 * Quotients of `count` sums as 8-bit sRGB, by the tables of toLevel (render/oklab.ts); the sums are 0 afterwards. Returns
 * the first pixel that has no samples, or -1.
 */
export function finish(sums: usize, count: i32, rgb: usize, thresholds: usize, start: usize, cells: f64): i32 {
  let without = -1;
  let to = rgb;
  let from = sums;
  for (let k = 0; k < count; k++, from += SUM, to += 3) {
    const share = load<f32>(from, 12);
    if (!(share > 0) && without < 0) without = k;
    store<u8>(to, levelOf(load<f32>(from) / share, thresholds, start, cells));
    store<u8>(to, levelOf(load<f32>(from, 4) / share, thresholds, start, cells), 1);
    store<u8>(to, levelOf(load<f32>(from, 8) / share, thresholds, start, cells), 2);
    v128.store(from, f32x4.splat(0));
  }
  return without;
}

// @ts-ignore: decorator
@inline
function levelOf(quotient: f32, thresholds: usize, start: usize, cells: f64): u8 {
  const linear = Math.min(1, <f64>quotient);
  let level = <u32>load<u8>(start + <usize>(linear * cells));
  while (level < 255 && linear >= load<f64>(thresholds + ((<usize>level + 1) << 3))) level++;
  return <u8>level;
}
