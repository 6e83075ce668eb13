/**
 * The periods of a view: those p at which Newton's step from its centre, |Z_p / (dZ_p/dc)|, is shorter than its radius,
 * so that to first order it contains a nucleus. At last the p at which |Z_p| was smallest: within a component of the set
 * that is its period, however far its nucleus is from the centre.
 */

import type { Formula } from '../../view/view.js';
import { type Fixed, iterated } from './fixed.js';
import { conjugate, I, log2Of, ONE, plus, type Scaled, scaledOf, times } from './scaled.js';
import { bitsFor, pointOf, radiusLog2, type Search, type Stage, sliceAt } from './search.js';

/** Beyond it nothing within Newton's reach is in the set: |Z| log|Z| / |2 dZ/dc| bounds its distance from below. */
const FAR_LOG2 = 10;

/** No nucleus: the limit was reached, the centre escaped, or Newton's method did not converge; and at which iteration. */
export interface None {
  readonly why: 'limit' | 'escaped' | 'diverged';
  readonly at: number;
}

/** Periods whose nucleus may be in the view. */
export function* candidates(search: Search): Generator<Stage | number, None> {
  const { formula, limit } = search;
  const radius = radiusLog2(search);
  const bits = bitsFor(-radius, limit);
  const c = pointOf(search, bits);
  const every = sliceAt(bits);
  let z: Fixed = c;
  let slopes = unitSlopes(formula);
  let least = { log2: Infinity, at: 1, tried: false };
  for (let n = 1; n <= limit; n++) {
    const at = scaledOf(z.re, z.im, bits);
    const tried = newtonLog2(at, slopes) < radius;
    if (log2Of(at) < least.log2) least = { log2: log2Of(at), at: n, tried };
    if (tried) yield n;
    if (log2Of(at) > FAR_LOG2) return { why: 'escaped', at: n };
    if (n % every === 0) yield { doing: 'period', done: n, of: limit };
    slopes = slopesAfter(slopes, at, formula);
    z = iterated(z, c, formula, BigInt(bits));
  }
  if (!least.tried) yield least.at;
  return { why: 'limit', at: limit };
}

/** dZ/d(Re c), and dZ/d(Im c) where that is not i times it. */
type Slopes = readonly [Scaled, Scaled?];

function unitSlopes({ step }: Search['formula']): Slopes {
  return step === 'holomorphic' ? [ONE] : [ONE, I];
}

function slopesAfter([u, v]: Slopes, z: Scaled, { step, power }: Search['formula']): Slopes {
  const at = foldedSlope(z, z, step);
  let factor: Scaled = { x: power, y: 0, exponent: 0 };
  for (let k = 1; k < power; k++) factor = times(factor, at);
  const next = (w: Scaled, unit: Scaled) => plus(times(factor, foldedSlope(w, z, step)), unit);
  return v ? [next(u, ONE), next(v, I)] : [next(u, ONE)];
}

/** A difference w (or z itself) after the fold at z. */
function foldedSlope(w: Scaled, z: Scaled, step: Formula['step']): Scaled {
  if (step === 'tricorn') return conjugate(w);
  if (step === 'holomorphic') return w;
  return { x: z.x < 0 ? -w.x : w.x, y: z.y < 0 ? -w.y : w.y, exponent: w.exponent };
}

/** log2 of the length of Newton's step (Cramer's rule, with a × b = Im(conj(a)·b)). */
function newtonLog2(z: Scaled, [u, v]: Slopes): number {
  if (!v) return log2Of(z) - log2Of(u);
  const cross = (a: Scaled, b: Scaled): Scaled => ({ ...times(conjugate(a), b), x: 0 });
  const [re, im, area] = [cross(z, v), cross(u, z), cross(u, v)].map(log2Of) as [number, number, number];
  return area === -Infinity ? Infinity : Math.max(re, im) - area;
}
