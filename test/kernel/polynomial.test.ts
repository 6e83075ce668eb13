/** Polynomials of the series approximation: what products, truncation and steps leave out is within the bound that they return. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { constantsOf } from '../../src/kernel/wasm.js';
import { openParts } from './parts.js';

type Complex = readonly [re: number, im: number];

const ORDER = 16;
const SLOT_AT = 1024;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const parts = openParts(memory);
const { POLYNOMIAL_SIZE, ENTRY_BYTES, SLOT_BYTES } = constantsOf(parts, [
  'POLYNOMIAL_SIZE',
  'ENTRY_BYTES',
  'SLOT_BYTES',
]);
const slot = parts.openSlot?.(SLOT_AT) as number;
/** Room for four polynomials, and for an entry of the table. */
const AT = SLOT_AT + SLOT_BYTES;
const at = (k: number) => AT + k * POLYNOMIAL_SIZE;
const ENTRY_AT = at(4);

function write(address: number, terms: readonly Complex[]): void {
  new DataView(memory.buffer).setInt32(address, terms.length - 1, true);
  new Float64Array(memory.buffer, address + 8, 2 * terms.length).set(terms.flat());
}

function read(address: number): Complex[] {
  const degree = new DataView(memory.buffer).getInt32(address, true);
  const numbers = new Float64Array(memory.buffer, address + 8, 2 * (degree + 1));
  return Array.from({ length: degree + 1 }, (_, k) => [numbers[2 * k] as number, numbers[2 * k + 1] as number]);
}

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const at_ = (terms: readonly Complex[], x: Complex): Complex =>
  terms.reduceRight<Complex>((sum, term) => plus(times(sum, x), term), [0, 0]);
const size = (terms: readonly Complex[]) => terms.reduce((sum, [re, im]) => sum + Math.abs(re) + Math.abs(im), 0);
const distance = ([a, b]: Complex, [c, d]: Complex) => Math.hypot(a - c, b - d);

const number = fc.double({ min: -1, max: 1, noNaN: true });
const positive = fc.double({ min: 0.01, max: 1, noNaN: true });
const polynomial = fc.array(fc.tuple(number, number), { minLength: 2, maxLength: ORDER + 1 });
/** With real coefficients above 0, at x = 1: a bound in the 1-norm is an equality there. */
const growing = fc.array(
  positive.map((re): Complex => [re, 0]),
  { minLength: 10, maxLength: ORDER + 1 },
);
/** In the unit disc. */
const place = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([r, turn]): Complex => [r * Math.cos(2 * Math.PI * turn), r * Math.sin(2 * Math.PI * turn)]);
const ONE: Complex = [1, 0];

test('the terms that a product omits are at most its bound, and equal it where all terms add up', () => {
  const remainder = (p: readonly Complex[], q: readonly Complex[], x: Complex) => {
    write(at(0), p);
    write(at(1), q);
    const bound = parts.multiplyPolynomials?.(at(0), at(1), at(2)) as number;
    const off = distance(times(at_(p, x), at_(q, x)), at_(read(at(2)), x));
    return { bound, off, roundoff: 1e-13 * (1 + size(p) * size(q)) };
  };
  fc.assert(
    fc.property(polynomial, polynomial, place, (p, q, x) => {
      const { bound, off, roundoff } = remainder(p, q, x);
      assert.ok(off <= bound + roundoff, `${off} is lacking, not ${bound}`);
    }),
  );
  fc.assert(
    fc.property(growing, growing, (p, q) => {
      const { bound, off, roundoff } = remainder(p, q, ONE);
      assert.ok(Math.abs(off - bound) <= roundoff, `${off} is lacking, and the bound is ${bound}`);
    }),
  );
});

test('truncation leaves out the last small terms, and returns a bound of their sum', () => {
  fc.assert(
    fc.property(growing, fc.double({ min: 0, max: 0.5, noNaN: true }), (p, epsilon) => {
      write(at(0), p);
      const bound = parts.trimPolynomial?.(at(0), epsilon) as number;
      const left = read(at(0));
      assert.deepEqual(left, p.slice(0, left.length));
      assert.ok(Math.abs(size(p) - size(left) - bound) <= 1e-14);
      assert.ok(left.length === 2 || (left.at(-1)?.[0] as number) >= epsilon);
      assert.ok(p.slice(left.length).every(([re]) => re < epsilon));
    }),
  );
});

/** d of the block, of this size unless all its terms are 0: small enough that a step's powers are of ordinary size. */
const difference = (terms: readonly Complex[], total: number): Complex[] => {
  const scale = total / (size(terms) || 1);
  return terms.map(([re, im]) => [re * scale, im * scale] as const);
};

test('an iteration of a block encloses (Z + d)^p - Z^p + dc, for every power', () => {
  let cuts = 0;
  fc.assert(
    fc.property(
      fc.oneof(polynomial, growing),
      fc.record({ z: fc.tuple(number, number), c: fc.tuple(number, number), cx: positive }),
      fc.integer({ min: 2, max: 8 }),
      fc.oneof(fc.constant(ONE), place),
      (terms, { z, c, cx }, power, x) => {
        const d = difference(terms, 0.3);
        write(at(0), d);
        const bound = parts.stepSeriesOnce?.(slot, at(0), power, ...z, ...c, cx, size(d)) as number;
        const raised = (w: Complex) => Array.from({ length: power - 1 }).reduce<Complex>((y) => times(y, w), w);
        const [re, im] = raised(z);
        const next = plus(plus(raised(plus(z, at_(d, x))), [-re, -im]), plus(c, times([cx, 0], x)));
        const off = distance(next, at_(read(at(1)), x));
        assert.ok(off <= bound + 1e-13 * (1 + 2 ** power), `${off} is lacking, not ${bound}`);
        if (off > 0.1 * bound && bound > 1e-10) cuts++;
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(cuts > 5, `${cuts} steps came near their bound`);
});

test('a step of a block through an entry encloses A·d + B·dc + C·d^2 + D·d·dc + E·dc^2 + F·d^3', () => {
  fc.assert(
    fc.property(
      fc.oneof(polynomial, growing),
      fc.array(fc.tuple(number, number), { minLength: 6, maxLength: 6 }),
      fc.record({ c: fc.tuple(number, number), cx: positive }),
      fc.oneof(fc.constant(ONE), place),
      (terms, coefficients, { c, cx }, x) => {
        const d = difference(terms, 0.5);
        write(at(0), d);
        // R, b, P and |A| come first.
        new Float64Array(memory.buffer, ENTRY_AT, ENTRY_BYTES / 8).set(coefficients.flat(), 4);
        const bound = parts.stepSeriesThroughEntry?.(slot, at(0), ENTRY_AT, ...c, cx, size(d)) as number;
        const [dx, dc] = [at_(d, x), plus(c, times([cx, 0], x))];
        const factors: Complex[] = [dx, dc, times(dx, dx), times(dx, dc), times(dc, dc), times(dx, times(dx, dx))];
        const next = factors.reduce<Complex>((sum, f, k) => plus(sum, times(coefficients[k] as Complex, f)), [0, 0]);
        const off = distance(next, at_(read(at(1)), x));
        assert.ok(off <= bound + 1e-12, `${off} is lacking, not ${bound}`);
      },
    ),
    { numRuns: 300 },
  );
});
