import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { iterateReference, type ReferenceOrder } from '../../src/kernel/perturbation/reference.js';
import type { Formula } from '../../src/view/view.js';

/** The formulas in integers of `bits` bits behind the point, as oracle.py writes them down. */
function exactOrbit({ formula, re, im, iterations }: ReferenceOrder, bits: number): [bigint, bigint][] {
  const shift = BigInt(bits);
  const one = 1n << shift;
  const fixed = (text: string) => (BigInt(Number(text) * 2 ** 53) * one) >> 53n;
  const orbitOf = (c: [string, string], from: [string, string]) => {
    let [zr, zi] = from.map(fixed) as [bigint, bigint];
    const orbit: [bigint, bigint][] = [[zr, zi]];
    while (zr * zr + zi * zi <= 4n << (2n * shift) && orbit.length <= iterations) {
      if (formula.step === 'burning-ship') [zr, zi] = [zr < 0n ? -zr : zr, zi < 0n ? -zi : zi];
      if (formula.step === 'tricorn') zi = -zi;
      let [pr, pi] = [zr, zi];
      for (let k = 1; k < formula.power; k++) [pr, pi] = [(pr * zr - pi * zi) >> shift, (pr * zi + pi * zr) >> shift];
      [zr, zi] = [pr + fixed(c[0]), pi + fixed(c[1])];
      orbit.push([zr, zi]);
    }
    return orbit;
  };
  const { julia } = formula;
  if (!julia) return orbitOf([re, im], ['0', '0']);
  const constant: [string, string] = [julia.re, julia.im];
  return [...orbitOf(constant, ['0', '0']), ...orbitOf(constant, [re, im])];
}

/** Exact decimals of numbers that doubles hold. */
const coordinate = (most: number) =>
  fc.integer({ min: -most * 2 ** 20, max: most * 2 ** 20 }).map((k) => decimalOf(BigInt(k), 20));

const formula: fc.Arbitrary<Formula> = fc.record(
  {
    step: fc.constantFrom('holomorphic' as const, 'burning-ship' as const, 'tricorn' as const),
    power: fc.integer({ min: 2, max: 8 }),
    julia: fc.record({ re: coordinate(1), im: coordinate(1) }),
  },
  { requiredKeys: ['step', 'power'] },
);

const order: fc.Arbitrary<ReferenceOrder> = fc.record({
  formula,
  re: coordinate(2),
  im: coordinate(2),
  bits: fc.integer({ min: 128, max: 1200 }),
  iterations: fc.integer({ min: 1, max: 60 }),
  deep: fc.boolean(),
});

test('orbits of every formula are those of exact arithmetic, to the last bits of a double', () => {
  fc.assert(
    fc.property(order, (one) => {
      // An error grows at most by power·2^(power-1) an iteration while |z| <= 2.
      const iterations = Math.min(one.iterations, Math.floor((one.bits - 64) / (one.formula.power + 2)));
      const bits = one.bits + 256;
      const exact = exactOrbit({ ...one, iterations }, bits);
      const { orbit, start } = iterateReference({ ...one, iterations });
      assert.equal(orbit.length, 2 * exact.length);
      assert.equal(start > 0, one.formula.julia !== undefined);
      exact.flat().forEach((value, k) => {
        const [x, y] = [Number(value >> BigInt(bits - 200)) / 2 ** 200, orbit[k] as number];
        assert.ok(Math.abs(x - y) <= 2 ** -52 * Math.abs(x) + 2 ** -60, `number ${k}: ${y} against ${x}`);
      });
      if (one.formula.julia) {
        assert.deepEqual([...orbit.slice(0, 2)], [0, 0]);
        assert.deepEqual([...orbit.slice(2 * start, 2 * start + 2)], [Number(one.re), Number(one.im)]);
      }
    }),
    { numRuns: 500 },
  );
});

test('what is too small for doubles is listed with exponents of its own', () => {
  const bits = 2048;
  // c = -1 + h: Z_2 = c^2 + c = h^2 - h.
  const h = 1n << BigInt(bits - 1900);
  const re = decimalOf(h - (1n << BigInt(bits)), bits);
  for (const julia of [undefined, { re, im: '0' }]) {
    const base = { step: 'holomorphic', power: 2 } as const;
    const order = { formula: julia ? { ...base, julia } : base, re, im: '0', bits, iterations: 2, deep: true };
    const { tiny, start } = iterateReference(order);
    const at = julia ? [2, start + 1] : [2];
    assert.equal(tiny.length, 4 * at.length);
    at.forEach((index, k) => {
      const [n, x, y, exponent] = tiny.subarray(4 * k) as unknown as [number, number, number, number];
      assert.equal(n, index);
      assert.ok(Math.abs(x * 2 ** (exponent + 1900) + 1) < 2 ** -52, `${x} times 2^${exponent}`);
      assert.equal(y, 0);
    });
  }
});

/** A fixed-point number as an exact decimal. */
function decimalOf(value: bigint, bits: number): string {
  return `${value * 5n ** BigInt(bits)}e-${bits}`;
}
