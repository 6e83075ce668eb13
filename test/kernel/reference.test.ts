import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Orbits } from '../../src/kernel/perturbation/orbit.js';
import { iterateReference, periodOf, type ReferenceOrder } from '../../src/kernel/perturbation/reference.js';
import { type Decimal, parseDecimal, toFixed } from '../../src/view/decimal.js';
import type { Formula, View } from '../../src/view/view.js';

type Exact = [re: bigint, im: bigint][];

const fixedOf = (text: string, bits: number) => toFixed(parseDecimal(text) as Decimal, bits);
const toNumber = (value: bigint, bits: number) =>
  Number(value >> BigInt(Math.max(0, bits - 200))) / 2 ** Math.min(bits, 200);

/** The formulas in integers of `bits` bits behind the point, as oracle.py writes them down. */
function exactOrbit({ formula, re, im, iterations }: ReferenceOrder, bits: number): Exact {
  const shift = BigInt(bits);
  const fixed = (text: string) => fixedOf(text, bits);
  const orbitOf = (c: [string, string], from: [string, string]) => {
    let [zr, zi] = from.map(fixed) as [bigint, bigint];
    const orbit: Exact = [[zr, zi]];
    const [cr, ci] = c.map((text) => Number(text)) as [number, number];
    const outside2 = BigInt(Math.round(4 * Math.max(4, cr * cr + ci * ci) * 2 ** 40)) << (2n * shift - 40n);
    while (zr * zr + zi * zi <= outside2 && orbit.length <= iterations) {
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

/** Log2 of a radius in which no period is found. */
const NEVER = -1e9;

const order: fc.Arbitrary<ReferenceOrder> = fc.record({
  formula,
  re: coordinate(2),
  im: coordinate(2),
  bits: fc.integer({ min: 128, max: 2500 }),
  iterations: fc.integer({ min: 1, max: 60 }),
  radius: fc.constant(NEVER),
  extended: fc.boolean(),
});

test('orbits of every formula are those of exact arithmetic, to the last bits of a double', () => {
  fc.assert(
    fc.property(order, (one) => {
      // An error grows at most by power·6^(power-1) an iteration while |z| <= 6.
      const iterations = Math.min(one.iterations, Math.floor((one.bits - 64) / (3 * one.formula.power)));
      const bits = one.bits + 256;
      const exact = exactOrbit({ ...one, iterations }, bits);
      const { orbit, start } = iterateReference({ ...one, iterations });
      assert.equal(orbit.length, 2 * exact.length);
      assert.equal(start > 0, one.formula.julia !== undefined);
      exact.flat().forEach((value, k) => {
        const [x, y] = [toNumber(value, bits), orbit[k] as number];
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

/** Points whose Z_2 = c^power + c is 0: [power, re, im]. */
const NUCLEI = [
  [2, -1, 0],
  [3, 0, 1],
  [4, -1, 0],
  [6, -1, 0],
  [7, 0, 1],
  [8, -1, 0],
] as const;

test('products are exact to the requested bits: close to a point of period 2, Z_2 is too small for doubles', () => {
  const offset = fc.bigInt(-(2n ** 60n), 2n ** 60n);
  fc.assert(
    fc.property(
      fc.constantFrom(...NUCLEI),
      fc.constantFrom('holomorphic' as const, 'burning-ship' as const, 'tricorn' as const),
      fc.oneof(fc.integer({ min: 1000, max: 2000 }), fc.integer({ min: 2000, max: 9000 })),
      fc.tuple(offset, offset),
      fc.boolean(),
      ([power, x, y], step, bits, [dx, dy], julia) => {
        // For i, odd powers and the other folds have other values.
        if (y !== 0 && step !== 'holomorphic') return;
        const one = 1n << BigInt(bits);
        const c = { re: decimalOf(BigInt(x) * one + dx, bits), im: decimalOf(BigInt(y) * one + dy, bits) };
        const formula = julia ? { step, power, julia: c } : { step, power };
        const from = julia ? { re: '0', im: '0' } : c;
        const order = { formula, ...from, bits, iterations: 2, radius: NEVER, extended: true };
        const { orbit, underflow, start } = iterateReference(order);
        assert.deepEqual(orbit.length, julia ? 12 : 6);
        const wide = bits + 64;
        const [zr, zi] = power2Of(step, power, [BigInt(x) * one + dx, BigInt(y) * one + dy], bits, wide);
        const listed = [...underflow].flatMap((_, k) => (k % 5 === 0 ? [[...underflow.subarray(k, k + 5)]] : []));
        assert.deepEqual(
          listed.map(([index]) => index).filter((index) => index === 2 || index === start + 2),
          julia ? [2, start + 2] : [2],
        );
        for (const [index, re, im, ...exponents] of listed as [number, number, number, number, number][]) {
          if (index !== 2 && index !== start + 2) continue;
          const [er, ei] = exponents.map((exponent) => 2 ** (exponent + bits)) as [number, number];
          for (const [got, exact] of [
            [re * er, Number(zr) / 2 ** 64],
            [im * ei, Number(zi) / 2 ** 64],
          ] as const) {
            assert.ok(Math.abs(got - exact) <= 2 + 2 ** -52 * Math.abs(exact), `Z_2 ${got} against ${exact} units`);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

/** fold(c)^power + c with `wide` bits, from c with `bits`. */
function power2Of(step: Formula['step'], power: number, c: [bigint, bigint], bits: number, wide: number) {
  const shift = BigInt(wide);
  const [cr, ci] = c.map((part) => part << BigInt(wide - bits)) as [bigint, bigint];
  const abs = (v: bigint) => (v < 0n ? -v : v);
  const fr = step === 'burning-ship' ? abs(cr) : cr;
  const fi = step === 'burning-ship' ? abs(ci) : step === 'tricorn' ? -ci : ci;
  let [pr, pi] = [fr, fi];
  for (let k = 1; k < power; k++) [pr, pi] = [(pr * fr - pi * fi) >> shift, (pr * fi + pi * fr) >> shift];
  return [pr + cr, pi + ci] as const;
}

test('what is too small for doubles is listed with exponents of its own', () => {
  const bits = 2048;
  // c = -1 + h: Z_2 = c^2 + c = h^2 - h.
  const h = 1n << BigInt(bits - 1900);
  const re = decimalOf(h - (1n << BigInt(bits)), bits);
  for (const julia of [undefined, { re, im: '0' }]) {
    const base = { step: 'holomorphic', power: 2 } as const;
    const order = {
      formula: julia ? { ...base, julia } : base,
      re,
      im: '0',
      bits,
      iterations: 2,
      radius: NEVER,
      extended: true,
    };
    const { underflow, start } = iterateReference(order);
    const at = julia ? [2, start + 1] : [2];
    assert.equal(underflow.length, 5 * at.length);
    at.forEach((index, k) => {
      const [n, x, y, exponent] = underflow.subarray(5 * k) as unknown as [number, number, number, number];
      assert.equal(n, index);
      assert.ok(Math.abs(x * 2 ** (exponent + 1900) + 1) < 2 ** -52, `${x} times 2^${exponent}`);
      assert.equal(y, 0);
    });
  }
});

test('an orbit ends with the first period that, to first order, some point of the view has: any formula', () => {
  let periods = 0;
  fc.assert(
    fc.property(order, fc.integer({ min: -12, max: 1 }), ({ formula: { step, power }, ...one }, radius) => {
      const plain = { ...one, formula: { step, power }, iterations: 40 };
      const { orbit, period } = iterateReference({ ...plain, radius });
      const margins = periodMargins(plain, radius, orbit.length / 2);
      // Where the margin is small, doubles may decide otherwise.
      const first = margins.findIndex((margin) => margin < 1.001);
      if (first >= 0 && (margins[first] as number) > 0.999) return;
      assert.equal(period, first < 0 ? undefined : first + 1);
      if (period === undefined) return;
      periods++;
      assert.equal(orbit.length, 2 * (period + 1));
    }),
    { numRuns: 300 },
  );
  assert.ok(periods > 50, `${periods} periods seen`);
});

test('the period of a deep view is that of the copy in it; a Julia set has none', async () => {
  const view: View = {
    formula: { step: 'holomorphic', power: 2 },
    re: '-1.7548776662466927600495088963585286918946066177727931439892839706460',
    im: '1e-32',
    zoom: '1e30',
    iterations: 1e6,
    width: 64,
    height: 36,
    rotation: 0,
    bailout: 65536,
    count: 'smooth',
    sampling: { kind: 'grid', side: 1 },
  };
  const { signal } = new AbortController();
  assert.equal(await periodOf(view, signal), 3);
  assert.equal(await periodOf({ ...view, im: '1e-28', iterations: 1000 }, signal), undefined);
  assert.equal(await periodOf({ ...view, formula: { step: 'burning-ship', power: 2 } }, signal), 3);
  const julia = { re: '0.1', im: '0.1' };
  const inside = { ...view, re: '0', im: '0', iterations: 100 };
  assert.equal(await periodOf({ ...inside, formula: { step: 'holomorphic', power: 2, julia } }, signal), undefined);
});

test('an orbit that does not fit into memory is an error of one line', () => {
  const [zero, c] = ['0', '-1.9'].map((text) => parseDecimal(text) as Decimal) as [Decimal, Decimal];
  const formula = { step: 'holomorphic', power: 2 } as const;
  const orbits = new Orbits(formula, [c, zero], 128, [zero, zero], 100_000);
  const follow = () => orbits.follow([zero, zero], 2 ** 48, NEVER, () => {});
  assert.throws(follow, { code: 'ORBIT_TOO_LONG', message: /does not fit into memory after 49152 iterations/ });
});

/** |δ| / radius of J·δ = -Z_n for n = 1, 2, …: J from three exact orbits side by side. */
function periodMargins(order: ReferenceOrder, radius: number, length: number): number[] {
  const bits = 900;
  const step = 400;
  const aside = (text: string) => decimalOf(fixedOf(text, bits) + (1n << BigInt(bits - step)), bits);
  const orbits = [order, { ...order, re: aside(order.re) }, { ...order, im: aside(order.im) }].map((one) =>
    exactOrbit({ ...one, iterations: length - 1 }, bits),
  ) as [Exact, Exact, Exact];
  const margins: number[] = [];
  for (let n = 1; n < length; n++) {
    const [z, right, up] = orbits.map((orbit) => orbit[n]);
    if (!z || !right || !up) break;
    const slope = (a: bigint, b: bigint) => toNumber(a - b, bits - step);
    const [a, c] = [slope(right[0], z[0]), slope(right[1], z[1])];
    const [b, d] = [slope(up[0], z[0]), slope(up[1], z[1])];
    const [x, y] = [toNumber(z[0], bits), toNumber(z[1], bits)];
    const det = a * d - b * c;
    margins.push(x === 0 && y === 0 ? 0 : Math.hypot(d * x - b * y, a * y - c * x) / Math.abs(det) / 2 ** radius);
  }
  return margins;
}

/** A fixed-point number as an exact decimal. */
function decimalOf(value: bigint, bits: number): string {
  return `${value * 5n ** BigInt(bits)}e-${bits}`;
}
