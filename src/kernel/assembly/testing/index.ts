/** Single parts of the kernels, as tests call them (test/kernel/parts.ts compiles this module). */

import { Block } from '../perturbation/block';
import { enclose } from '../perturbation/enclose';
import { Entry } from '../perturbation/bla-entry';
import { rebase } from '../perturbation/point';
import { multiply, Polynomial, POLYNOMIAL_BYTES, trim } from '../perturbation/polynomial';
import { stepOnce, stepThroughEntry } from '../perturbation/series-step';
import { Slot } from '../perturbation/slot';
import { enclose as encloseDirectly } from '../enclosure';
import { beginProofs, Proofs } from '../proofs';

export * from '../perturbation/index';

/** Bytes of a polynomial: its degree (i32), and from byte 8 on pairs of f64. */
export const POLYNOMIAL_SIZE: usize = POLYNOMIAL_BYTES;

/** The product of two polynomials; a bound of what it lacks. */
export function multiplyPolynomials(p: Polynomial, q: Polynomial, out: Polynomial): f64 {
  return multiply(p, q, out);
}

export function trimPolynomial(p: Polynomial, epsilon: f64): f64 {
  return trim(p, epsilon);
}

/** d at `at`, then three polynomials more, of which the first is the result; dc = (cr + i·ci) + cx·x. */
function blockAt(slot: Slot, at: usize, cr: f64, ci: f64, cx: f64): Block {
  const block = slot.block;
  block.d = changetype<Polynomial>(at);
  block.next = changetype<Polynomial>(at + POLYNOMIAL_BYTES);
  block.factor = changetype<Polynomial>(at + 2 * POLYNOMIAL_BYTES);
  block.product = changetype<Polynomial>(at + 3 * POLYNOMIAL_BYTES);
  block.cr = cr;
  block.ci = ci;
  block.cx = cx;
  return block;
}

export function stepSeriesOnce(slot: Slot, at: usize, power: i32, zr: f64, zi: f64, cr: f64, ci: f64, cx: f64, size: f64): f64 {
  return stepOnce(blockAt(slot, at, cr, ci, cx), power, zr, zi, size);
}

export function stepSeriesThroughEntry(slot: Slot, at: usize, entry: Entry, cr: f64, ci: f64, cx: f64, size: f64): f64 {
  return stepThroughEntry(blockAt(slot, at, cr, ci, cx), entry, size);
}

/** Writes re, im and radius of the enclosure to `at`; false: it grew out of bounds. */
export function enclosePeriod(slot: Slot, cr: f64, ci: f64, zr: f64, zi: f64, r: f64, rim: f64, period: i64, at: usize): bool {
  rebase(slot.point, slot.reference);
  slot.enclosure.allowed = i64.MAX_VALUE;
  const found = enclose(slot.reference.kind, slot, cr, ci, zr, zi, r, rim, period);
  store<f64>(at, slot.enclosure.re);
  store<f64>(at, slot.enclosure.im, 8);
  store<f64>(at, slot.enclosure.radius, 16);
  return found;
}

/** The same of the direct kernel's enclosure, in a slot at `proofs` of its own; the radius may be infinite. */
// prettier-ignore
export function encloseIterations(proofs: Proofs, step: i32, power: i32, cr: f64, ci: f64, zr: f64, zi: f64, r: f64, reach: f64,
  period: i64, at: usize): void {
  beginProofs(proofs, step, power, false, 1000);
  const radius = encloseDirectly(proofs, zr, zi, cr, ci, period, r, reach);
  store<f64>(at, proofs.imageRe);
  store<f64>(at, proofs.imageIm, 8);
  store<f64>(at, radius, 16);
}
