import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { fillPoints } from '../../src/view/plane.js';
import type { View } from '../../src/view/view.js';
import { plainCount } from '../plain.js';

interface Golden {
  id: string;
  re: string;
  im: string;
  zoom: string;
  iterations: number;
  width: number;
  height: number;
  pixels: { x: number; y: number; n: number | null; nu: number | null }[];
}

const golden: Golden[] = JSON.parse(readFileSync(new URL('../../../test/golden/golden.json', import.meta.url), 'utf8'));
const named = (id: string) => golden.find((one) => one.id === id) as Golden;

function viewOf({ re, im, zoom, iterations, width, height }: Golden): View {
  return {
    formula: { step: 'holomorphic', power: 2 },
    re,
    im,
    zoom,
    iterations,
    width,
    height,
    rotation: 0,
    bailout: 65536,
    count: 'smooth',
    sampling: { kind: 'grid', side: 1 },
  };
}

function perturbation(view: View) {
  const order = orderFor(view);
  return openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
}

for (const id of [
  'default',
  'zoom-end',
  'kf-1e14',
  'kf-1e50',
  'kf-5e113',
  'rf-flake',
  'rf-tick_tock',
  'kf-4e533',
  'rf-e318',
  'rf-olbaid2',
]) {
  test(`${id}: nu of every golden pixel within 0.01 by perturbation`, () => {
    const view = viewOf(named(id));
    const compute = perturbation(view);
    for (const { x, y, n, nu } of named(id).pixels) {
      const got = compute(view, { x, y, width: 1, height: 1 }).nu[0] as number;
      if (n === null || nu === null) assert.equal(got, Infinity, `(${x}, ${y}) is interior`);
      else assert.ok(Math.abs(got - nu) < 0.01, `(${x}, ${y}): ${got} against ${nu}`);
      const whole = compute({ ...view, count: 'whole' }, { x, y, width: 1, height: 1 }).nu[0];
      if (n !== null) assert.ok(Math.abs((whole as number) - n) <= 1, `whole count of (${x}, ${y}): ${whole}, ${n}`);
    }
  });
}

test('direct and perturbed iteration agree where both apply', async () => {
  const view = { ...viewOf(named('zoom-end')), width: 96, height: 54 };
  const rect = { x: 0, y: 0, width: 96, height: 54 };
  const direct = (await openSimd().compute(view, rect)).nu;
  const perturbed = perturbation(view)(view, rect).nu;
  // The longer a point takes, the more of its digits direct iteration has lost.
  let compared = 0;
  direct.forEach((nu, k) => {
    if (nu > 200) return;
    compared++;
    assert.ok(Math.abs(nu - (perturbed[k] as number)) < 0.01, `sample ${k}: ${perturbed[k]} against ${nu}`);
  });
  assert.ok(compared > direct.length / 2);
});

test('one reference serves a whole zoom, and any cut gives the same samples as the whole', () => {
  const deepest = viewOf(named('rf-flake'));
  const compute = perturbation(deepest);
  for (const zoom of ['1e3', '1e40', deepest.zoom]) {
    const view = { ...deepest, zoom, iterations: 5000, width: 32, height: 18 };
    const whole = compute(view, { x: 0, y: 0, width: 32, height: 18 }).nu;
    const own = perturbation(view)(view, { x: 0, y: 0, width: 32, height: 18 }).nu;
    whole.forEach((nu, k) => {
      const { 0: part } = compute(view, { x: k % 32, y: Math.floor(k / 32), width: 1, height: 1 }).nu;
      assert.equal(part, nu);
      assert.ok(nu === own[k] || Math.abs(nu - (own[k] as number)) < 0.01, `${zoom}, sample ${k}: ${own[k]}, ${nu}`);
    });
  }
});

test('a Julia set whose cycle contains 0 takes few steps inside', () => {
  for (const re of ['-1', '0']) {
    const view: View = {
      formula: { step: 'holomorphic', power: 2, julia: { re, im: '0' } },
      ...{ re: '0.25', im: '0.3', zoom: '30', rotation: 0, width: 16, height: 9, iterations: 100_000 },
      ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
    };
    const order = orderFor(view);
    const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    const { nu, iterations } = compute(view, { x: 0, y: 0, width: 16, height: 9 });
    assert.ok(nu.filter((value) => value === Infinity).length > 140);
    assert.ok(iterations < 100 * 144, `${iterations} steps for 144 points`);
  }
});

test('where neighbouring points hardly separate, roundings of thousands of iterations do not show', () => {
  // By oracle.py; near the limit of period doubling, where an escape depends on iterations tens of thousands before.
  const place = { re: '-1.401155189', im: '0', zoom: '1e9', width: 160, height: 90 };
  for (const iterations of [48_300, 50_000, 60_000]) {
    const view = viewOf({ ...place, id: '', iterations, pixels: [] });
    const compute = perturbation(view);
    for (const [x, y, nu] of [
      [12, 34, 48287.10200950116],
      [12, 55, 48287.10200950116],
      [44, 38, 49787.74129],
    ] as const) {
      const got = compute(view, { x, y, width: 1, height: 1 }).nu[0] as number;
      if (nu > iterations) assert.equal(got, Infinity);
      else assert.ok(Math.abs(got - nu) < 0.02, `(${x}, ${y}) of ${iterations}: ${got} against ${nu}`);
    }
  }
});

test('in chaos the coordinates of a pixel have as many digits as its count depends on', () => {
  const still = { id: '', width: 160, height: 90, pixels: [] };
  const ship = { ...still, re: '-1.747807448', im: '-0.022859245', zoom: '3e4', iterations: 3560 };
  const fourth = { ...still, re: '0.493662920666772244', im: '0.607266014775816633', zoom: '8e13', iterations: 10_458 };
  const eighth = {
    ...{ ...still, re: '-0.4922026588651280242', im: '0.8668560967910596351' },
    ...{ zoom: '1.688e13', iterations: 21_818 },
  };
  for (const [place, step, power, pixels] of [
    [ship, 'burning-ship', 2, ['48,44', '115,33', '114,43', '44,5', '149,40']],
    [fourth, 'holomorphic', 4, ['80,38']],
    [eighth, 'holomorphic', 8, ['128,0']],
  ] as const) {
    const view: View = { ...viewOf(place), formula: { step, power }, count: 'whole' };
    const compute = perturbation(view);
    for (const pixel of pixels) {
      const [x, y] = pixel.split(',').map(Number) as [number, number];
      const n = plainCount(view, x + 0.5 - view.width / 2, view.height / 2 - y - 0.5);
      assert.equal(compute(view, { x, y, width: 1, height: 1 }).nu[0], n, `${step} ${power}: (${pixel})`);
    }
  }
});

test('jittered samples are those of their positions', () => {
  const place = { ...named('kf-1e14'), width: 64, height: 36 };
  const view: View = { ...viewOf(place), count: 'whole', sampling: { kind: 'jittered', count: 5, seed: 3 } };
  const compute = perturbation(view);
  for (const [x, y] of [
    [0, 0],
    [31, 20],
    [50, 7],
  ] as const) {
    const rect = { x, y, width: 1, height: 1 };
    const [xs, ys] = [new Float64Array(5), new Float64Array(5)];
    fillPoints(view, rect, xs, ys, { re: [0, 0], im: [0, 0], xx: 1, xy: 0, yx: 0, yy: 1 });
    const expected = Array.from(xs, (right, k) => plainCount(view, right, ys[k] as number, 200));
    assert.deepEqual([...compute(view, rect).nu], expected, `(${x}, ${y})`);
    assert.ok(new Set(expected).size > 1);
  }
});
