/**
 * The path of the camera through a film: the zoom grows geometrically, and the centre moves in proportion to the width of
 * the view, w = 1 / zoom, so that the target keeps its position in the picture while the zoom grows:
 *
 *   c(t) = c1 + (c0 - c1)·(w(t) - w1) / (w0 - w1)
 *
 * Centres are decimals with some digits more than their zoom has; the first and the last frame are exactly the ends
 * that were given.
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
} from './decimal.js';

export interface Place {
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
}

/** Time along a film, 0 to 1: uniform for ease 0, with a slow start and end for ease 1. */
export function timeOf(frame: number, frames: number, ease: number): number {
  if (frames <= 1) return 0;
  const t = frame / (frames - 1);
  return t + ease * (t * t * (3 - 2 * t) - t);
}

/** Digits of a centre beyond those of the zoom: more than samples and their differences can show. */
const SPARE_DIGITS = 40;

/** The place at time t, 0 to 1, between two places; decimal strings in and out. */
export function placeAt(from: Place, to: Place, t: number): Place {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const [start, end] = [log10(parsed(from.zoom)), log10(parsed(to.zoom))];
  // Computed from the shallower end, so that the powers below are at most 1.
  if (end < start) return placeAt(to, from, 1 - t);
  const depth = end - start;
  const passed = Math.max(0, rounded(start + t * depth) - start);
  if (depth > 0 && passed >= depth) return to;
  const share = parsed(shareLeft(passed, depth, t));
  const decimals = Math.max(0, Math.ceil(start + passed)) + SPARE_DIGITS;
  return {
    zoom: depth === 0 ? from.zoom : fromLog10(start + passed),
    re: between(from.re, to.re, share, decimals),
    im: between(from.im, to.im, share, decimals),
  };
}

/**
 * To the tenth digit of the zoom, which is not visible: so films of different lengths through the same zooms share frames,
 * which would otherwise differ by the rounding of t.
 */
function rounded(log: number): number {
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
