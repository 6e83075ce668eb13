/** A search for a nucleus: where, how precisely, and how far it has come. */

import { log10, parseDecimal, toFixed } from '../../view/decimal.js';
import { extentOf, type Matrix } from '../../view/matrix.js';
import type { Formula } from '../../view/view.js';
import type { Fixed } from './fixed.js';

/** A view to look for a nucleus in. */
export interface Search {
  readonly formula: Omit<Formula, 'julia'>;
  /** The centre and the zoom, decimal strings; the view is 4 / zoom high and `aspect` times as wide. */
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly aspect: number;
  /** Of the plane (view/stretch.ts); absent: none. */
  readonly deformation?: Matrix;
  /** Periods up to it are looked at. */
  readonly limit: number;
}

/** How far it is: iterations of the centre, or of one step of Newton's method. */
export interface Stage {
  readonly doing: 'period' | 'nucleus';
  readonly done: number;
  readonly of: number;
}

/** Bits beyond the requested ones: roundings of an orbit, and the last step. */
export const GUARD = 64;
export const LOG2_10 = Math.log2(10);

/** log2 of the half diagonal, (2 / zoom)·√(1 + aspect²), of a deformed view of a bound of it. */
export function radiusLog2({ zoom, aspect, deformation }: Search): number {
  return 1 - log2OfText(zoom) + Math.log2(1 + aspect * aspect) / 2 + Math.log2(extentOf(deformation)[0]);
}

/** Bits behind the point for differences of 2^-depth after so many iterations. */
export function bitsFor(depth: number, iterations: number): number {
  return Math.ceil(Math.max(0, depth) + Math.log2(iterations + 1)) + 2 * GUARD;
}

/** Iterations that take some ten milliseconds. */
export function sliceAt(bits: number): number {
  return Math.max(16, Math.min(8192, Math.floor(2 ** 22 / bits)));
}

export function pointOf({ re, im }: Search, bits: number): Fixed {
  const fixed = (text: string) => toFixed(parseDecimal(text) ?? { digits: 0n, exponent: 0 }, bits);
  return { re: fixed(re), im: fixed(im) };
}

function log2OfText(text: string): number {
  return log10(parseDecimal(text) ?? { digits: 1n, exponent: 0 }) * LOG2_10;
}
