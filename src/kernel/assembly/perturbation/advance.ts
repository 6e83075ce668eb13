/**
 * Steps of a block in doubles: by an entry of the table, or by one iteration. What they leave in `next` lacks the terms
 * that a polynomial has no room for, of which they return a bound. size: a bound of |d|.
 */

import { ci, cr, cx, d, factor, next, product } from './block';
import { power } from './orbit';
import { addTerm, copy, multiply, scale } from './polynomial';
import { A, B, C, D, E, F } from './table';

export function throughEntry(entry: usize, size: f64): f64 {
  // ((F·d + C)·d + D·dc + A)·d + (E·dc + B)·dc, in this order: d^2 may be less than any double.
  scale(d, load<f64>(entry, F), load<f64>(entry, F + 8), factor);
  addTerm(factor, 0, load<f64>(entry, C), load<f64>(entry, C + 8));
  let cut = multiply(factor, d, product);
  const dr = load<f64>(entry, D);
  const di = load<f64>(entry, D + 8);
  const ar = load<f64>(entry, A);
  const ai = load<f64>(entry, A + 8);
  addTerm(product, 0, ar + (dr * cr - di * ci), ai + (dr * ci + di * cr));
  addTerm(product, 1, dr * cx, di * cx);
  cut = cut * size + multiply(product, d, next);
  const br = load<f64>(entry, B);
  const bi = load<f64>(entry, B + 8);
  const er = load<f64>(entry, E);
  const ei = load<f64>(entry, E + 8);
  const tr = br + (er * cr - ei * ci);
  const ti = bi + (er * ci + ei * cr);
  addTerm(next, 0, tr * cr - ti * ci, tr * ci + ti * cr);
  addTerm(next, 1, (tr + tr - br) * cx, (ti + ti - bi) * cx);
  addTerm(next, 2, er * cx * cx, ei * cx * cx);
  return cut;
}

/** (Z + d)^p - Z^p + dc = ((d + p·Z)·d + p(p-1)/2·Z^2)·d + … + dc. */
export function throughStep(zr: f64, zi: f64, size: f64): f64 {
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
  addTerm(next, 0, cr, ci);
  addTerm(next, 1, cx, 0);
  return cut;
}
