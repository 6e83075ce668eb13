/** The sRGB curve (IEC 61966-2-1), approximated, in levels of 8 bits. Four numbers at once. */

/** 2^23: what is added to it is rounded to a whole number, which its last bits are. */
export const WHOLE: f32 = 8388608;

/**
 * Constants, four times each: a vector is loaded faster than it is made of a number. The power of the curve is the polynomial
 * of degree 5 in the fourth root of linear light with the least error, 0.0017 levels, from where it begins on.
 */
const CONSTANTS = memory.data<f32>([
  -15.64075465, -15.64075465, -15.64075465, -15.64075465,
  41.30716886, 41.30716886, 41.30716886, 41.30716886,
  320.16253588, 320.16253588, 320.16253588, 320.16253588,
  -147.31728247, -147.31728247, -147.31728247, -147.31728247,
  73.87966004, 73.87966004, 73.87966004, 73.87966004,
  -17.39301848, -17.39301848, -17.39301848, -17.39301848,
  3294.6, 3294.6, 3294.6, 3294.6,
  0.0031308, 0.0031308, 0.0031308, 0.0031308,
  8388608, 8388608, 8388608, 8388608,
  0.24750625, 0.24750625, 0.24750625, 0.24750625,
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load(CONSTANTS + 16 * index);
}

/** 12.92 · 255 levels, up to where the power begins. */
// @ts-ignore: decorator
@inline
const SLOPE: usize = 6;
// @ts-ignore: decorator
@inline
const STRAIGHT: usize = 7;
// @ts-ignore: decorator
@inline
const ROUNDING: usize = 8;
/** (1/2 - 1/400)²: levels that are as close to the middle between two whole numbers may be on its other side. */
// @ts-ignore: decorator
@inline
const CLEAR: usize = 9;

/** Levels of linear light, 0 to 1, and `up` more. */
// @ts-ignore: decorator
@inline
export function curve(linear: v128, up: v128): v128 {
  const root = f32x4.sqrt(linear);
  const fourth = f32x4.sqrt(root);
  const low = f32x4.add(constant(0), f32x4.mul(fourth, constant(1)));
  const middle = f32x4.add(constant(2), f32x4.mul(fourth, constant(3)));
  const high = f32x4.add(constant(4), f32x4.mul(fourth, constant(5)));
  const power = f32x4.add(low, f32x4.mul(root, f32x4.add(middle, f32x4.mul(root, high))));
  const straight = f32x4.mul(linear, constant(SLOPE));
  const levels = v128.bitselect(straight, power, f32x4.lt(linear, constant(STRAIGHT)));
  return f32x4.add(levels, up);
}

/** Whether one of these may be rounded to a whole number beside the right one. */
// @ts-ignore: decorator
@inline
export function inDoubt(a: v128, b: v128, c: v128): bool {
  const most = f32x4.pmax(f32x4.pmax(squareOf(a), squareOf(b)), squareOf(c));
  return v128.any_true(f32x4.gt(most, constant(CLEAR)));
}

/** Of the way to the nearest whole number. */
// @ts-ignore: decorator
@inline
function squareOf(levels: v128): v128 {
  const whole = constant(ROUNDING);
  const off = f32x4.sub(levels, f32x4.sub(f32x4.add(levels, whole), whole));
  return f32x4.mul(off, off);
}

/** As whole numbers (i32). */
// @ts-ignore: decorator
@inline
export function rounded(levels: v128): v128 {
  const whole = constant(ROUNDING);
  return i32x4.sub(f32x4.add(levels, whole), whole);
}
