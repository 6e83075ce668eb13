/**
 * Where the minibrot of a view is: the point c of least period p in it with Z_p(c) = 0, its nucleus, and its size.
 *
 * The period is the first p at which Newton's step from the centre, |Z_p / (dZ_p/dc)|, is shorter than the view's
 * radius: to first order the view then contains a nucleus. Newton's method refines it. Where the map is not
 * holomorphic, dZ/dc is a real 2 × 2 matrix.
 *
 * Size: near the nucleus c0 of z^d + c, with λ_k = d·z_1^(d-1) ⋯ d·z_k^(d-1) and β = 1 + 1/λ_1 + … + 1/λ_(p-1), p
 * iterations are z → λ_(p-1)·(z^d + β·(c - c0)): the whole set again, β·λ^(d/(d-1)) times smaller and turned.
 * (R. Munafo, "Size estimate"; C. Heiland-Allen, "Deriving the size estimate".) The matrices of burning-ship and
 * tricorn shear as well, so that one number is no size there.
 */

import { formatDecimal } from '../../view/decimal.js';
import { type Fixed, iterated } from './fixed.js';
import { newton } from './newton.js';
import { candidates, type None } from './period.js';
import { inverse, log2Of, ONE, plus, scaledOf, times } from './scaled.js';
import { bitsFor, GUARD, LOG2_10, pointOf, radiusLog2, type Search, type Stage, sliceAt } from './search.js';

export type { Search, Stage } from './search.js';

export interface Nucleus {
  readonly period: number;
  /** Decimal strings: as many digits as distinguish points of the minibrot, and ten more. */
  readonly re: string;
  readonly im: string;
  /** log10 of the size, that of the whole set being 1; undefined where it is not known. */
  readonly sizeLog10: number | undefined;
}

/** Decimals beyond the size of the minibrot. */
const SPARE_DIGITS = 10;
/** Periods that fit to first order and have no nucleus here, before the search ends. */
const MOST_TRIES = 12;

/**
 * Looks for a nucleus, a stage at a time, so that the caller can show them, and stop. What it finds has exactly its
 * period, and lies within two radii of the centre.
 */
export function* locate(search: Search): Generator<Stage, Nucleus | None> {
  const periods = candidates(search);
  let tries = 0;
  for (;;) {
    const { done, value } = periods.next();
    if (done) return value;
    if (typeof value !== 'number') {
      yield value;
      continue;
    }
    const found = yield* polished(search, value);
    if (found) return found;
    if (++tries === MOST_TRIES) return { why: 'diverged', at: value };
  }
}

/** The nucleus that Newton's method leads to, unless that is none of this period or far from the view. */
function* polished(search: Search, candidate: number): Generator<Stage, Nucleus | undefined> {
  const radius = radiusLog2(search);
  // A minibrot may be as small as the square of the view: the first guess has half of the bits right.
  let bits = bitsFor(2 * Math.max(0, -radius), candidate);
  const centre = () => pointOf(search, bits);
  let c = centre();
  for (;;) {
    const converged = yield* newton(search.formula, c, candidate, bits, (at) => near(at, centre(), radius, bits));
    if (!converged) return undefined;
    const { nucleus, period } = converged;
    const size = yield* sizeLog2(search.formula, nucleus, period, bits);
    const needed = size === undefined ? bits : bitsFor(-size, period);
    if (needed <= bits) return asDecimals(nucleus, period, size, bits);
    c = { re: nucleus.re << BigInt(needed - bits), im: nucleus.im << BigInt(needed - bits) };
    bits = needed;
  }
}

function near(a: Fixed, b: Fixed, radius: number, bits: number): boolean {
  return log2Of(scaledOf(a.re - b.re, a.im - b.im, bits)) <= radius + 1;
}

/** log2 of the size of the minibrot at a nucleus, by the formula above. */
function* sizeLog2(
  formula: Search['formula'],
  c: Fixed,
  period: number,
  bits: number,
): Generator<Stage, number | undefined> {
  const { step, power } = formula;
  if (step !== 'holomorphic') return undefined;
  const every = sliceAt(bits);
  let z = c;
  let lambda = ONE;
  let beta = ONE;
  for (let n = 1; n < period; n++) {
    const at = scaledOf(z.re, z.im, bits);
    lambda = times(lambda, { x: power, y: 0, exponent: 0 });
    for (let k = 1; k < power; k++) lambda = times(lambda, at);
    beta = plus(beta, inverse(lambda));
    if (n % every === 0) yield { doing: 'nucleus', done: n, of: period };
    z = iterated(z, c, formula, BigInt(bits));
  }
  return -log2Of(beta) - (log2Of(lambda) * power) / (power - 1);
}

/** A nucleus with the digits that are right, and no more than needed. */
function asDecimals(c: Fixed, period: number, size: number | undefined, bits: number): Nucleus {
  const right = Math.floor((bits - GUARD) / LOG2_10);
  const digits = size === undefined ? right : Math.min(right, Math.ceil(-size / LOG2_10) + SPARE_DIGITS);
  return {
    period,
    re: decimalText(c.re, bits, digits),
    im: decimalText(c.im, bits, digits),
    sizeLog10: size === undefined ? undefined : size / LOG2_10,
  };
}

/** To the nearest multiple of 10^-digits. */
function decimalText(value: bigint, bits: number, digits: number): string {
  const scaled = (((value * 10n ** BigInt(digits)) << 1n) + (1n << BigInt(bits))) >> BigInt(bits + 1);
  return formatDecimal({ digits: scaled, exponent: -digits });
}
