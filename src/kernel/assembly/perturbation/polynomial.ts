/** Polynomials with complex coefficients up to x^ORDER, for |x| <= 1. */

/** What a product costs grows with the square of it. */
export const ORDER: i32 = 16;
/** Where the coefficients begin. */
const TERMS: usize = 8;
export const POLYNOMIAL_BYTES: usize = TERMS + 16 * (<usize>ORDER + 1);

/** Its degree, and behind that room for ORDER + 1 coefficients: pairs of f64. */
@unmanaged
export class Polynomial {
  degree: i32;
}

@inline
function term(p: Polynomial, k: i32): usize {
  return changetype<usize>(p) + TERMS + (<usize>k << 4);
}

@inline
export function termRe(p: Polynomial, k: i32): f64 {
  return load<f64>(term(p, k));
}

@inline
export function termIm(p: Polynomial, k: i32): f64 {
  return load<f64>(term(p, k), 8);
}

/** A bound of the modulus of one term, in the 1-norm. */
@inline
export function termSize(p: Polynomial, k: i32): f64 {
  return Math.abs(termRe(p, k)) + Math.abs(termIm(p, k));
}

/** p <- re + i·im + (re1 + i·im1)·x. */
export function setLine(p: Polynomial, re: f64, im: f64, re1: f64, im1: f64): void {
  p.degree = 1;
  v128.store(term(p, 0), f64x2(re, im));
  v128.store(term(p, 1), f64x2(re1, im1));
}

/** p <- p + (re + i·im)·x^k. */
export function addTerm(p: Polynomial, k: i32, re: f64, im: f64): void {
  while (p.degree < k) {
    p.degree++;
    v128.store(term(p, p.degree), f64x2.splat(0));
  }
  store<f64>(term(p, k), termRe(p, k) + re);
  store<f64>(term(p, k), termIm(p, k) + im, 8);
}

/** out <- (re + i·im)·p. */
export function scale(p: Polynomial, re: f64, im: f64, out: Polynomial): void {
  out.degree = p.degree;
  for (let k = 0; k <= p.degree; k++) {
    const t = termRe(p, k) * re - termIm(p, k) * im;
    store<f64>(term(out, k), termRe(p, k) * im + termIm(p, k) * re, 8);
    store<f64>(term(out, k), t);
  }
}

/** p <- p·by. */
export function shrink(p: Polynomial, by: f64): void {
  const factor = f64x2.splat(by);
  for (let k = 0; k <= p.degree; k++) v128.store(term(p, k), f64x2.mul(v128.load(term(p, k)), factor));
}

export function copy(p: Polynomial, out: Polynomial): void {
  memory.copy(changetype<usize>(out), changetype<usize>(p), TERMS + (<usize>(p.degree + 1) << 4));
}

/** What the terms from x^k on may add up to. */
export function sizeFrom(p: Polynomial, k: i32): f64 {
  let sum: f64 = 0;
  for (; k <= p.degree; k++) sum += termSize(p, k);
  return sum;
}

/** out <- p·q, as far as there is room; returns a bound of the rest. */
export function multiply(p: Polynomial, q: Polynomial, out: Polynomial): f64 {
  const pDegree = p.degree;
  const qDegree = q.degree;
  const most = min(pDegree + qDegree, ORDER);
  out.degree = most;
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

/** Leaves out the last terms as long as each is smaller than `epsilon`, down to degree 1; returns what they may add up to. */
export function trim(p: Polynomial, epsilon: f64): f64 {
  let rest: f64 = 0;
  for (let k = p.degree; k > 1 && termSize(p, k) < epsilon; k--) {
    rest += termSize(p, k);
    p.degree = k - 1;
  }
  return rest;
}

/** out <- p'. */
export function derivative(p: Polynomial, out: Polynomial): void {
  out.degree = max(0, p.degree - 1);
  for (let k = 1; k <= p.degree; k++) {
    store<f64>(term(out, k - 1), <f64>k * termRe(p, k));
    store<f64>(term(out, k - 1), <f64>k * termIm(p, k), 8);
  }
}

/** p at x + i·y, as (re, im): even and odd terms by themselves (Horner), so that neither depends on the other. */
export function evaluate(p: Polynomial, x: f64, y: f64): v128 {
  const re = f64x2.splat(x * x - y * y);
  const im = f64x2.mul(f64x2.splat(2 * x * y), f64x2(-1, 1));
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let at = term(p, p.degree);
  if ((p.degree & 1) == 0) {
    even = v128.load(at);
    at -= 16;
  }
  for (; at > changetype<usize>(p); at -= 32) {
    odd = f64x2.add(times(odd, re, im), v128.load(at));
    even = f64x2.add(times(even, re, im), v128.load(at - 16));
  }
  return f64x2.add(even, times(odd, f64x2.splat(x), f64x2(-y, y)));
}

/** A product of complex numbers: the second as (re, re) and (-im, im). */
@inline
export function times(x: v128, re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(x, re), f64x2.mul(v128.shuffle<f64>(x, x, 1, 0), im));
}
