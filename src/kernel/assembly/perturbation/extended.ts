/**
 * Numbers beyond the range of doubles: a complex mantissa, the larger part of it within [1, 2), and an exponent of two
 * in an i32. Results are left in globals, of which every thread has its own.
 */

/** The result of the last operation. */
export let xr: f64 = 0;
export let xi: f64 = 0;
export let xe: i32 = 0;

/** The exponent of zero: so small that nothing is below it, and sums of two do not wrap. */
export const ZERO: i32 = -(1 << 29);

/** r + i·im times 2^e, brought into form. */
@inline
export function normalize(r: f64, i: f64, e: i32): void {
  const larger = max(Math.abs(r), Math.abs(i));
  if (larger == 0) {
    xr = 0;
    xi = 0;
    xe = ZERO;
    return;
  }
  const shift = <i32>(reinterpret<i64>(larger) >> 52) - 1023;
  const scale = power2(-shift);
  xr = r * scale;
  xi = i * scale;
  xe = e + shift;
}

/** a·b. */
@inline
export function multiply(ar: f64, ai: f64, ae: i32, br: f64, bi: f64, be: i32): void {
  normalize(ar * br - ai * bi, ar * bi + ai * br, max(ae + be, ZERO));
}

/** a + b. */
@inline
export function add(ar: f64, ai: f64, ae: i32, br: f64, bi: f64, be: i32): void {
  if (ae >= be) {
    const scale = power2(be - ae);
    normalize(ar + br * scale, ai + bi * scale, ae);
  } else {
    const scale = power2(ae - be);
    normalize(ar * scale + br, ai * scale + bi, be);
  }
}

/** 2^k; 0 for a k that makes nothing of a mantissa. */
@inline
export function power2(k: i32): f64 {
  return k < -1000 ? 0 : reinterpret<f64>((<i64>min(k, 1023) + 1023) << 52);
}
