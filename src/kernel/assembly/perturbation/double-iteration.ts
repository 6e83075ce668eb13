/**
 * Perturbation in doubles: a point is iterated as its difference d from a reference orbit Z,
 *
 *   d <- f(Z_m + d) - f(Z_m) + dc,  m <- m + 1,  f(z) = fold(z)^power,
 *
 * many steps at once where an entry of the BLA table allows, and rebased (rebasing.ts) when z comes near 0.
 *
 * The radii are compared in the 1-norm, which is never smaller than the modulus and never underflows.
 */

import { BURNING_SHIP } from '../formula';
import { FAR_APART, iterateAbsolute, MOST_ROUNDOFF, raised, slope, slopeAt } from './absolute-iteration';
import { Entry, MatrixEntry, matrixA, matrixB } from './bla-entry';
import { entryBytesOf, entryOf, isValid, longestFrom } from './bla-lookup';
import { deriveByEntry, deriveByMatrices, stepByEntry, stepByMatrices } from './bla-step';

import { normalize, power2 } from './extended-exponent';
import { staysBounded } from './interior-proof';
import { matrixNorm, modulus } from './matrix';
import { goesOn, rebase, setDerivative, setError, setIndex, setValue } from './point';
import { FOLDED, orbitIm, orbitRe, POWER, SQUARE } from './reference-orbit';
import { foldedBy, singleStep, slopeOf } from './single-step';
import { Slot } from './slot';

/** Smaller differences need an exponent of their own. */
export const LEAST: f64 = 1e-285; // about 2^-947
/** Smaller squares have lost digits. */
const INEXACT: f64 = 1e-280;

/**
 * Iterates until the point is finished (true), or d or the next d may fall below `least` (false).
 * derive: the derivative dz/dc is computed, too; c: dc of the point; tight: how much farther inside their radii approximations are used, whose
 * error falls with the square.
 */
// prettier-ignore
export function iterateDoubles(kind: i32, derive: bool, slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  if (kind == SQUARE) return derive ? squareDerived(slot, cr, ci, tight, least) : square(slot, cr, ci, tight, least);
  if (kind == POWER) return powers(derive, slot, cr, ci, tight, least);
  return folded(derive, slot, cr, ci, tight, least);
}

// Functions of their own, so that registers are allocated for each alone, and is compiled when it is first called.
function square(slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  return iterate(SQUARE, false, slot, cr, ci, tight, least);
}

function squareDerived(slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  return iterate(SQUARE, true, slot, cr, ci, tight, least);
}

function powers(derive: bool, slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  return iterate(POWER, derive, slot, cr, ci, tight, least);
}

function folded(derive: bool, slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  return iterate(FOLDED, derive, slot, cr, ci, tight, least);
}

@inline
function iterate(kind: i32, derive: bool, slot: Slot, cr: f64, ci: f64, tight: f64, least: f64): bool {
  const reference = slot.reference;
  const view = slot.view;
  const point = slot.point;
  const marks = slot.marks;
  const fold = reference.fold;
  const power = reference.power;
  const orbit = reference.orbit;
  const levels = slot.table.levels;
  const first = slot.table.first;
  const depth = slot.table.depth;
  const bailout2 = view.bailout2;
  const limit = view.limit;
  const sizeC = (Math.abs(cr) + Math.abs(ci)) * tight * (kind == FOLDED ? tight : 1);
  const entryBytes = entryBytesOf(kind);
  const unit = power2(point.d.e);
  let dr = point.d.re * unit;
  let di = point.d.im * unit;
  let m = point.m;
  let end = point.end;
  let n = point.n;
  let last = point.last;
  let taken: i64 = 0;
  let zr = point.zRe;
  let zi = point.zIm;
  let mag2 = point.mag2;
  // dc by one pixel: what every step adds to the derivative, and to the error bound.
  const pixel = reference.julia ? 0 : power2(view.pixelE);
  const ur = view.pixelRe * pixel;
  const ui = view.pixelIm * pixel;
  const spacing = reference.julia ? 0 : view.spacing * power2(view.pixelE);
  const scale = power2(point.derivativeE);
  let a = point.rightRe * scale;
  let b = point.rightIm * scale;
  let c = point.upRe * scale;
  let d = point.upIm * scale;
  let error = point.error * power2(point.errorE);
  let largest = point.largestError;
  const separate = view.separate;
  let together = point.together;
  let size = Math.abs(dr) + Math.abs(di);
  let finished = true;
  let hint = first;
  const realC = f64x2.splat(cr);
  const imaginaryC = f64x2(-ci, ci);
  const farApart = tight > 1 ? Infinity : FAR_APART;
  // c itself, which is the critical orbit's first value for the reference.
  const absoluteRe = orbitRe(orbit, 1) + cr;
  const absoluteIm = orbitIm(orbit, 1) + ci;
  while (true) {
    if (n >= last) {
      if (!goesOn(point, view, mag2)) {
        mag2 = 0;
        break;
      }
      last = point.last;
    }
    if (error >= farApart && point.roundoff < MOST_ROUNDOFF) {
      setIndex(point, m, n);
      setValue(point, zr, zi, mag2);
      setDerivative(point, a, b, c, d, 0);
      setError(point, error, 0);
      point.largestError = largest;
      point.together = together;
      const went = iterateAbsolute(kind, derive, slot, absoluteRe, absoluteIm, ur, ui, spacing);
      if (went > 0) {
        taken += went;
        n = point.n;
        zr = point.zRe;
        zi = point.zIm;
        mag2 = point.mag2;
        a = point.rightRe;
        b = point.rightIm;
        c = point.upRe;
        d = point.upIm;
        error = point.error;
        largest = point.largestError;
        together = point.together;
        dr = zr;
        di = zi;
        size = Math.abs(dr) + Math.abs(di);
        m = 0;
        end = point.end;
        if (!(mag2 <= bailout2)) break;
        if (!(mag2 < marks.watch)) continue;
        if (staysBounded(kind, slot, cr, ci, zr, zi, n, taken, error)) {
          mag2 = 0;
          if (kind != FOLDED && !reference.julia) largest = 0;
          break;
        }
        continue;
      }
    }
    taken++;
    let at: usize = 0;
    let skipped = 1;
    // As far as the orbit, and the limit, go.
    const most = longestFrom(m, min(<i64>(end - m), limit - n), depth);
    if (most >= first) {
      // The longest valid run, sought from the one that was taken last. Not a function: with the level alone as its result
      // the entry is looked up again, which made views of Burning Ship 1.5 % slower.
      const near = size * tight;
      const index = m - 1;
      let level = min(most, hint);
      let here = entryOf(levels, level, index, entryBytes);
      if (isValid(kind, here, near, sizeC)) {
        do {
          at = here;
          if (++level > most) break;
          here = entryOf(levels, level, index, entryBytes);
        } while (isValid(kind, here, near, sizeC));
        level--;
      } else {
        while (--level >= first) {
          here = entryOf(levels, level, index, entryBytes);
          if (!isValid(kind, here, near, sizeC)) continue;
          at = here;
          break;
        }
      }
      skipped = at == 0 ? 1 : 1 << level;
      hint = max(level, first);
    }
    if (at != 0) {
      const analytic = changetype<Entry>(at);
      const matrices = changetype<MatrixEntry>(at);
      // As below, for d after the entry.
      const stretch = kind == FOLDED ? matrixNorm(matrixA(matrices)) : analytic.normA;
      if (size * stretch < least) {
        finished = false;
        break;
      }
      error = error * stretch + spacing * (kind == FOLDED ? matrixNorm(matrixB(matrices)) : analytic.normB);
      let t: v128;
      if (kind == FOLDED) {
        if (derive) {
          const right = deriveByMatrices(matrices, dr, di, a, b, ur, ui);
          const up = deriveByMatrices(matrices, dr, di, c, d, -ui, ur);
          a = f64x2.extract_lane(right, 0);
          b = f64x2.extract_lane(right, 1);
          c = f64x2.extract_lane(up, 0);
          d = f64x2.extract_lane(up, 1);
        }
        t = stepByMatrices(matrices, size, dr, di, cr, ci);
      } else {
        if (derive) {
          const right = deriveByEntry(at, dr, di, realC, imaginaryC, a, b, ur, ui);
          a = f64x2.extract_lane(right, 0);
          b = f64x2.extract_lane(right, 1);
        }
        t = stepByEntry(at, dr, di, realC, imaginaryC);
      }
      dr = f64x2.extract_lane(t, 0);
      di = f64x2.extract_lane(t, 1);
    } else {
      // By |z| where |z|^2 underflows: else the error bound would become 0.
      error = error * (mag2 > INEXACT ? slope(kind, power, mag2) : slopeAt(kind, power, modulus(zr, zi))) + spacing;
      let yr = orbitRe(orbit, m);
      let yi = orbitIm(orbit, m);
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
      if (derive) {
        const f = slopeOf(kind, power, yr + dr, yi + di);
        const fr = f64x2.extract_lane(f, 0);
        const fi = f64x2.extract_lane(f, 1);
        const t = fr * a - fi * b + ur;
        b = fr * b + fi * a + ui;
        a = t;
        if (kind == FOLDED) {
          const u = fr * c - fi * d - ui;
          d = fr * d + fi * c + ur;
          c = u;
        }
      }
      const t = singleStep(kind, power, yr, yi, dr, di, cr, ci);
      dr = f64x2.extract_lane(t, 0);
      di = f64x2.extract_lane(t, 1);
    }
    largest = max(largest, error);
    m += skipped;
    n += <i64>skipped;
    if (error < separate) together = n;
    zr = orbitRe(orbit, m) + dr;
    zi = orbitIm(orbit, m) + di;
    mag2 = zr * zr + zi * zi;
    if (!(mag2 <= bailout2)) break;
    if (mag2 < marks.watch && staysBounded(kind, slot, cr, ci, zr, zi, n, taken, error)) {
      mag2 = 0;
      // Earlier errors do not matter: what is proved is a cycle of this exact point.
      if (kind != FOLDED && !reference.julia) largest = 0;
      break;
    }
    size = Math.abs(dr) + Math.abs(di);
    const nearness = Math.abs(zr) + Math.abs(zi);
    if (nearness < size || m >= end) {
      dr = zr;
      di = zi;
      size = nearness;
      m = 0;
      rebase(point, reference);
      end = point.end;
    }
    // The next step would leave the range of doubles.
    if (size < least || raised(kind, power, nearness) * size < least) {
      finished = false;
      break;
    }
  }
  view.steps += taken;
  setIndex(point, m, n);
  setValue(point, zr, zi, mag2);
  normalize(dr, di, 0, point.d);
  setDerivative(point, a, b, c, d, 0);
  setError(point, error, 0);
  point.largestError = largest;
  point.together = together;
  return finished;
}
