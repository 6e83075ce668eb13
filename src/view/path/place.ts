/**
 * The straight way between two places: the zoom grows geometrically, and the centre moves in proportion to the width of
 * the view, w = 1 / zoom, so that the target keeps its position in the picture while the zoom grows:
 *
 *   c(t) = c1 + (c0 - c1)·(w(t) - w1) / (w0 - w1)
 *
 * Centres are decimals with some digits more than their zoom has; both ends are exactly the places that were given.
 */

import {
  add,
  cutOff,
  type Decimal,
  formatDecimal,
  fromLog10,
  log10,
  multiply,
  negate,
  parseDecimal,
} from '../decimal.js';

export interface Place {
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
}

/** Digits of a centre beyond those of the zoom: more than samples and their differences can show. */
const SPARE_DIGITS = 40;

/** The place at time t, 0 to 1, between two places; decimal strings in and out. */
export function placeAt(from: Place, to: Place, t: number): Place {
  const [start, end] = [depthOf(from.zoom), depthOf(to.zoom)];
  // Computed from the shallower end, so that the powers below are at most 1.
  if (end < start) return placeAt(to, from, 1 - t);
  return placeAtDepth(from, to, start + t * (end - start), t);
}

/**
 * The place between two places where the zoom has this depth (log10), which lies between theirs. `t`: the time, 0 to 1; it
 * also decides between two places of one depth.
 */
export function placeAtDepth(from: Place, to: Place, log: number, t: number): Place {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const [start, end] = [depthOf(from.zoom), depthOf(to.zoom)];
  if (end < start) return placeAtDepth(to, from, log, 1 - t);
  const depth = end - start;
  const passed = Math.max(0, rounded(log) - start);
  if (depth > 0 && passed >= depth) return to;
  return {
    zoom: depth === 0 ? from.zoom : fromLog10(start + passed),
    ...centreBetween(from, to, shareLeft(passed, depth, t), start + passed),
  };
}

/** The centre that is off `to` by a share (decimal text, 0 to 1) of what `from` is; to the digits of a zoom of this depth. */
export function centreBetween(from: Place, to: Place, share: string, depth: number): Pick<Place, 're' | 'im'> {
  const part = parsed(share);
  const decimals = Math.max(0, Math.ceil(depth)) + SPARE_DIGITS;
  return { re: between(from.re, to.re, part, decimals), im: between(from.im, to.im, part, decimals) };
}

/** log10 of a zoom. */
export function depthOf(zoom: string): number {
  return log10(parsed(zoom));
}

/** log10 of the distance between two centres; -Infinity where they are the same. */
export function distanceLog10(a: Pick<Place, 're' | 'im'>, b: Pick<Place, 're' | 'im'>): number {
  const square = (one: string, other: string) => {
    const off = add(parsed(one), negate(parsed(other)));
    return multiply(off, off);
  };
  return log10(add(square(a.re, b.re), square(a.im, b.im))) / 2;
}

/**
 * To the tenth digit of the zoom, which is not visible: so films of different lengths through the same zooms share frames,
 * which would otherwise differ by the rounding of t.
 */
export function rounded(log: number): number {
  return Math.round(log * 1e11) / 1e11;
}

/** (w(t) - w1) / (w0 - w1), `passed` of `depth` powers of ten down: as text, since it may be far below a double. */
function shareLeft(passed: number, depth: number, t: number): string {
  if (depth === 0) return String(1 - t);
  const rest = -Math.expm1((passed - depth) * Math.LN10) / -Math.expm1(-depth * Math.LN10);
  return fromLog10(Math.log10(rest) - passed);
}

function between(from: string, to: string, share: Decimal, decimals: number): string {
  const b = parsed(to);
  const off = from === to ? { digits: 0n, exponent: 0 } : multiply(add(parsed(from), negate(b)), share);
  return formatDecimal(add(cutOff(b, decimals), cutOff(off, decimals)));
}

function parsed(text: string): Decimal {
  return parseDecimal(text) as Decimal;
}
