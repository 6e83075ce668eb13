/** The reference orbit Z_0, Z_1, … that points are differences from, and the formula that it is an orbit of. */

import { log2 } from '../log2';
import { SMALLEST, Underflow, underflowEntry } from '../underflow';
import { Extended, normalize, power2 } from './extended-exponent';

/** What the loops are compiled for: z^2, any power, and formulas that fold, which are not analytic. */
export const SQUARE: i32 = 0;
export const POWER: i32 = 1;
export const FOLDED: i32 = 2;

@unmanaged
export class Reference {
  /** Pairs of f64 from Z_0. Of a Julia set first the critical orbit, and from `start` on that of the centre. */
  orbit: usize;
  /** Entries that are too small for doubles, in the order of their indices. */
  underflow: usize;
  underflows: i32;
  /** Index that points begin with. */
  start: i32;
  /** Index of the last entry of the critical orbit, and of all. */
  criticalEnd: i32;
  end: i32;
  /** As in formula.ts. */
  fold: i32;
  power: i32;
  /** SQUARE, POWER or FOLDED. */
  kind: i32;
  julia: bool;
  /** 1 / log2(power). */
  perLog2: f64;
}

/** Parts of an entry of the orbit, each with an exponent: beside the larger one the other may vanish, but has a sign. */
@unmanaged
export class Parts {
  re: f64;
  im: f64;
  reE: i32;
  imE: i32;
}

/** step: as in formula.ts; start: 0 unless it is a Julia set; end: index of the last entry. */
// prettier-ignore
export function setFormula(reference: Reference, step: i32, power: i32, julia: bool, orbit: usize, start: i32, end: i32,
  underflow: usize, underflows: i32): void {
  reference.fold = step;
  reference.power = power;
  reference.kind = step != 0 ? FOLDED : power == 2 ? SQUARE : POWER;
  reference.perLog2 = 1 / log2(<f64>power);
  reference.julia = julia;
  reference.orbit = orbit;
  reference.start = start;
  reference.criticalEnd = julia ? start - 1 : end;
  reference.end = end;
  reference.underflow = underflow;
  reference.underflows = underflows;
}

/** Re Z_m of the orbit that lies at this address. */
@inline
export function orbitRe(orbit: usize, m: i32): f64 {
  return load<f64>(orbit + (<usize>m << 4));
}

@inline
export function orbitIm(orbit: usize, m: i32): f64 {
  return load<f64>(orbit + (<usize>m << 4), 8);
}

/** Z_m with an exponent. */
export function orbitAt(reference: Reference, m: i32, out: Extended): void {
  const zr = orbitRe(reference.orbit, m);
  const zi = orbitIm(reference.orbit, m);
  if (max(Math.abs(zr), Math.abs(zi)) >= SMALLEST || m == 0) return normalize(zr, zi, 0, out);
  const found = underflowAt(reference, m);
  const er = <i32>found.reE;
  const ei = <i32>found.imE;
  const e = max(er, ei);
  normalize(found.re * power2(er - e), found.im * power2(ei - e), e, out);
}

/** Both parts of Z_m. */
export function partsAt(reference: Reference, m: i32, out: Parts): void {
  out.re = orbitRe(reference.orbit, m);
  out.im = orbitIm(reference.orbit, m);
  out.reE = 0;
  out.imE = 0;
  if (min(Math.abs(out.re), Math.abs(out.im)) >= SMALLEST || m == 0) return;
  const found = underflowAt(reference, m);
  if (changetype<usize>(found) == 0) return;
  out.re = found.re;
  out.im = found.im;
  out.reE = <i32>found.reE;
  out.imE = <i32>found.imE;
}

/** The entry of the underflow list for Z_m; at address 0: there is none. */
function underflowAt(reference: Reference, m: i32): Underflow {
  const list = reference.underflow;
  const entries = reference.underflows;
  let low = 0;
  let high = entries;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (underflowEntry(list, middle).index < <f64>m) low = middle + 1;
    else high = middle;
  }
  const found = underflowEntry(list, low);
  return changetype<Underflow>(low < entries && found.index == <f64>m ? changetype<usize>(found) : 0);
}
