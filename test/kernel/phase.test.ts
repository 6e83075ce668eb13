/** The phase of the iterate of which nu is made, in every way of iterating. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { sharedMemory } from '../../src/kernel/memory.js';
import { openPerturbation, PERTURBATION, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { abort } from '../../src/kernel/wasm.js';
import type { Rect } from '../../src/shard/shard.js';
import type { Formula, View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';

const SIZE = { width: 14, height: 8 };
const WHOLE: Rect = { x: 0, y: 0, ...SIZE };
const plain: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-0.7454286', im: '0.1130089', zoom: '2000', rotation: 0, ...SIZE, iterations: 1000 },
  ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 }, phase: true },
};

const formula = (step: Formula['step'], power: number, re?: string, im = '0'): Formula => {
  return { step, power, ...(re === undefined ? {} : { julia: { re, im } }) };
};
const VALLEY_1E20 = { re: '-0.745490128963257226781009173916482', im: '0.1129807746931181850700253865555' };

const VIEWS: Readonly<Record<string, Partial<View>>> = {
  'z^2': {},
  'z^5': { formula: formula('holomorphic', 5), re: '0.6', im: '0.4', zoom: '4', bailout: 1000 },
  'a bailout below that of distances': { bailout: 3 },
  'the Burning Ship': { formula: formula('burning-ship', 2), re: '-1.7625', im: '-0.0286', zoom: '60' },
  'the Tricorn, power 3': { formula: formula('tricorn', 3), re: '-0.2', im: '0.9', zoom: '8' },
  'a Julia set': { formula: formula('holomorphic', 2, '-0.8', '0.156'), re: '0.1', im: '0.2', zoom: '10' },
  'z^2, perturbed': { perturbed: true },
  'z^2 at 2e20': { perturbed: true, ...VALLEY_1E20, zoom: '2e20', iterations: 8052 },
  'z^2 at 1e320, with exponents': { perturbed: true, re: '0', im: '1', zoom: '1e320', iterations: 4000 },
  'z^3 at 1e40, a small bailout': {
    ...{
      perturbed: true,
      formula: formula('holomorphic', 3),
      re: '0',
      im: '1.414213562373095048801688724209698078569671875',
    },
    ...{ zoom: '1e40', bailout: 5, iterations: 2000 },
  },
  'the Burning Ship at 1e30': { perturbed: true, formula: formula('burning-ship', 2), re: '-2', zoom: '1e30', im: '0' },
  'the Tricorn at 1e25': { perturbed: true, formula: formula('tricorn', 2), re: '-2', zoom: '1e25', im: '0' },
  'a Julia set at 1e25': { perturbed: true, formula: formula('holomorphic', 2, '-2'), re: '2', zoom: '1e25', im: '0' },
  'a folded Julia set at 1e30': {
    ...{ perturbed: true, formula: formula('burning-ship', 2, '-2'), re: '2', im: '0', zoom: '1e30' },
  },
  'chaos, iterated exactly': {
    ...{ perturbed: true, exact: true, formula: formula('burning-ship', 2), zoom: '2.107e24', iterations: 9160 },
    ...{ width: 6, height: 4 },
    re: '-0.65020577856256693261652753730637329066530104',
    im: '-0.71080773287629327426512053493918997832355917',
  },
};

for (const [name, some] of Object.entries(VIEWS)) {
  test(`${name}: the phase is that of exact integers, however the view is cut`, async () => {
    const view: View = { ...plain, ...some };
    const { width, height } = view;
    const compute = await kernelOf(view);
    const { nu, phase } = await compute(view, { x: 0, y: 0, width, height });
    assert.ok(phase && phase.length === nu.length);
    let compared = 0;
    for (let i = 0; i < nu.length; i += 5) {
      const exact = exactSample(view, i % width, Math.floor(i / width));
      const found = phase[i] as number;
      if (nu[i] === Infinity) {
        assert.deepEqual([found, exact.phase], [0, 0]);
        continue;
      }
      assert.ok(found >= 0 && found < 1);
      const off = Math.abs(found - exact.phase);
      // Where nu is right to 0.01, as everywhere, the phase is to 0.025: an error of z moves it ln|z|·ln p / 2π times as far.
      assert.ok(Math.min(off, 1 - off) < 1e-3, `sample ${i}: ${off}`);
      compared++;
    }
    assert.ok(compared >= 4, `${compared} escaped`);
    for (const y of [0, height - 1]) {
      const row = await compute(view, { x: 2, y, width: width - 3, height: 1 });
      const at = y * width + 2;
      assert.deepEqual(row.phase, phase.subarray(at, at + width - 3));
    }
  });
}

test('counts and distances do not depend on phases, nor phases on distances', async () => {
  for (const perturbed of [undefined, true] as const) {
    for (const bailout of [3, 65536]) {
      const view: View = { ...plain, bailout, distance: true, ...(perturbed ? { perturbed } : {}) };
      const compute = await kernelOf(view);
      const { nu, distance, phase } = await compute(view, WHOLE);
      const { phase: _, ...without } = view;
      const { distance: __, ...alone } = view;
      const bare = await compute(without, WHOLE);
      assert.deepEqual([bare.nu, bare.distance, bare.phase], [nu, distance, undefined]);
      assert.deepEqual((await compute(alone, WHOLE)).phase, phase);
    }
  }
});

test('a point has the same phase whether eight are finished together or it is alone, as those near the limit are', async () => {
  const { compute } = openSimd();
  const [nus, phases] = [new Map<number, number>(), new Map<number, number>()];
  for (const iterations of [1000, 310, 300, 290, 270, 250]) {
    const { nu, phase } = await compute({ ...plain, zoom: '40', iterations }, WHOLE);
    nu.forEach((value, i) => {
      if (value === Infinity) return;
      assert.equal(value, nus.get(i) ?? value);
      assert.equal(phase?.[i], phases.get(i) ?? phase?.[i]);
      nus.set(i, value);
      phases.set(i, phase?.[i] as number);
    });
  }
  assert.ok(phases.size > 20, `${phases.size} escaped`);
});

test('a whole count goes with the first iterate beyond 2', async () => {
  const { compute } = openSimd();
  const small = { ...plain, re: '-0.6', im: '0.9', zoom: '3', iterations: 50 };
  const { nu, phase } = await compute({ ...small, count: 'whole' }, WHOLE);
  const exact = await compute({ ...small, bailout: 2 }, WHOLE);
  assert.deepEqual(phase, exact.phase);
  assert.ok(nu.filter((value) => value < Infinity).length > 50);
});

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(PERTURBATION)), {
  env: { memory: sharedMemory(65536), abort },
});
const phaseOf = exports.phaseOf as (re: number, im: number) => number;

test('the phase is the angle in turns, counter-clockwise from the real axis, right to 4e-15', () => {
  const size = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (radius, turn) => {
      const [re, im] = [radius * Math.cos(2 * Math.PI * turn), radius * Math.sin(2 * Math.PI * turn)];
      const turns = phaseOf(re, im);
      assert.ok(turns >= 0 && turns < 1, `${turns}`);
      const off = Math.abs(turns - Math.atan2(im, re) / (2 * Math.PI));
      assert.ok(Math.min(off, Math.abs(1 - off)) < 4e-15, `${re} + ${im}i: ${turns}`);
    }),
    { numRuns: 20_000 },
  );
});

test('eighths of a turn are exact, and what has no angle is 0', () => {
  const corners = [1, 0, 1, 1, 0, 1, -1, 1, -1, 0, -1, -1, 0, -1, 1, -1];
  for (let k = 0; k < 8; k++) {
    const [re, im] = [corners[2 * k] as number, corners[2 * k + 1] as number];
    assert.equal(phaseOf(300 * re, 300 * im), k / 8, `${re} + ${im}i`);
  }
  for (const [re, im] of [
    [0, 0],
    [Infinity, Infinity],
    [Number.NaN, 1],
    [1, Number.NaN],
    [1, -1e-300],
  ] as const)
    assert.equal(phaseOf(re, im), 0);
});

async function kernelOf(view: View) {
  if (!view.perturbed) return openSimd().compute;
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  return async (one: View, rect: Rect) => compute(one, rect);
}
