/**
 * Complex numbers beyond the range of doubles: a mantissa, the larger part of it within [1, 2), and an exponent of two in
 * an i32 ("floatexp" elsewhere). Operations write their result to `out`, which may be one of the operands.
 */

/** (re + i·im)·2^e. */
@unmanaged
export class Extended {
  re: f64;
  im: f64;
  e: i32;
}

export const EXTENDED_BYTES: usize = 24;

/** The exponent of zero: so small that nothing is below it, and sums of two do not wrap. */
export const ZERO: i32 = -(1 << 29);

@inline
export function assign(re: f64, im: f64, e: i32, out: Extended): void {
  out.re = re;
  out.im = im;
  out.e = e;
}

/** (re + i·im)·2^e with a normalized mantissa. */
@inline
export function normalize(re: f64, im: f64, e: i32, out: Extended): void {
  const larger = max(Math.abs(re), Math.abs(im));
  if (larger == 0) {
    assign(0, 0, ZERO, out);
    return;
  }
  const shift = <i32>(reinterpret<i64>(larger) >> 52) - 1023;
  const scale = power2(-shift);
  assign(re * scale, im * scale, e + shift, out);
}

/** a·b. */
export function multiply(a: Extended, b: Extended, out: Extended): void {
  const ar = a.re;
  const ai = a.im;
  const br = b.re;
  const bi = b.im;
  normalize(ar * br - ai * bi, ar * bi + ai * br, max(a.e + b.e, ZERO), out);
}

/** a + b. */
export function add(a: Extended, b: Extended, out: Extended): void {
  const ae = a.e;
  const be = b.e;
  if (ae >= be) {
    const scale = power2(be - ae);
    normalize(a.re + b.re * scale, a.im + b.im * scale, ae, out);
  } else {
    const scale = power2(ae - be);
    normalize(a.re * scale + b.re, a.im * scale + b.im, be, out);
  }
}

/** 2^k; 0 for a k so small that a mantissa times 2^k is negligible. */
@inline
export function power2(k: i32): f64 {
  return k < -1000 ? 0 : reinterpret<f64>((<i64>min(k, 1023) + 1023) << 52);
}
