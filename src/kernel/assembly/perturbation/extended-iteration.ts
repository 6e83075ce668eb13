/**
 * Perturbation beyond the range of doubles: differences, derivatives and the table's matrices have exponents of their own.
 * One source for all formulas; to first order through bla-extended-table.ts, and single steps.
 */

import { BURNING_SHIP } from '../formula';
import { EXTENDED_ENTRY_BYTES, ExtendedEntry, extendedA, extendedB } from './bla-entry';
import { NONE } from './bla-extended-table';
import { add, assign, Extended, multiply, normalize, power2, ZERO } from './extended-exponent';
import { matrixNorm } from './matrix';
import { goesOn, Point, rebase, setDerivative, setError, setIndex, setValue } from './point';
import { orbitAt, orbitIm, orbitRe, partsAt } from './reference-orbit';
import { foldedBy } from './single-step';
import { Slot } from './slot';

/** From 2^ENOUGH on a difference is a double. */
const ENOUGH: i32 = -900;

/**
 * Iterates until the point is finished (true), or d is large enough for a double (false).
 * dc: of the point; derive: the derivative dz/dc is computed, too; tight: how many bits farther inside their radii approximations are used.
 */
export function iterateExtended(slot: Slot, derive: bool, dc: Extended, tight: f64): bool {
  const reference = slot.reference;
  const view = slot.view;
  const point = slot.point;
  const d = point.d;
  const numbers = slot.numbers;
  const z = numbers.z;
  const byC = numbers.w;
  let taken: i64 = 0;
  let finished = false;
  while (true) {
    if (point.n >= point.last) {
      updateValue(slot);
      if (!goesOn(point, view, point.mag2)) {
        setValue(point, 0, 0, 0);
        finished = true;
        break;
      }
    }
    taken++;
    const entry = takeEntry(slot, dc.e, tight);
    if (changetype<usize>(entry) != 0) {
      if (derive) deriveThroughEntry(slot, entry);
      growError(slot, matrixNorm(extendedA(entry)), entry.aE, matrixNorm(extendedB(entry)), entry.bE);
      transform(extendedB(entry), entry.bE, dc.re, dc.im, dc.e, byC);
      transform(extendedA(entry), entry.aE, d.re, d.im, d.e, d);
      add(d, byC, d);
    } else {
      singleStep(slot, derive, dc);
      setIndex(point, point.m + 1, point.n + 1);
    }
    const zr = orbitRe(reference.orbit, point.m);
    const zi = orbitIm(reference.orbit, point.m);
    // d is negligible beside a Z of this size.
    if (!(zr * zr + zi * zi <= view.bailout2)) {
      updateValue(slot);
      finished = true;
      break;
    }
    // Rebasing: z = Z + d need not be added where Z is much larger than d.
    orbitAt(reference, point.m, z);
    let zE = z.e;
    if (z.e <= d.e + 2 || point.m >= point.end) {
      add(z, d, z);
      if (point.m >= point.end || isSmaller(z, d)) {
        assign(z.re, z.im, z.e, d);
        zE = ZERO;
        rebase(point, reference);
      }
    }
    if (fitsDoubles(d.e, zE, reference.power)) {
      updateValue(slot);
      break;
    }
  }
  view.steps += taken;
  // A difference of this size lies close to its neighbours.
  if (point.error * power2(point.errorE) < view.separate) point.together = point.n;
  // A finished point does not reach double-iteration.ts again.
  if (finished) point.largestError = max(point.largestError, point.error * power2(point.errorE));
  return finished;
}

/** Whether x is nearer to 0 than y, by the 1-norm. */
@inline
function isSmaller(x: Extended, y: Extended): bool {
  return x.e < y.e || (x.e == y.e && Math.abs(x.re) + Math.abs(x.im) < Math.abs(y.re) + Math.abs(y.im));
}

/** Whether a difference of this exponent is a double, and will be after a step from a z of exponent zE. */
@inline
export function fitsDoubles(e: i32, zE: i32, power: i32): bool {
  return e >= ENOUGH && e + (power - 1) * max(zE, e) >= ENOUGH;
}

/** Stores z = Z + d as doubles. */
export function updateValue(slot: Slot): void {
  const point = slot.point;
  const z = slot.numbers.z;
  orbitAt(slot.reference, point.m, z);
  add(z, point.d, z);
  const unit = power2(z.e);
  const re = z.re * unit;
  const im = z.im * unit;
  setValue(point, re, im, re * re + im * im);
}

/** The longest entry that is valid here, and moves m and n past its steps; at address 0: a single step is due. */
export function takeEntry(slot: Slot, ce: i32, tight: f64): ExtendedEntry {
  const point = slot.point;
  const m = point.m;
  if (m == 0) return changetype<ExtendedEntry>(0);
  const table = slot.extendedTable;
  const levels = table.levels;
  const depth = table.depth;
  const end = point.end;
  const n = point.n;
  const limit = slot.view.limit;
  const index = m - 1;
  const most = index == 0 ? depth : min(ctz(index), depth);
  // The modulus of a normalized number is below 2^1.5 times its power of two.
  const sizeD = <f64>point.d.e + 1.5 + tight;
  const sizeC = slot.reference.julia ? NONE : <f64>ce + 1.5 + tight;
  let found: usize = 0;
  let skipped = 0;
  for (let level = table.first; level <= most; level++) {
    if (m + (1 << level) > end) break;
    const at = <usize>load<u32>(levels + (<usize>level << 2)) + <usize>(index >> level) * EXTENDED_ENTRY_BYTES;
    const entry = changetype<ExtendedEntry>(at);
    if (!(sizeD < entry.logRadius) || !(sizeC <= entry.logRadiusC) || n + (<i64>1 << level) > limit) break;
    found = at;
    skipped = 1 << level;
  }
  setIndex(point, m + skipped, n + <i64>skipped);
  return changetype<ExtendedEntry>(found);
}

/** A matrix times a vector. */
@inline
function transform(matrix: usize, e: i32, vr: f64, vi: f64, ve: i32, out: Extended): void {
  const re = load<f64>(matrix) * vr + load<f64>(matrix, 8) * vi;
  normalize(re, load<f64>(matrix, 16) * vr + load<f64>(matrix, 24) * vi, max(e + ve, ZERO), out);
}

/** J <- A·J + B·pixel, column by column. */
function deriveThroughEntry(slot: Slot, entry: ExtendedEntry): void {
  const view = slot.view;
  const point = slot.point;
  const numbers = slot.numbers;
  const right = numbers.s;
  const up = numbers.q;
  const byC = numbers.w;
  const pixelE = slot.reference.julia ? ZERO : view.pixelE;
  transform(extendedB(entry), entry.bE, view.pixelRe, view.pixelIm, pixelE, byC);
  transform(extendedA(entry), entry.aE, point.rightRe, point.rightIm, point.derivativeE, right);
  add(right, byC, right);
  transform(extendedB(entry), entry.bE, -view.pixelIm, view.pixelRe, pixelE, byC);
  transform(extendedA(entry), entry.aE, point.upRe, point.upIm, point.derivativeE, up);
  add(up, byC, up);
  setColumns(point, right, up);
}

/** Two columns with one exponent. */
function setColumns(point: Point, right: Extended, up: Extended): void {
  const common = max(right.e, up.e);
  const own = power2(right.e - common);
  const other = power2(up.e - common);
  setDerivative(point, right.re * own, right.im * own, up.re * other, up.im * other, common);
}

/** The error bound <- a·2^ae of it + b·2^be pixels. */
export function growError(slot: Slot, a: f64, ae: i32, b: f64, be: i32): void {
  const point = slot.point;
  const view = slot.view;
  const grown = slot.numbers.t;
  const e = max(point.errorE + ae, ZERO);
  const f = slot.reference.julia ? ZERO : view.pixelE + be;
  const common = max(e, f);
  normalize(point.error * a * power2(e - common) + view.spacing * b * power2(f - common), 0, common, grown);
  setError(point, grown.re, grown.e);
}

/** The same for one iteration from w. */
export function growErrorByStep(slot: Slot, w: Extended): void {
  const power = slot.reference.power;
  const size = Math.sqrt(w.re * w.re + w.im * w.im);
  let a: f64 = <f64>power;
  for (let k = 1; k < power; k++) a *= size;
  growError(slot, a, max(w.e, ZERO / 8) * (power - 1), 1, 0);
}

/** One iteration: d <- f(Z + d) - f(Z) + dc without cancellation. */
function singleStep(slot: Slot, derive: bool, dc: Extended): void {
  const reference = slot.reference;
  const point = slot.point;
  const numbers = slot.numbers;
  const z = numbers.z;
  const d = point.d;
  const power = reference.power;
  orbitAt(reference, point.m, z);
  let dr = d.re;
  let di = d.im;
  let fr: f64 = 1;
  let fi: f64 = 1;
  if (reference.fold == BURNING_SHIP) {
    // In units of d: a part that is negligible beside the other one does not decide the sign.
    const parts = numbers.parts;
    partsAt(reference, point.m, parts);
    const yr = parts.re * power2(parts.reE - d.e);
    const yi = parts.im * power2(parts.imE - d.e);
    if (yr + dr < 0) fr = -1;
    if (yi + di < 0) fi = -1;
    dr = foldedBy(yr, dr);
    di = foldedBy(yi, di);
    z.re = Math.abs(z.re);
    z.im = Math.abs(z.im);
  } else if (reference.fold != 0) {
    fi = -1;
    di = -di;
    z.im = -z.im;
  }
  normalize(dr, di, d.e, d);
  const w = numbers.w;
  add(z, d, w);
  growErrorByStep(slot, w);
  const q = numbers.q;
  if (derive) deriveThroughStep(slot, w, fr, fi);
  // S·d + dc, with S = w^(p-1) + w^(p-2)·Z + … + Z^(p-1)
  const s = numbers.s;
  assign(1, 0, 0, s);
  assign(1, 0, 0, q);
  for (let k = 1; k < power; k++) {
    multiply(q, z, q);
    multiply(s, w, s);
    add(s, q, s);
  }
  multiply(s, d, d);
  if (!reference.julia) add(d, dc, d);
}

/** J <- p·w^(p-1)·F·J + pixel, F: the signs of the fold. */
function deriveThroughStep(slot: Slot, w: Extended, fr: f64, fi: f64): void {
  const view = slot.view;
  const point = slot.point;
  const numbers = slot.numbers;
  const slope = numbers.t;
  const right = numbers.s;
  const up = numbers.q;
  const pixel = numbers.pixel;
  const pixelE = slot.reference.julia ? ZERO : view.pixelE;
  normalize(<f64>slot.reference.power, 0, 0, slope);
  for (let k = 1; k < slot.reference.power; k++) multiply(slope, w, slope);
  assign(point.rightRe * fr, point.rightIm * fi, point.derivativeE, right);
  multiply(slope, right, right);
  assign(view.pixelRe, view.pixelIm, pixelE, pixel);
  add(right, pixel, right);
  assign(point.upRe * fr, point.upIm * fi, point.derivativeE, up);
  multiply(slope, up, up);
  assign(-view.pixelIm, view.pixelRe, pixelE, pixel);
  add(up, pixel, up);
  setColumns(point, right, up);
}
