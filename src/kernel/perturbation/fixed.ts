/** Complex numbers in fixed point, and one iteration of every formula on them. */

import type { Formula } from '../../view/view.js';

/** Both parts times 2^bits; the caller keeps `bits`. */
export interface Fixed {
  readonly re: bigint;
  readonly im: bigint;
}

/** z after the fold, before the power: |Re| + i|Im|, the conjugate, or nothing. */
export function folded({ re, im }: Fixed, step: Formula['step']): Fixed {
  if (step === 'burning-ship') return { re: re < 0n ? -re : re, im: im < 0n ? -im : im };
  return step === 'tricorn' ? { re, im: -im } : { re, im };
}

/** z^n, n at least 1. */
export function raised(z: Fixed, n: number, bits: bigint): Fixed {
  if (n === 1) return z;
  if (n % 2 === 1) return product(raised(z, n - 1, bits), z, bits);
  const { re, im } = raised(z, n / 2, bits);
  return { re: ((re + im) * (re - im)) >> bits, im: (re * im) >> (bits - 1n) };
}

export function product(a: Fixed, b: Fixed, bits: bigint): Fixed {
  return { re: (a.re * b.re - a.im * b.im) >> bits, im: (a.re * b.im + a.im * b.re) >> bits };
}

/** fold(z)^power + c. */
export function iterated(z: Fixed, c: Fixed, { step, power }: Formula, bits: bigint): Fixed {
  const { re, im } = raised(folded(z, step), power, bits);
  return { re: re + c.re, im: im + c.im };
}
