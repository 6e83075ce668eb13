import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSimd, openSimd } from '../../src/kernel/simd.js';
import type { Formula, View } from '../../src/view/view.js';

interface Golden {
  id: string;
  formula: string;
  power?: number;
  juliaRe?: string;
  juliaIm?: string;
  re: string;
  im: string;
  zoom: string;
  iterations: number;
  width: number;
  height: number;
  pixels: { x: number; y: number; n: number | null; nu: number | null }[];
}

const read = (name: string): Golden[] =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8'));
const shallow = read('golden.json').filter((view) => ['default', 'minibrot-valley', 'zoom-end'].includes(view.id));
const kernel = openSimd();
const plain = openSimd(compileSimd(1), 0, false);

function formulaOf(golden: Golden): Formula {
  const step = golden.formula === 'burning-ship' || golden.formula === 'tricorn' ? golden.formula : 'holomorphic';
  const power = golden.power ?? 2;
  return golden.juliaRe === undefined
    ? { step, power }
    : { step, power, julia: { re: golden.juliaRe, im: golden.juliaIm ?? '0' } };
}

function viewOf(golden: Golden): View {
  const { re, im, zoom, width, height, iterations } = golden;
  return {
    formula: formulaOf(golden),
    re,
    im,
    zoom,
    width,
    height,
    iterations,
    rotation: 0,
    bailout: 65536,
    count: 'smooth',
    sampling: { kind: 'grid', side: 1 },
  };
}

for (const golden of [...shallow, ...read('formulas.json')]) {
  test(`${golden.id}: nu of every golden pixel within 0.005, interior exactly where the oracle has it`, async () => {
    const view = viewOf(golden);
    for (const { x, y, n, nu } of golden.pixels) {
      const got = (await kernel.compute(view, { x, y, width: 1, height: 1 })).nu[0] as number;
      if (n === null || nu === null) assert.equal(got, Infinity, `(${x}, ${y}) is interior`);
      else assert.ok(Math.abs(got - nu) < 0.005, `(${x}, ${y}): ${got} against ${nu}`);
      const whole = (await kernel.compute({ ...view, count: 'whole' }, { x, y, width: 1, height: 1 })).nu[0] as number;
      assert.equal(whole, n ?? Infinity, `whole count of (${x}, ${y})`);
    }
  });

  test(`${golden.id}: the interior shortcuts change no sample`, async () => {
    const view = viewOf(golden);
    const rect = { x: 200, y: 100, width: 200, height: golden.iterations > 5000 ? 20 : 100 };
    assert.deepEqual((await kernel.compute(view, rect)).nu, (await plain.compute(view, rect)).nu);
  });
}

test('every power, near its critical point and at its edge: the interior shortcuts change no sample', async () => {
  const shown = { ...viewOf(shallow[0] as Golden), width: 80, height: 60, iterations: 600 };
  for (const power of [2, 3, 4, 5, 6, 7, 8]) {
    for (const [re, im, zoom] of [
      ['0', '0', '1.5'],
      ['0.8339', '0.1397', '30'],
      ['0.9', '0.1', '30'],
      ['-0.2', '0.75', '20'],
    ] as const) {
      const view: View = { ...shown, formula: { step: 'holomorphic', power }, re, im, zoom };
      const whole = { x: 0, y: 0, width: 80, height: 60 };
      const where = `z^${power} + c at ${re} ${im}`;
      assert.deepEqual((await kernel.compute(view, whole)).nu, (await plain.compute(view, whole)).nu, where);
    }
  }
});

test('any cut of a view gives the same samples as the whole', async () => {
  const view = { ...viewOf(shallow[0] as Golden), width: 64, height: 48 };
  const sampled: View = { ...view, sampling: { kind: 'jittered', count: 3, seed: 7 } };
  const whole = (await kernel.compute(sampled, { x: 0, y: 0, width: 64, height: 48 })).nu;
  const rects = fc
    .record({
      x: fc.nat(63),
      y: fc.nat(47),
      width: fc.integer({ min: 1, max: 64 }),
      height: fc.integer({ min: 1, max: 48 }),
    })
    .filter((r) => r.x + r.width <= 64 && r.y + r.height <= 48);
  await fc.assert(
    fc.asyncProperty(rects, async (rect) => {
      const part = (await kernel.compute(sampled, rect)).nu;
      for (let y = 0; y < rect.height; y++) {
        const from = ((rect.y + y) * 64 + rect.x) * 3;
        assert.deepEqual(
          part.subarray(y * rect.width * 3, (y + 1) * rect.width * 3),
          whole.subarray(from, from + rect.width * 3),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('a view beyond double precision is refused in one sentence that names the zoom', async () => {
  const view = { ...viewOf(shallow[0] as Golden), zoom: '1e14' };
  await assert.rejects(
    kernel.compute(view, { x: 0, y: 0, width: 1, height: 1 }),
    /zoom 1e14 puts samples .* stay below a zoom of/,
  );
});
