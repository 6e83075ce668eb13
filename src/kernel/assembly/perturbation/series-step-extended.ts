/**
 * Steps of a block beyond the range of doubles: by the entries of bla-extended-table.ts, to first order in d, or by one
 * iteration. They leave `next` normalized, with its exponent and a bound of its missing terms.
 */

import { ExtendedEntry, extendedA, extendedB } from './bla-entry';
import { setNext } from './block';
import { add, assign, multiply as multiplyExtended, power2, ZERO } from './extended-exponent';
import { growError, growErrorByStep } from './extended-iteration';
import { matrixNorm } from './matrix';
import { addTerm, copy, multiply, scale, shrink, sizeFrom, termIm, termRe } from './polynomial';
import { orbitAt } from './reference-orbit';
import { Slot } from './slot';

export function stepThroughExtendedEntry(slot: Slot, entry: ExtendedEntry): void {
  const block = slot.block;
  const next = block.next;
  const byD = max(block.e + entry.aE, ZERO);
  const byC = slot.reference.julia ? ZERO : max(block.cE + entry.bE, ZERO);
  const common = max(byD, byC);
  const own = power2(byD - common);
  const other = power2(byC - common);
  // Rows of a matrix that is a complex number.
  scale(block.d, entry.a0 * own, entry.a2 * own, next);
  const br = entry.b0 * other;
  const bi = entry.b2 * other;
  addTerm(next, 0, br * block.centreRe - bi * block.centreIm, br * block.centreIm + bi * block.centreRe);
  addTerm(next, 1, br * block.radius, bi * block.radius);
  const stretch = matrixNorm(extendedA(entry));
  growError(slot, stretch, entry.aE, matrixNorm(extendedB(entry)), entry.bE);
  setNext(block, common, block.error * stretch * own);
}

/** From Z_m. */
export function stepOnceExtended(slot: Slot, m: i32): void {
  const block = slot.block;
  const numbers = slot.numbers;
  const z = numbers.z;
  const q = numbers.q;
  const w = numbers.w;
  const d = block.d;
  const next = block.next;
  const factor = block.factor;
  const power = slot.reference.power;
  const julia = slot.reference.julia;
  const e = block.e;
  orbitAt(slot.reference, m, z);
  const size = sizeFrom(d, 0);
  // ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc
  let cut: f64 = 0;
  let choose: f64 = 1;
  let h = e;
  assign(1, 0, 0, q);
  copy(d, factor);
  for (let k = 1; k < power; k++) {
    if (k > 1) {
      cut = cut * size + multiply(factor, d, block.product);
      copy(block.product, factor);
      h = max(h + e, ZERO);
    }
    multiplyExtended(q, z, q);
    choose *= <f64>(power + 1 - k) / <f64>k;
    const common = max(h, q.e);
    const own = power2(h - common);
    const other = choose * power2(q.e - common);
    shrink(factor, own);
    cut *= own;
    addTerm(factor, 0, q.re * other, q.im * other);
    h = common;
  }
  cut = cut * size + multiply(factor, d, next);
  h = max(h + e, ZERO);
  const common = julia ? h : max(h, block.cE);
  const own = power2(h - common);
  const other = julia ? 0 : power2(block.cE - common);
  shrink(next, own);
  addTerm(next, 0, block.centreRe * other, block.centreIm * other);
  addTerm(next, 1, block.radius * other, 0);
  assign(termRe(d, 0), termIm(d, 0), e, w);
  add(z, w, w);
  growErrorByStep(slot, w);
  // The bound by p·(|w| + the spread of d)^(p-1), in units of 2^u.
  const u = max(w.e, e);
  const reach = Math.sqrt(w.re * w.re + w.im * w.im) * power2(w.e - u) + sizeFrom(d, 1) * power2(e - u);
  let grown = <f64>power * block.error;
  let grownE = e;
  for (let k = 1; k < power; k++) {
    grown *= reach;
    grownE = max(grownE + u, ZERO);
  }
  setNext(block, common, grown * power2(grownE - common) + cut * own);
}
