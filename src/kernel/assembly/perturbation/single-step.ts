/**
 * One iteration of a difference in doubles, d <- f(Z + d) - f(Z) + dc without cancellation, and of its derivative. Results are
 * pairs (re, im) in a vector: functions have one result, and a record in memory would be slower.
 */

import { BURNING_SHIP } from '../formula';
import { SQUARE } from './reference-orbit';

/** |X + x| - |X| without cancellation. */
@inline
export function foldedBy(whole: f64, part: f64): f64 {
  if (whole >= 0) return whole + part >= 0 ? part : -(2 * whole + part);
  return whole + part > 0 ? 2 * whole + part : -part;
}

/** The difference d = dr + i·di after the fold at Z = zr + i·zi. */
@inline
export function foldedDifference(fold: i32, zr: f64, zi: f64, dr: f64, di: f64): v128 {
  return fold == BURNING_SHIP ? f64x2(foldedBy(zr, dr), foldedBy(zi, di)) : f64x2(dr, -di);
}

/**
 * S·d + dc, since f(Z + d) - f(Z) = S·d: with w = Z + d, S = w^(p-1) + w^(p-2)·Z + … + Z^(p-1). Z and d are those after the
 * fold.
 */
@inline
export function singleStep(kind: i32, power: i32, zr: f64, zi: f64, dr: f64, di: f64, cr: f64, ci: f64): v128 {
  // As (2Z + d)·d + dc, without the roundings of Z + d.
  let sr = 2 * zr + dr;
  let si = 2 * zi + di;
  if (kind != SQUARE) {
    const wr = zr + dr;
    const wi = zi + di;
    sr = wr + zr;
    si = wi + zi;
    let qr = zr;
    let qi = zi;
    for (let k = 2; k < power; k++) {
      let t = qr * zr - qi * zi;
      qi = qr * zi + qi * zr;
      qr = t;
      t = sr * wr - si * wi + qr;
      si = sr * wi + si * wr + qi;
      sr = t;
    }
  }
  return f64x2(sr * dr - si * di + cr, sr * di + si * dr + ci);
}

/** f' = p·w^(p-1). */
@inline
export function slopeOf(kind: i32, power: i32, wr: f64, wi: f64): v128 {
  if (kind == SQUARE) return f64x2(2 * wr, 2 * wi);
  let fr = wr;
  let fi = wi;
  for (let k = 2; k < power; k++) {
    const t = fr * wr - fi * wi;
    fi = fr * wi + fi * wr;
    fr = t;
  }
  return f64x2(fr * <f64>power, fi * <f64>power);
}
