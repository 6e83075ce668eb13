/** Y', Cb and Cr of four pixels, by the numbers of render/yuv.ts. Levels of sRGB as four i32 each. */

const WEIGHTS = memory.data<i16>([
  5983, 20127, 5983, 20127, 5983, 20127, 5983, 20127, 2032, 0, 2032, 0, 2032, 0, 2032, 0,
  -3298, -11094, -3298, -11094, -3298, -11094, -3298, -11094, 14392, 0, 14392, 0, 14392, 0, 14392, 0,
  14392, -13072, 14392, -13072, 14392, -13072, 14392, -13072, -1320, 0, -1320, 0, -1320, 0, -1320, 0,
]);

/** As four bytes. */
// @ts-ignore: decorator
@inline
export function luma(r: v128, g: v128, b: v128): u32 {
  const y = i32x4.shr_s(weighted(0, redGreen(r, g), b, (16 << 15) + (1 << 14)), 15);
  return <u32>i32x4.extract_lane(bytesOf(y), 0);
}

/** Those of the upper row are kept for the lower one, in 32 bytes. */
// @ts-ignore: decorator
@inline
export function addColours(at: usize, r: v128, g: v128, b: v128): void {
  v128.store(at, redGreen(r, g));
  v128.store(at, b, 16);
}

/** Of the lower row, and that above it: two bytes each. */
// @ts-ignore: decorator
@inline
export function storeColours(at: usize, r: v128, g: v128, b: v128, u: usize, v: usize): void {
  const rg = ofTwo(i16x8.add(v128.load(at), redGreen(r, g)));
  const bb = ofTwo(i16x8.add(v128.load(at, 16), b));
  const cb = weighted(2, rg, bb, (128 << 17) + (1 << 16));
  const cr = weighted(4, rg, bb, (128 << 17) + (1 << 16));
  const both = bytesOf(i32x4.shr_s(v128.shuffle<i32>(cb, cr, 0, 2, 4, 6), 17));
  v128.store16_lane(u, both, 0);
  v128.store16_lane(v, both, 1);
}

/** Pairs of i16. */
// @ts-ignore: decorator
@inline
function redGreen(r: v128, g: v128): v128 {
  return v128.or(r, i32x4.shl(g, 16));
}

/** Sums of neighbours, in lanes 0 and 2. */
// @ts-ignore: decorator
@inline
function ofTwo(pairs: v128): v128 {
  return i16x8.add(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2));
}

// @ts-ignore: decorator
@inline
function weighted(row: usize, rg: v128, b: v128, added: i32): v128 {
  const colours = i32x4.dot_i16x8_s(rg, v128.load(WEIGHTS + 16 * row));
  return i32x4.add(i32x4.add(colours, i32x4.dot_i16x8_s(b, v128.load(WEIGHTS + 16 * row, 16))), i32x4.splat(added));
}

// @ts-ignore: decorator
@inline
function bytesOf(levels: v128): v128 {
  const words = i16x8.narrow_i32x4_s(levels, levels);
  return i8x16.narrow_i16x8_u(words, words);
}
