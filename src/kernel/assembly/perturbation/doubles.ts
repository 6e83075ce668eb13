/**
 * Perturbation in f64: a point is iterated as its difference d from a reference orbit Z,
 *
 *   d <- f(Z_m + d) - f(Z_m) + dc,  m <- m + 1,  f(z) = fold(z)^power,
 *
 * and starts the reference again (d <- Z_m + d, m <- 0) when it comes nearer to 0 than to the reference, or the
 * reference ends: rebasing, after Zhuoran. Many steps are taken at once where an entry of the table allows.
 *
 * The radii are compared in the 1-norm, which is never smaller than the modulus and never underflows.
 */

import { BURNING_SHIP } from '../formula';
import { normalize, power2, xe, xi, xr } from './extended';
import {
  bailout2,
  blur,
  countSteps,
  dE,
  dIm,
  dRe,
  end,
  extend,
  FOLDED,
  growth,
  growthE,
  fold,
  j0,
  j1,
  j2,
  j3,
  jE,
  julia,
  last,
  limit,
  m,
  mag2,
  n,
  orbit,
  POWER,
  peak,
  power,
  rebase,
  setDerivative,
  setDifference,
  setGrowth,
  setPeak,
  setPlace,
  setValue,
  SQUARE,
  spacing,
  unitE,
  unitIm,
  unitRe,
  zIm,
  zRe,
} from './orbit';
import { settles, watch } from './interior';
import { BLURRED, FAR_APART, followItself, raised, slope, slopeAt } from './itself';
import { entryBytesOf, entryOf, longestFrom, reaches } from './lookup';
import { matrixNorm, modulus } from './matrix';
import {
  A,
  B,
  C,
  D,
  E,
  F,
  M_A,
  M_B,
  M_Q,
  NORM_A,
  NORM_B,
} from './table';

/** Below it a difference is carried with an exponent of its own. */
export const LEAST: f64 = 1e-285; // about 2^-947
/** Smaller squares have lost digits. */
const TINY: f64 = 1e-280;
/** The square of a larger difference is far from that. */
const SQUARED: f64 = 1e-120;

/**
 * Goes on until the point is through (true), or d or the next d may fall below `least`.
 * levels: pointers (u32) to the levels of the table, from `first` to `depth`; derive: carries dz/dc along; tight: how
 * much farther inside their radii approximations are used, whose error falls with the square.
 */
// prettier-ignore
export function followDoubles(kind: i32, derive: bool, cr: f64, ci: f64, levels: usize, first: i32, depth: i32,
  tight: f64, least: f64): bool {
  if (kind == SQUARE) return derive ? squareDerived(cr, ci, levels, first, depth, tight, least) : square(cr, ci, levels, first, depth, tight, least);
  if (kind == POWER) return powers(derive, cr, ci, levels, first, depth, tight, least);
  return folded(derive, cr, ci, levels, first, depth, tight, least);
}

// Functions of their own, so that each has the registers to itself, and is compiled when it is first called.
function square(cr: f64, ci: f64, levels: usize, first: i32, depth: i32, tight: f64, least: f64): bool {
  return follow(SQUARE, false, cr, ci, levels, first, depth, tight, least);
}

function squareDerived(cr: f64, ci: f64, levels: usize, first: i32, depth: i32, tight: f64, least: f64): bool {
  return follow(SQUARE, true, cr, ci, levels, first, depth, tight, least);
}

function powers(derive: bool, cr: f64, ci: f64, levels: usize, first: i32, depth: i32, tight: f64, least: f64): bool {
  return follow(POWER, derive, cr, ci, levels, first, depth, tight, least);
}

function folded(derive: bool, cr: f64, ci: f64, levels: usize, first: i32, depth: i32, tight: f64, least: f64): bool {
  return follow(FOLDED, derive, cr, ci, levels, first, depth, tight, least);
}

@inline
function follow(kind: i32, derive: bool, cr: f64, ci: f64, levels: usize, first: i32, depth: i32, tight: f64, least: f64): bool {
  const sizeC = (Math.abs(cr) + Math.abs(ci)) * tight * (kind == FOLDED ? tight : 1);
  const entryBytes = entryBytesOf(kind);
  const begun = orbit;
  const most2 = bailout2;
  const longest = limit;
  const unit = power2(dE);
  let dr = dRe * unit;
  let di = dIm * unit;
  let at = m;
  let until = end;
  let count = n;
  let taken: i64 = 0;
  let zr = zRe;
  let zi = zIm;
  let squared = mag2;
  // dc by one pixel: what every step adds to the derivative.
  const pixel = julia ? 0 : power2(unitE);
  const ur = unitRe * pixel;
  const ui = unitIm * pixel;
  const scale = power2(jE);
  let a = j0 * scale;
  let b = j1 * scale;
  let c = j2 * scale;
  let d = j3 * scale;
  let g = growth * power2(growthE);
  let most = peak;
  const s = julia ? 0 : spacing * power2(unitE);
  let size = Math.abs(dr) + Math.abs(di);
  let through = true;
  let hint = first;
  const realC = f64x2.splat(cr);
  const imaginaryC = f64x2(-ci, ci);
  const direct = tight > 1 ? Infinity : FAR_APART;
  // c itself, which is the critical orbit's first value for the reference.
  const kr = load<f64>(begun, 16) + cr;
  const ki = load<f64>(begun, 24) + ci;
  while (true) {
    if (count >= last && !extend(squared)) {
      squared = 0;
      break;
    }
    if (g >= direct && blur < BLURRED) {
      setPlace(at, count);
      setValue(zr, zi, squared);
      setDerivative(a, b, c, d, 0);
      setGrowth(g, 0);
      setPeak(most);
      const went = followItself(kind, derive, kr, ki, ur, ui, s);
      if (went > 0) {
        taken += went;
        count = n;
        zr = zRe;
        zi = zIm;
        squared = mag2;
        a = j0;
        b = j1;
        c = j2;
        d = j3;
        g = growth;
        most = peak;
        dr = zr;
        di = zi;
        size = Math.abs(dr) + Math.abs(di);
        at = 0;
        until = end;
        if (!(squared <= most2)) break;
        if (!(squared < watch)) continue;
        if (settles(kind, cr, ci, zr, zi, count, taken, g, levels, first, depth)) {
          squared = 0;
          if (kind != FOLDED && !julia) most = 0;
          break;
        }
        continue;
      }
    }
    taken++;
    let entry: usize = 0;
    let skipped = 1;
    const index = at - 1;
    // As far as the orbit, and the limit, go.
    const room = min(<i64>(until - at), longest - count);
    const longestRun = longestFrom(at, room, depth);
    if (longestRun >= first) {
      // The longest valid one, sought from where the last one was: shorter ones are valid wherever longer ones are.
      const near = size * tight;
      let level = min(longestRun, hint);
      let here = entryOf(levels, level, index, entryBytes);
      if (reaches(kind, here, near, sizeC)) {
        do {
          entry = here;
          if (++level > longestRun) break;
          here = entryOf(levels, level, index, entryBytes);
        } while (reaches(kind, here, near, sizeC));
        level--;
      } else {
        while (--level >= first) {
          here = entryOf(levels, level, index, entryBytes);
          if (!reaches(kind, here, near, sizeC)) continue;
          entry = here;
          break;
        }
      }
      skipped = entry == 0 ? 1 : 1 << level;
      hint = max(level, first);
    }
    if (entry != 0) {
      // As below, for what an entry makes of d.
      const stretch = kind == FOLDED ? matrixNorm(entry + M_A) : load<f64>(entry, NORM_A);
      if (size * stretch < least) {
        through = false;
        break;
      }
      g = g * stretch + s * (kind == FOLDED ? matrixNorm(entry + M_B) : load<f64>(entry, NORM_B));
      if (kind == FOLDED) {
        const m0 = load<f64>(entry, M_A);
        const m1 = load<f64>(entry, M_A + 8);
        const m2 = load<f64>(entry, M_A + 16);
        const m3 = load<f64>(entry, M_A + 24);
        const b0 = load<f64>(entry, M_B);
        const b1 = load<f64>(entry, M_B + 8);
        const b2 = load<f64>(entry, M_B + 16);
        const b3 = load<f64>(entry, M_B + 24);
        const q0 = load<f64>(entry, M_Q);
        const q1 = load<f64>(entry, M_Q + 8);
        const q2 = load<f64>(entry, M_Q + 16);
        const q3 = load<f64>(entry, M_Q + 24);
        const q4 = load<f64>(entry, M_Q + 32);
        const q5 = load<f64>(entry, M_Q + 40);
        if (derive) {
          const s0 = m0 + (2 * q0 * dr + q1 * di);
          const s1 = m1 + (q1 * dr + 2 * q2 * di);
          const s2 = m2 + (2 * q3 * dr + q4 * di);
          const s3 = m3 + (q4 * dr + 2 * q5 * di);
          const ta = s0 * a + s1 * b + (b0 * ur + b1 * ui);
          const tc = s0 * c + s1 * d + (b1 * ur - b0 * ui);
          b = s2 * a + s3 * b + (b2 * ur + b3 * ui);
          d = s2 * c + s3 * d + (b3 * ur - b2 * ui);
          a = ta;
          c = tc;
        }
        let pr: f64;
        let pi: f64;
        if (size > SQUARED) {
          const xx = dr * dr;
          const xy = dr * di;
          const yy = di * di;
          pr = q0 * xx + q1 * xy + q2 * yy;
          pi = q3 * xx + q4 * xy + q5 * yy;
        } else {
          // Coefficients first: d^2 may be less than any double where Q·d is not.
          pr = (q0 * dr + q1 * di) * dr + q2 * di * di;
          pi = (q3 * dr + q4 * di) * dr + q5 * di * di;
        }
        const t = m0 * dr + m1 * di + pr + (b0 * cr + b1 * ci);
        di = m2 * dr + m3 * di + pi + (b2 * cr + b3 * ci);
        dr = t;
      } else {
        // (A + (C + F·d)·d + D·dc)·d + (B + E·dc)·dc
        const re = f64x2.splat(dr);
        const im = f64x2(-di, di);
        const ex = v128.load(entry, D);
        const ey = times(v128.load(entry, E), realC, imaginaryC);
        const ez = times(v128.load(entry, F), re, im);
        const ep = times(f64x2.add(v128.load(entry, C), ez), re, im);
        const es = f64x2.add(f64x2.add(v128.load(entry, A), ep), times(ex, realC, imaginaryC));
        const et = f64x2.add(v128.load(entry, B), ey);
        if (derive) {
          // By d, and by dc.
          const by = f64x2.add(f64x2.add(es, ep), times(ez, re, im));
          const byC = f64x2.add(f64x2.add(et, ey), times(ex, re, im));
          const t = f64x2.add(times(by, f64x2.splat(a), f64x2(-b, b)), times(byC, f64x2.splat(ur), f64x2(-ui, ui)));
          a = f64x2.extract_lane(t, 0);
          b = f64x2.extract_lane(t, 1);
        }
        const t = f64x2.add(times(es, re, im), times(et, realC, imaginaryC));
        dr = f64x2.extract_lane(t, 0);
        di = f64x2.extract_lane(t, 1);
      }
    } else {
      // Of a z whose square is no double, too: not to forget what errors have grown to.
      g = g * (squared > TINY ? slope(kind, squared) : slopeAt(kind, modulus(zr, zi))) + s;
      let yr = load<f64>(begun + (<usize>at << 4));
      let yi = load<f64>(begun + (<usize>at << 4), 8);
      if (kind == FOLDED) {
        if (fold == BURNING_SHIP) {
          if (derive) {
            const fr = yr + dr < 0 ? -1.0 : 1.0;
            const fi = yi + di < 0 ? -1.0 : 1.0;
            a *= fr;
            c *= fr;
            b *= fi;
            d *= fi;
          }
          dr = foldedBy(yr, dr);
          di = foldedBy(yi, di);
          yr = Math.abs(yr);
          yi = Math.abs(yi);
        } else {
          di = -di;
          yi = -yi;
          b = -b;
          d = -d;
        }
      }
      // f(Z + d) - f(Z) = S·d; with w = Z + d: S = w^(p-1) + w^(p-2)·Z + … + Z^(p-1); f' = p·w^(p-1)
      const wr = yr + dr;
      const wi = yi + di;
      let sr = wr + yr;
      let si = wi + yi;
      let fr = wr;
      let fi = wi;
      if (kind != SQUARE) {
        let qr = yr;
        let qi = yi;
        for (let k = 2; k < power; k++) {
          let t = qr * yr - qi * yi;
          qi = qr * yi + qi * yr;
          qr = t;
          t = sr * wr - si * wi + qr;
          si = sr * wi + si * wr + qi;
          sr = t;
          t = fr * wr - fi * wi;
          fi = fr * wi + fi * wr;
          fr = t;
        }
      } else {
        // As (2Z + d)·d + dc, without the roundings of Z + d.
        sr = 2 * yr + dr;
        si = 2 * yi + di;
      }
      if (derive) {
        const p = kind == SQUARE ? 2.0 : <f64>power;
        fr *= p;
        fi *= p;
        const t = fr * a - fi * b + ur;
        b = fr * b + fi * a + ui;
        a = t;
        if (kind == FOLDED) {
          const u = fr * c - fi * d - ui;
          d = fr * d + fi * c + ur;
          c = u;
        }
      }
      const t = sr * dr - si * di + cr;
      di = sr * di + si * dr + ci;
      dr = t;
    }
    most = max(most, g);
    at += skipped;
    count += <i64>skipped;
    const here = begun + (<usize>at << 4);
    zr = load<f64>(here) + dr;
    zi = load<f64>(here, 8) + di;
    squared = zr * zr + zi * zi;
    if (!(squared <= most2)) break;
    if (squared < watch && settles(kind, cr, ci, zr, zi, count, taken, g, levels, first, depth)) {
      squared = 0;
      // Whatever errors the way there has: the cycle is that of this very point.
      if (kind != FOLDED && !julia) most = 0;
      break;
    }
    size = Math.abs(dr) + Math.abs(di);
    const nearness = Math.abs(zr) + Math.abs(zi);
    if (nearness < size || at >= until) {
      dr = zr;
      di = zi;
      size = nearness;
      at = 0;
      rebase();
      until = end;
    }
    // The next step would leave the range of doubles.
    if (size < least || raised(kind, nearness) * size < least) {
      through = false;
      break;
    }
  }
  countSteps(taken);
  setPlace(at, count);
  setValue(zr, zi, squared);
  normalize(dr, di, 0);
  setDifference(xr, xi, xe);
  setDerivative(a, b, c, d, 0);
  setGrowth(g, 0);
  setPeak(most);
  return through;
}

/** |X + x| - |X| without cancellation. */
@inline
function foldedBy(whole: f64, part: f64): f64 {
  if (whole >= 0) return whole + part >= 0 ? part : -(2 * whole + part);
  return whole + part > 0 ? 2 * whole + part : -part;
}

/** A product of complex numbers: the second as (re, re) and (-im, im). */
@inline
function times(x: v128, re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(x, re), f64x2.mul(v128.shuffle<f64>(x, x, 1, 0), im));
}
