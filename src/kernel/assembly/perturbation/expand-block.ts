/**
 * Series approximation: the first steps of a block of pixels, taken together. While neighbouring points are near one another
 * in z, their differences are a polynomial in a point's position x within the block,
 *
 *   d(x) = a_0 + a_1·x + … + a_K·x^K,  dc = c_0 + r·x,  |x| <= 1
 *
 * (after K. I. Martin, but around the centre of each block and through the entries of the table). A point of the block then
 * starts where the series ends, which skips most of the iterations where neighbouring points separate only near the end.
 *
 * The omitted terms of higher orders are bounded by their modulus in the whole block. The series ends
 * before that is more than TOLERANCE·|a_1|: before a point is moved by more than this part of the block's radius. For
 * analytic formulas.
 */

import { raised, slopeAt } from './absolute-iteration';
import { ENTRY_BYTES, Entry } from './bla-entry';
import { entryOf, longestValid } from './bla-lookup';
import { WIDE } from './bla-table';
import { normalizeDifference, setBlock } from './block';
import { add, assign, power2, ZERO } from './extended-exponent';
import { fitsDoubles, takeEntry, updateValue } from './extended-iteration';
import { resetMarks, saveMarks, staysBounded } from './interior-proof';
import { modulus } from './matrix';
import { rebase, setError, setIndex, start } from './point';
import { addTerm, copy, derivative, Polynomial, shrink, sizeFrom, termIm, termRe, termSize, trim } from './polynomial';
import { isNearerToZero } from './rebasing';
import { orbitAt, orbitIm, orbitRe } from './reference-orbit';
import { stepOnce, stepThroughEntry } from './series-step';
import { stepOnceExtended, stepThroughExtendedEntry } from './series-step-extended';
import { Slot } from './slot';

const TOLERANCE: f64 = 9.094947017729282e-13; // 2^-40
/** Last terms that are smaller, in parts of a_1, are left out. */
const TRUNCATION_EPSILON: f64 = 1.1102230246251565e-16; // 2^-53
/** What roundings of the polynomial may be in parts of it. */
const ROUNDED: f64 = 3.552713678800501e-15; // 2^-48
/** A smaller d needs an exponent of its own: a point of the block may be far nearer to the reference than its centre. */
const LEAST: f64 = 1e-275;

/**
 * Iterates the block around (re + i·im)·2^exponent for as long as a polynomial describes it. There is no series where the centre never
 * escapes: points of such blocks start one by one.
 */
export function expandBlock(slot: Slot, re: f64, im: f64, radius: f64, exponent: i32): void {
  const reference = slot.reference;
  const view = slot.view;
  const point = slot.point;
  const block = slot.block;
  const series = slot.series;
  series.exists = false;
  resetMarks(slot);
  start(point, reference, view, re, im, exponent);
  if (reference.julia) {
    // A point may have escaped before the first iteration.
    updateValue(slot);
    if (!(Math.sqrt(point.mag2) + radius * power2(exponent) < WIDE)) return;
  }
  series.centreRe = re;
  series.centreIm = im;
  series.perRadius = 1 / radius;
  setBlock(block, reference.julia, re, im, radius, exponent);
  series.exists = true;
  if (exponent != 0) normalizeDifference(block, exponent);
  let going = exponent == 0 || expandExtended(slot);
  while (going) going = expandDoubles(slot, exponent == 0 && !reference.julia ? 0 : LEAST) && expandExtended(slot);
  if (block.taken == 0) series.exists = false;
  if (!series.exists) return;
  const d = series.d;
  series.lack = block.error + trim(d, TOLERANCE * termSize(d, 1)) + ROUNDED * sizeFrom(d, 0);
  derivative(d, series.slopes);
  saveMarks(slot, block.taken);
  series.m = point.m;
  series.end = point.end;
  series.n = point.n;
  series.e = block.e;
  series.error = point.error;
  series.errorE = point.errorE;
}

/**
 * Iterates in doubles until d may fall below `least` (true), or the series ends (false); there is none any more where the
 * centre stays.
 */
function expandDoubles(slot: Slot, least: f64): bool {
  const reference = slot.reference;
  const view = slot.view;
  const point = slot.point;
  const marks = slot.marks;
  const block = slot.block;
  const table = slot.table;
  const d = block.d;
  const next = block.next;
  const orbit = reference.orbit;
  const power = reference.power;
  const kind = reference.kind;
  const cr = block.cr;
  const ci = block.ci;
  const limit = view.limit;
  const sizeC = Math.abs(cr) + Math.abs(ci) + block.cx;
  const spacing = reference.julia ? 0 : view.spacing * power2(view.pixelE);
  let m = point.m;
  let n = point.n;
  let error = point.error * power2(point.errorE);
  let tooSmall = false;
  while (true) {
    if (n >= limit) {
      slot.series.exists = false;
      break;
    }
    const size = sizeFrom(d, 0);
    const yr = orbitRe(orbit, m);
    const yi = orbitIm(orbit, m);
    const w = modulus(yr + termRe(d, 0), yi + termIm(d, 0));
    if (size < least || raised(kind, power, w) * size < least) {
      tooSmall = true;
      break;
    }
    const level = longestValid(kind, table, m, min(<i64>(point.end - m), limit - n), size, sizeC);
    let skipped = 1;
    let lack: f64;
    let grown: f64;
    if (level > 0) {
      skipped = 1 << level;
      const entry = changetype<Entry>(entryOf(table.levels, level, m - 1, ENTRY_BYTES));
      const stretch = entry.normA;
      if (size * stretch < least) {
        tooSmall = true;
        break;
      }
      const bends = 2 * sizeOf(entry.cRe, entry.cIm) + 3 * size * sizeOf(entry.fRe, entry.fIm);
      const more = sizeC * sizeOf(entry.dRe, entry.dIm) + size * bends;
      lack = (stretch + more) * block.error + stepThroughEntry(block, entry, size);
      grown = error * stretch + spacing * entry.normB;
    } else {
      lack = slopeAt(kind, power, w + sizeFrom(d, 1)) * block.error + stepOnce(block, power, yr, yi, size);
      grown = error * slopeAt(kind, power, w) + spacing;
    }
    if (!isWithinTolerance(next, lack)) break;
    const dr = termRe(next, 0);
    const di = termIm(next, 0);
    const zr = orbitRe(orbit, m + skipped) + dr;
    const zi = orbitIm(orbit, m + skipped) + di;
    // No point of the block has escaped there.
    if (!(modulus(zr, zi) + sizeFrom(next, 1) + lack < WIDE)) break;
    block.error = lack + trim(next, TRUNCATION_EPSILON * termSize(next, 1));
    copy(next, d);
    error = grown;
    block.taken++;
    m += skipped;
    n += <i64>skipped;
    if (zr * zr + zi * zi < marks.watch && staysBounded(kind, slot, cr, ci, zr, zi, n, block.taken, error)) {
      slot.series.exists = false;
      break;
    }
    if (isNearerToZero(zr, zi, dr, di) || m >= point.end) {
      addTerm(d, 0, zr - dr, zi - di);
      m = 0;
      rebase(point, reference);
    }
  }
  setIndex(point, m, n);
  setError(point, error, 0);
  return tooSmall;
}

/** Whether so much of the next d may be missing; nothing may where the whole block has one image point, or seems to. */
function isWithinTolerance(next: Polynomial, lack: f64): bool {
  const size = termSize(next, 1);
  return size > 0 && lack <= TOLERANCE * size;
}

/** The same with exponents, until d is large enough for doubles (true). */
function expandExtended(slot: Slot): bool {
  const reference = slot.reference;
  const point = slot.point;
  const block = slot.block;
  const numbers = slot.numbers;
  const d = block.d;
  const next = block.next;
  const z = numbers.z;
  const sum = numbers.w;
  normalizeDifference(block, block.e);
  while (point.n < slot.view.limit) {
    const m = point.m;
    const n = point.n;
    assign(0, 0, block.e, point.d);
    const entry = takeEntry(slot, block.cE, 0);
    if (changetype<usize>(entry) != 0) stepThroughExtendedEntry(slot, entry);
    else {
      stepOnceExtended(slot, m);
      setIndex(point, m + 1, n + 1);
    }
    const zr = orbitRe(reference.orbit, point.m);
    const zi = orbitIm(reference.orbit, point.m);
    // No point has escaped here either: d is negligible beside Z.
    if (!isWithinTolerance(next, block.nextError) || !(modulus(zr, zi) < WIDE)) {
      setIndex(point, m, n);
      return false;
    }
    block.taken++;
    block.e = block.nextE;
    block.error = block.nextError + trim(next, TRUNCATION_EPSILON * termSize(next, 1));
    copy(next, d);
    orbitAt(reference, point.m, z);
    let zE = z.e;
    if (z.e <= block.e + 2 || point.m >= point.end) {
      const dr = termRe(d, 0);
      const di = termIm(d, 0);
      assign(dr, di, block.e, sum);
      add(z, sum, sum);
      const scale = power2(sum.e - block.e);
      if (point.m >= point.end || (Math.abs(sum.re) + Math.abs(sum.im)) * scale < Math.abs(dr) + Math.abs(di)) {
        addTerm(d, 0, sum.re * scale - dr, sum.im * scale - di);
        normalizeDifference(block, block.e);
        zE = ZERO;
        rebase(point, reference);
      }
    }
    if (fitsDoubles(block.e, zE, reference.power)) {
      const unit = power2(block.e);
      shrink(d, unit);
      block.error *= unit;
      block.e = 0;
      return true;
    }
  }
  slot.series.exists = false;
  return false;
}

/** A bound of the modulus of a coefficient. */
@inline
function sizeOf(re: f64, im: f64): f64 {
  return Math.abs(re) + Math.abs(im);
}
