/**
 * Steps of a block in doubles: by an entry of the table, or by one iteration. The result in `next` lacks the terms
 * above the highest order of a polynomial, of which they return a bound. size: a bound of |d|.
 */

import { Block } from './block';
import { Entry } from './bla-entry';
import { addTerm, copy, multiply, scale } from './polynomial';

export function stepThroughEntry(block: Block, entry: Entry, size: f64): f64 {
  const d = block.d;
  const next = block.next;
  const factor = block.factor;
  const product = block.product;
  const cr = block.cr;
  const ci = block.ci;
  const cx = block.cx;
  // ((F·d + C)·d + D·dc + A)·d + (E·dc + B)·dc, in this order: d^2 may be less than any double.
  scale(d, entry.fRe, entry.fIm, factor);
  addTerm(factor, 0, entry.cRe, entry.cIm);
  let cut = multiply(factor, d, product);
  const dr = entry.dRe;
  const di = entry.dIm;
  addTerm(product, 0, entry.aRe + (dr * cr - di * ci), entry.aIm + (dr * ci + di * cr));
  addTerm(product, 1, dr * cx, di * cx);
  cut = cut * size + multiply(product, d, next);
  const br = entry.bRe;
  const bi = entry.bIm;
  const er = entry.eRe;
  const ei = entry.eIm;
  const tr = br + (er * cr - ei * ci);
  const ti = bi + (er * ci + ei * cr);
  addTerm(next, 0, tr * cr - ti * ci, tr * ci + ti * cr);
  addTerm(next, 1, (tr + tr - br) * cx, (ti + ti - bi) * cx);
  addTerm(next, 2, er * cx * cx, ei * cx * cx);
  return cut;
}

/** (Z + d)^p - Z^p + dc = ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc. */
export function stepOnce(block: Block, power: i32, zr: f64, zi: f64, size: f64): f64 {
  const d = block.d;
  const next = block.next;
  const factor = block.factor;
  const product = block.product;
  let cut: f64 = 0;
  let pr: f64 = 1;
  let pi: f64 = 0;
  let choose: f64 = 1;
  copy(d, factor);
  for (let k = 1; k < power; k++) {
    if (k > 1) {
      cut = cut * size + multiply(factor, d, product);
      copy(product, factor);
    }
    const t = pr * zr - pi * zi;
    pi = pr * zi + pi * zr;
    pr = t;
    choose *= <f64>(power + 1 - k) / <f64>k;
    addTerm(factor, 0, choose * pr, choose * pi);
  }
  cut = cut * size + multiply(factor, d, next);
  addTerm(next, 0, block.cr, block.ci);
  addTerm(next, 1, block.cx, 0);
  return cut;
}
