import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSimd } from '../../src/kernel/simd.js';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { paintLight } from '../../src/render/paint.js';
import type { View } from '../../src/view/view.js';

const near = (found: readonly number[], expected: readonly number[]) =>
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${found} against ${expected}`);
  });

/** Linear light of one interior sample of that cycle; and the palette's entry at a position. */
function painted(cycle: readonly number[], some: Partial<Colours>) {
  const how = prepare({ ...DEFAULT_COLOURS, filter: false, ...some });
  const samples = { nu: Float64Array.of(Infinity), perPixel: 1, iterations: 9, cycle: Float64Array.from(cycle) };
  const entry = (position: number) => {
    const k = Math.floor((position - Math.floor(position)) * how.size);
    return [...how.linear.subarray(3 * k, 3 * k + 3)];
  };
  return { light: [...paintLight(samples, how)], entry };
}

test('every period has the colour at its multiple of the golden ratio', () => {
  const seen = new Set<string>();
  for (let period = 1; period <= 200; period++) {
    const { light, entry } = painted([period, 0.1, 0.2, 3], { interior: 'period', offset: 0.25 });
    near(light, entry(0.25 + (period * (Math.sqrt(5) - 1)) / 2));
    seen.add(light.join());
  }
  assert.equal(seen.size, 200);
});

test('a multiplier has the colour of its angle, as bright as it is long', () => {
  for (const [re, im, turns] of [
    [0.5, 0, 0],
    [0, 0.25, 0.25],
    [-0.75, 0, 0.5],
    [0, -1, 0.75],
  ] as const) {
    const { light, entry } = painted([7, re, im, 3], { interior: 'multiplier' });
    const size = Math.hypot(re, im);
    near(
      light,
      entry(turns).map((value) => size * value),
    );
  }
  near(painted([7, 0, 0, 3], { interior: 'multiplier' }).light, [0, 0, 0]);
});

test('the distance inside has the colour that mode distance gives it', () => {
  for (const d of [0.01, 0.5, 4, 1000]) {
    const x = Math.sqrt(d / 0.125);
    const { light, entry } = painted([3, 0.1, 0.1, d], { interior: 'distance' });
    near(light, entry(1 - 1 / (1 + x)));
  }
});

test('a sample whose cycle is not known has the plain colour', () => {
  for (const interior of ['period', 'multiplier', 'distance'] as const)
    near(painted([0, 0, 0, 0], { interior }).light, [0, 0, 0]);
});

test('cycles are the same in any part of a view, to the bit', async () => {
  const view: View = {
    formula: { step: 'holomorphic', power: 2 },
    ...{ re: '-0.6', im: '0.3', zoom: '2', rotation: 20, width: 24, height: 18, iterations: 2000, bailout: 256 },
    count: 'smooth',
    sampling: { kind: 'jittered', count: 2, seed: 5 },
    cycle: true,
  };
  const { cycle: whole = [], nu } = await openSimd().compute(view, { x: 0, y: 0, width: 24, height: 18 });
  const inside = nu.filter((value) => value === Infinity).length;
  const known = nu.filter((value, i) => value === Infinity && whole[4 * i]! > 0).length;
  assert.ok(inside > 200 && known > 0.95 * inside, `${known} of ${inside}`);
  const kernel = openSimd();
  for (const rect of [
    { x: 7, y: 3, width: 9, height: 11 },
    { x: 23, y: 0, width: 1, height: 18 },
  ]) {
    const { cycle: part } = await kernel.compute(view, rect);
    for (let y = 0; y < rect.height; y++)
      for (let k = 0; k < 8 * rect.width; k++)
        assert.equal(part![8 * rect.width * y + k], whole[8 * (24 * (rect.y + y) + rect.x) + k]);
  }
});
