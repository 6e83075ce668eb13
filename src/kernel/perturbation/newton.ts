/** Newton's method on Z_p(c) = 0 in fixed point, for every formula: where one is not holomorphic, with a real matrix. */

import type { Formula } from '../../view/view.js';
import { type Fixed, folded, iterated, product, raised } from './fixed.js';
import { log2Of, scaledOf } from './scaled.js';
import { GUARD, type Search, type Stage, sliceAt } from './search.js';

/** Quadratic convergence needs a few steps; a start that needs more is not near a nucleus. */
const MOST_STEPS = 40;
/** No c near a nucleus goes so far within its period: beyond it Z would double its digits at every iteration. */
const FAR_BITS = 10;

/** Newton's method on Z_p(c) = 0, to all bits but the guard; the exact period may be a divisor of p. */
export function* newton(
  formula: Search['formula'],
  start: Fixed,
  period: number,
  bits: number,
  stays: (c: Fixed) => boolean,
): Generator<Stage, { nucleus: Fixed; period: number } | undefined> {
  const precise = GUARD / 2 - bits;
  let c = start;
  for (let k = 0; k < MOST_STEPS; k++) {
    const { step, exact } = yield* newtonStep(formula, c, period, bits, precise);
    if (!step) return undefined;
    const length = log2Of(scaledOf(step.re, step.im, bits));
    if (length <= precise) return { nucleus: c, period: exact };
    c = { re: c.re - step.re, im: c.im - step.im };
    if (!stays(c)) return undefined;
  }
  return undefined;
}

/** A derivative in fixed point of `FINE` bits, times 2^exponent: its size is not limited by any number of bits. */
interface Derivative {
  readonly u: Fixed;
  readonly v: Fixed | undefined;
  readonly exponent: number;
}

/** Newton's step at c, undefined where there is none; `exact`: the first divisor of p at which Z is zero already. */
function* newtonStep(
  formula: Search['formula'],
  c: Fixed,
  period: number,
  bits: number,
  zeroLog2: number,
): Generator<Stage, { step: Fixed | undefined; exact: number }> {
  const every = sliceAt(bits);
  // A step at most doubles the bits that are right: half of them will do for the derivative.
  const fine = (bits >> 1) + GUARD;
  const coarse = ({ re, im }: Fixed): Fixed => ({ re: re >> BigInt(bits - fine), im: im >> BigInt(bits - fine) });
  const unit = 1n << BigInt(fine);
  const far = 1n << BigInt(bits + FAR_BITS);
  let d: Derivative = {
    u: { re: unit, im: 0n },
    v: formula.step === 'holomorphic' ? undefined : { re: 0n, im: unit },
    exponent: 0,
  };
  let z = c;
  let exact = period;
  for (let n = 1; n < period; n++) {
    if (period % n === 0 && exact === period) {
      const step = solved(z, d, fine);
      if (step && log2Of(scaledOf(step.re, step.im, bits)) <= zeroLog2) exact = n;
    }
    if (n % every === 0) yield { doing: 'nucleus', done: n, of: period };
    d = derivativeAfter(d, coarse(z), formula, fine);
    z = iterated(z, c, formula, BigInt(bits));
    if (beyond(z, far)) return { step: undefined, exact };
  }
  return { step: solved(z, d, fine), exact };
}

/** Mantissas longer than this many bits beyond their point are shortened by as many. */
const MARGIN_BITS = 256;

/** The derivative after one more iteration: d·fold(z)^(d-1)·fold'(z)[w] + 1 for each column w. */
function derivativeAfter(
  { u, v, exponent }: Derivative,
  z: Fixed,
  { step, power }: Search['formula'],
  fine: number,
): Derivative {
  const bits = BigInt(fine);
  const slope = raised(folded(z, step), power - 1, bits);
  const factor = { re: BigInt(power) * slope.re, im: BigInt(power) * slope.im };
  const unit = exponent > fine ? 0n : 1n << BigInt(fine - exponent);
  const next = (w: Fixed, re: bigint, im: bigint): Fixed => {
    const turned = product(factor, differential(w, z, step), bits);
    return { re: turned.re + re, im: turned.im + im };
  };
  const [a, b] = [next(u, unit, 0n), v && next(v, 0n, unit)];
  const most = 1n << BigInt(fine + MARGIN_BITS);
  if (!beyond(a, most) && !(b && beyond(b, most))) return { u: a, v: b, exponent };
  const shorter = ({ re, im }: Fixed): Fixed => ({ re: re >> BigInt(MARGIN_BITS), im: im >> BigInt(MARGIN_BITS) });
  return { u: shorter(a), v: b && shorter(b), exponent: exponent + MARGIN_BITS };
}

function beyond({ re, im }: Fixed, most: bigint): boolean {
  return re > most || re < -most || im > most || im < -most;
}

/** A difference w after the fold at z. */
function differential(w: Fixed, z: Fixed, step: Formula['step']): Fixed {
  if (step === 'holomorphic') return w;
  if (step === 'tricorn') return { re: w.re, im: -w.im };
  return { re: z.re < 0n ? -w.re : w.re, im: z.im < 0n ? -w.im : w.im };
}

/** The solution s of [u v]·s = z, by Cramer's rule; undefined where the columns lie in one line. */
function solved(z: Fixed, { u, v = { re: -u.im, im: u.re }, exponent }: Derivative, fine: number): Fixed | undefined {
  const cross = (a: Fixed, b: Fixed) => a.re * b.im - a.im * b.re;
  const area = cross(u, v);
  if (area === 0n) return undefined;
  const scaled = (numerator: bigint) => ((numerator << BigInt(fine)) / area) >> BigInt(exponent);
  return { re: scaled(cross(z, v)), im: scaled(cross(u, z)) };
}
