import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { locate, type Nucleus, type Search } from '../../src/kernel/perturbation/nucleus.js';
import type { None } from '../../src/kernel/perturbation/period.js';

const MANDELBROT: Search['formula'] = { step: 'holomorphic', power: 2 };

function found(search: Partial<Search>): Nucleus | None {
  const whole = { formula: MANDELBROT, re: '0', im: '0', zoom: '1', aspect: 16 / 9, limit: 1_000_000, ...search };
  const stages = locate(whole);
  for (;;) {
    const { done, value } = stages.next();
    if (done) return value;
    assert.ok(value.done > 0 && value.done <= value.of);
  }
}

function nucleus(search: Partial<Search>): Nucleus {
  const what = found(search);
  assert.ok('period' in what, JSON.stringify(what));
  return what;
}

/** |Z_n|^2 for n = 0 … period, times 2^(2·bits): fixed point in the plainest way, nothing shared with the program. */
function orbit(re: bigint, im: bigint, bits: bigint, period: number, { step, power }: Search['formula']): bigint[] {
  const sizes = [0n];
  let [x, y] = [0n, 0n];
  for (let n = 1; n <= period; n++) {
    let [a, b] = [x, y];
    if (step === 'burning-ship') [a, b] = [a < 0n ? -a : a, b < 0n ? -b : b];
    if (step === 'tricorn') b = -b;
    let [p, q] = [a, b];
    for (let k = 1; k < power; k++) [p, q] = [(p * a - q * b) >> bits, (p * b + q * a) >> bits];
    [x, y] = [p + re, q + im];
    sizes.push(period % n === 0 ? x * x + y * y : 0n);
  }
  return sizes;
}

function scaled(text: string, bits: bigint): bigint {
  const [, sign, whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+|\d+))?$/.exec(text) ?? [];
  const value = (BigInt(whole + fraction) << bits) / 10n ** BigInt(fraction.length - Number(exponent));
  return sign === '-' ? -value : value;
}

/** The last decimal of the longer coordinate. */
function decimalsOf({ re, im }: Nucleus): number {
  const of = (text: string) => {
    const [digits = '', exponent = '0'] = text.split('e');
    return (digits.split('.')[1] ?? '').length - Number(exponent);
  };
  return Math.max(of(re), of(im));
}

/** Z_p is a thousandth of what it is 1024 units of the last digit beside, and no Z_q of a divisor q is as small. */
function demandNucleus(what: Nucleus, formula: Search['formula']): void {
  const { period } = what;
  const decimals = decimalsOf(what);
  const bits = BigInt(Math.ceil(1.1 * decimals * Math.log2(10)) + 128);
  const [re, im] = [scaled(what.re, bits), scaled(what.im, bits)];
  const unit = (1n << bits) / 10n ** BigInt(decimals);
  const sizes = orbit(re, im, bits, period, formula);
  const residue = sizes[period] as bigint;
  const beside = orbit(re + 1024n * unit, im, bits, period, formula)[period] as bigint;
  assert.ok(beside > 1_000_000n * residue, `${what.re} ${what.im} is no zero of Z_${period}`);
  for (let q = 1; q < period; q++)
    if (period % q === 0) assert.ok((sizes[q] as bigint) > 1_000_000n * residue, `Z_${q} is zero, too`);
}

test('known nuclei: the whole set, its disc, the minibrot of the antenna, with their sizes', () => {
  const whole = nucleus({ re: '-0.5', zoom: '1' });
  assert.deepEqual([whole.period, whole.re, whole.im, Math.abs(whole.sizeLog10 ?? 1)], [1, '0', '0', 0]);
  const disc = nucleus({ re: '-1.01', im: '0.01', zoom: '30' });
  assert.deepEqual([disc.period, disc.re, disc.im], [2, '-1', '0']);
  assert.ok(Math.abs(10 ** (disc.sizeLog10 as number) - 0.5) < 1e-12);
  const antenna = nucleus({ re: '-1.7548776662466927600', zoom: '1e19' });
  assert.deepEqual([antenna.period, antenna.im], [3, '0']);
  assert.ok('-1.7548776662466927600495088963585'.startsWith(antenna.re.slice(0, -1)), antenna.re);
  // Its cusp is -1.75, a quarter of the size away: to first order.
  const size = 10 ** (antenna.sizeLog10 as number);
  assert.ok(Math.abs(0.00487766625 / (size / 4) - 1) < 0.03);
});

test('a minibrot far smaller than the view that it was found in has as many digits as it needs', () => {
  const what = nucleus({ re: '0', im: '1', zoom: '1e20' });
  assert.equal(what.period, 53);
  assert.ok(decimalsOf(what) >= -(what.sizeLog10 as number) + 9, what.re);
  demandNucleus(what, MANDELBROT);
});

const golden: { id: string; re: string; im: string; zoom: string }[] = JSON.parse(
  readFileSync(new URL('../../../test/golden/golden.json', import.meta.url), 'utf8'),
);

for (const { id, re, im, zoom } of golden.filter((view) => view.id.startsWith('kf-')))
  test(`the minibrot of ${id} is a zero of Z_p, evaluated exactly, and of no divisor of p`, () => {
    const what = nucleus({ re, im, zoom });
    demandNucleus(what, MANDELBROT);
    assert.ok(-(what.sizeLog10 as number) > Number(zoom.split('e')[1]));
  });

test('powers: where c^(d-1) = -1, z^d + c has period 2', () => {
  for (const power of [3, 4, 5, 6, 7, 8]) {
    const formula = { ...MANDELBROT, power };
    const angle = Math.PI / (power - 1);
    const what = nucleus({ formula, re: Math.cos(angle).toFixed(4), im: Math.sin(angle).toFixed(4), zoom: '100' });
    assert.equal(what.period, 2);
    assert.ok(Math.hypot(Number(what.re) - Math.cos(angle), Number(what.im) - Math.sin(angle)) < 1e-10);
    // λ = d·c^(d-1) = -d, β = 1 - 1/d.
    const size = 1 / ((1 - 1 / power) * power ** (power / (power - 1)));
    assert.ok(Math.abs(10 ** (what.sizeLog10 as number) / size - 1) < 1e-12);
  }
});

test('burning-ship and tricorn: zeros by real matrices, on the needle and off it, of no known size', () => {
  const needle = nucleus({ formula: { step: 'burning-ship', power: 2 }, re: '-1.75', im: '-0.003', zoom: '30' });
  assert.deepEqual([needle.period, needle.im, needle.sizeLog10], [3, '0', undefined]);
  assert.match(needle.re, /^-1\.754877666246692760/);
  for (const [step, power, re, im, zoom] of [
    ['burning-ship', 2, '-0.922', '-1.000', '300'],
    ['burning-ship', 2, '-0.402', '-0.843', '300'],
    ['burning-ship', 3, '0.605', '0.389', '300'],
    ['tricorn', 2, '0.217', '-0.552', '300'],
    ['tricorn', 4, '0.510', '0.599', '300'],
  ] as const) {
    const formula = { step, power };
    demandNucleus(nucleus({ formula, re, im, zoom }), formula);
  }
});

test('a period that is a multiple of the true one is never a result, in any view', () => {
  const places = fc.record({
    re: fc.double({ min: -2, max: 0.5, noNaN: true }),
    im: fc.double({ min: -1.2, max: 1.2, noNaN: true }),
    depth: fc.integer({ min: -2, max: 30 }),
    power: fc.integer({ min: 2, max: 8 }),
    step: fc.constantFrom('holomorphic', 'burning-ship', 'tricorn'),
  });
  let count = 0;
  fc.assert(
    fc.property(places, ({ re, im, depth, power, step }) => {
      const formula = { step, power };
      const at = { re: re.toFixed(17), im: im.toFixed(17) };
      const what = found({ formula, ...at, zoom: `1e${depth}`, limit: 500 });
      if (!('period' in what)) return;
      count++;
      const radius = (2 / 10 ** depth) * Math.hypot(1, 16 / 9);
      const off = Math.hypot(Number(what.re) - Number(at.re), Number(what.im) - Number(at.im));
      assert.ok(off <= 2.001 * radius + 1e-15);
      if (decimalsOf(what) > 8) demandNucleus(what, formula);
    }),
    { numRuns: 300 },
  );
  assert.ok(count > 30, `${count} found`);
});

test('no nucleus: a centre that escapes, a limit too low; very small zooms and deep ones are handled', () => {
  assert.deepEqual(found({ re: '1', im: '1', zoom: '1e20' }), { why: 'escaped', at: 5 });
  const { re, im, zoom } = golden.find(({ id }) => id === 'kf-1e50') ?? assert.fail();
  assert.deepEqual(found({ re, im, zoom, limit: 1000 }), { why: 'limit', at: 1000 });
  assert.equal(nucleus({ re: '0.3', zoom: '1e-10000' }).re, '0');
  assert.equal(nucleus({ re: '-1', im: '1e-10001', zoom: '1e10000' }).re, '-1');
});

test('a step of Newton to a point that escapes ends the attempt, not the program', () => {
  const formula = { step: 'holomorphic', power: 8 } as const;
  assert.ok('why' in found({ formula, re: '-0.692', im: '0.263', zoom: '13', limit: 1000 }));
});

test('from within a component its nucleus is found, though the centre is far from it', () => {
  const limit = 20_000;
  for (const [re, im, zoom, period] of [
    ['-0.6', '0.3', '8', 1],
    ['0.1931', '0.3393', '16', 1],
    ['0.2876', '0.3927', '48', 9],
  ] as const) {
    const what = nucleus({ re, im, zoom, limit });
    assert.equal(what.period, period);
    demandNucleus(what, MANDELBROT);
  }
});
