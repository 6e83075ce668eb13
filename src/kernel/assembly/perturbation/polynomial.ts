/** Polynomials with complex coefficients up to x^ORDER, for |x| <= 1: an i32, the degree, and pairs of f64. */

/** What a product costs grows with the square of it. */
export const ORDER: i32 = 16;
export const POLYNOMIAL: usize = 8 + 16 * (ORDER + 1);
const TERMS: usize = 8;

@inline
export function degree(p: usize): i32 {
  return load<i32>(p);
}

@inline
function term(p: usize, k: i32): usize {
  return p + TERMS + (<usize>k << 4);
}

@inline
export function termRe(p: usize, k: i32): f64 {
  return load<f64>(term(p, k));
}

@inline
export function termIm(p: usize, k: i32): f64 {
  return load<f64>(term(p, k), 8);
}

/** A bound of the modulus of one term, in the 1-norm. */
@inline
export function termSize(p: usize, k: i32): f64 {
  return Math.abs(termRe(p, k)) + Math.abs(termIm(p, k));
}

/** p <- re + i·im + (re1 + i·im1)·x. */
export function setLine(p: usize, re: f64, im: f64, re1: f64, im1: f64): void {
  store<i32>(p, 1);
  store<f64>(p, re, TERMS);
  store<f64>(p, im, TERMS + 8);
  store<f64>(p, re1, TERMS + 16);
  store<f64>(p, im1, TERMS + 24);
}

/** p <- p + (re + i·im)·x^k. */
export function addTerm(p: usize, k: i32, re: f64, im: f64): void {
  while (degree(p) < k) {
    store<i32>(p, degree(p) + 1);
    v128.store(term(p, degree(p)), f64x2.splat(0));
  }
  store<f64>(term(p, k), termRe(p, k) + re);
  store<f64>(term(p, k), termIm(p, k) + im, 8);
}

/** out <- (re + i·im)·p. */
export function scale(p: usize, re: f64, im: f64, out: usize): void {
  store<i32>(out, degree(p));
  for (let k = 0; k <= degree(p); k++) {
    const t = termRe(p, k) * re - termIm(p, k) * im;
    store<f64>(term(out, k), termRe(p, k) * im + termIm(p, k) * re, 8);
    store<f64>(term(out, k), t);
  }
}

/** p <- p·by. */
export function shrink(p: usize, by: f64): void {
  const factor = f64x2.splat(by);
  for (let k = 0; k <= degree(p); k++) v128.store(term(p, k), f64x2.mul(v128.load(term(p, k)), factor));
}

export function copy(p: usize, out: usize): void {
  memory.copy(out, p, TERMS + (<usize>(degree(p) + 1) << 4));
}

/** What the terms from x^k on may add up to. */
export function sizeFrom(p: usize, k: i32): f64 {
  let sum: f64 = 0;
  for (; k <= degree(p); k++) sum += termSize(p, k);
  return sum;
}

/** out <- p·q, as far as there is room; returns a bound of the rest. */
export function multiply(p: usize, q: usize, out: usize): f64 {
  const pDegree = degree(p);
  const qDegree = degree(q);
  const most = min(pDegree + qDegree, ORDER);
  store<i32>(out, most);
  for (let k = 0; k <= most; k++) {
    // Of the products with the real and with the imaginary parts of q.
    let real = f64x2.splat(0);
    let imaginary = f64x2.splat(0);
    let i = max(0, k - qDegree);
    let at = term(p, i);
    let with_ = term(q, k - i);
    let real2 = f64x2.splat(0);
    let imaginary2 = f64x2.splat(0);
    const until = min(k, pDegree);
    for (; i < until; i += 2) {
      const x = v128.load(at);
      const y = v128.load(at, 16);
      real = f64x2.add(real, f64x2.mul(x, v128.load64_splat(with_)));
      imaginary = f64x2.add(imaginary, f64x2.mul(x, v128.load64_splat(with_, 8)));
      real2 = f64x2.add(real2, f64x2.mul(y, v128.load64_splat(with_ - 16)));
      imaginary2 = f64x2.add(imaginary2, f64x2.mul(y, v128.load64_splat(with_ - 16, 8)));
      at += 32;
      with_ -= 32;
    }
    if (i == until) {
      const x = v128.load(at);
      real = f64x2.add(real, f64x2.mul(x, v128.load64_splat(with_)));
      imaginary = f64x2.add(imaginary, f64x2.mul(x, v128.load64_splat(with_, 8)));
    }
    real = f64x2.add(real, real2);
    imaginary = f64x2.add(imaginary, imaginary2);
    const turned = f64x2.mul(v128.shuffle<f64>(imaginary, imaginary, 1, 0), f64x2(-1, 1));
    v128.store(term(out, k), f64x2.add(real, turned));
  }
  let rest: f64 = 0;
  let others: f64 = 0;
  for (let i = ORDER + 1 - qDegree; i <= pDegree; i++) {
    others += termSize(q, ORDER + 1 - i);
    rest += termSize(p, i) * others;
  }
  return rest;
}

/** Leaves out the last terms as long as each is smaller than `trifle`, down to degree 1; returns what they may add up to. */
export function trim(p: usize, trifle: f64): f64 {
  let rest: f64 = 0;
  for (let k = degree(p); k > 1 && termSize(p, k) < trifle; k--) {
    rest += termSize(p, k);
    store<i32>(p, k - 1);
  }
  return rest;
}

/** out <- p'. */
export function derivative(p: usize, out: usize): void {
  store<i32>(out, max(0, degree(p) - 1));
  for (let k = 1; k <= degree(p); k++) {
    store<f64>(term(out, k - 1), <f64>k * termRe(p, k));
    store<f64>(term(out, k - 1), <f64>k * termIm(p, k), 8);
  }
}

export let valueRe: f64 = 0;
export let valueIm: f64 = 0;

/** p at x + i·y: even and odd terms by themselves (Horner), so that neither waits for the other. */
export function evaluate(p: usize, x: f64, y: f64): void {
  const re = f64x2.splat(x * x - y * y);
  const im = f64x2.mul(f64x2.splat(2 * x * y), f64x2(-1, 1));
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let at = term(p, degree(p));
  if ((degree(p) & 1) == 0) {
    even = v128.load(at);
    at -= 16;
  }
  for (; at > p; at -= 32) {
    odd = f64x2.add(times(odd, re, im), v128.load(at));
    even = f64x2.add(times(even, re, im), v128.load(at - 16));
  }
  const sum = f64x2.add(even, times(odd, f64x2.splat(x), f64x2(-y, y)));
  valueRe = f64x2.extract_lane(sum, 0);
  valueIm = f64x2.extract_lane(sum, 1);
}

/** A product of complex numbers: the second as (re, re) and (-im, im). */
@inline
export function times(x: v128, re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(x, re), f64x2.mul(v128.shuffle<f64>(x, x, 1, 0), im));
}
