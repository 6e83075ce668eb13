/**
 * The journey between two places far apart: out, across and in again, at constant perceived speed along the shortest way of
 *
 *   J. J. van Wijk and W. A. A. Nuij, Smooth and efficient zooming and panning, IEEE InfoVis 2003, equations 9 to 11
 *
 *   w(s) = w0·cosh(r0) / cosh(rho·s + r0)      u(s) = w0/rho²·sinh(rho·s) / cosh(rho·s + r0)      0 <= s <= S
 *   r0, r1 = -asinh((w1² - w0² ± rho⁴u1²) / (2·w·rho²·u1))                                         S = (r1 - r0) / rho
 *
 * with w the height of the view and u the distance from the first centre; time is s / S. Everything but r and s is carried as
 * a logarithm, so that any depth is possible; the way near either end is computed from that end.
 */

import { fromLog10 } from '../decimal.js';
import { centreBetween, depthOf, distanceLog10, type Place, rounded } from './place.js';

export interface Journey {
  /** The place at time t, 0 to 1. */
  at(t: number): Place;
  /** log10 of the zoom there. */
  depthAt(t: number): number;
  /** The time of the smallest zoom. */
  readonly top: number;
}

/** rho²: how much zooming is as much as panning by a view; 2 is what van Wijk's and Nuij's subjects preferred, about. */
const RHO2 = 2;
/** log10 of the height of a view of zoom 1. */
const HEIGHT_LOG10 = Math.log10(4);
/** Centres nearer to one another than this share of the wider view, as a natural logarithm, are no journey apart. */
const NEAREST_LN = -200;

/** From one place to another; undefined where their centres are the same. */
export function journeyOf(from: Place, to: Place): Journey | undefined {
  const distance = distanceLog10(from, to);
  const [start, end] = [depthOf(from.zoom), depthOf(to.zoom)];
  /** ln of the height of a view in distances. */
  const heightLn = (depth: number) => (HEIGHT_LOG10 - depth - distance) * Math.LN10;
  const [w0, w1] = [heightLn(start), heightLn(end)];
  if (-Math.max(w0, w1) < NEAREST_LN) return undefined;
  const difference = Math.exp(2 * w1) - Math.exp(2 * w0);
  const r0 = -asinhOf(difference + RHO2 * RHO2, w0);
  const r1 = -asinhOf(difference - RHO2 * RHO2, w1);
  const length = r1 - r0;

  function depthAt(t: number): number {
    if (t <= 0) return start;
    if (t >= 1) return end;
    return rounded(
      t < 0.5
        ? start - (coshLn(r0) - coshLn(r0 + t * length)) / Math.LN10
        : end - (coshLn(r1) - coshLn(r1 - (1 - t) * length)) / Math.LN10,
    );
  }
  return {
    depthAt,
    top: Math.min(1, Math.max(0, -r0 / length)),
    at(t) {
      if (t <= 0) return from;
      if (t >= 1) return to;
      const depth = depthAt(t);
      const passed = r0 + t * length;
      // Of the distance, from the nearer end in the sense of the journey.
      const near = passed < 0;
      const offLn = near
        ? w0 + sinhLn(t * length) - coshLn(passed) - Math.log(RHO2)
        : w1 + sinhLn((1 - t) * length) - coshLn(passed) - Math.log(RHO2);
      const off = fromLog10(offLn / Math.LN10);
      return {
        ...(near ? centreBetween(to, from, off, depth) : centreBetween(from, to, off, depth)),
        zoom: fromLog10(depth),
      };
    },
  };
}

/** asinh(numerator / (2·rho²·w)), of the logarithm of w. */
function asinhOf(numerator: number, wLn: number): number {
  const ln = Math.log(Math.abs(numerator)) - Math.log(2 * RHO2) - wLn;
  const b = Math.exp(Math.min(ln, 30));
  const size = ln > 30 ? ln + Math.LN2 : Math.log1p(b + (b * b) / (1 + Math.sqrt(b * b + 1)));
  return numerator < 0 ? -size : size;
}

function coshLn(x: number): number {
  return Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
}

/** Of x > 0. */
function sinhLn(x: number): number {
  return x + Math.log(-Math.expm1(-2 * x)) - Math.LN2;
}
