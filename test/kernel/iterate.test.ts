/** The iterate of which nu is made, in every way of iterating, by its phase: the T of an .exr. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import { turnsOf } from '../../src/render/turns.js';
import type { Rect } from '../../src/shard/shard.js';
import type { Formula, View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';

const SIZE = { width: 14, height: 8 };
const WHOLE: Rect = { x: 0, y: 0, ...SIZE };
const plain: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-0.7454286', im: '0.1130089', zoom: '2000', rotation: 0, ...SIZE, iterations: 1000 },
  ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 }, distance: true, iterate: true },
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
    const { nu, iterate } = await compute(view, { x: 0, y: 0, width, height });
    assert.ok(iterate && iterate.length === 2 * nu.length);
    let compared = 0;
    for (let i = 0; i < nu.length; i += 5) {
      const exact = exactSample(view, i % width, Math.floor(i / width));
      const re = iterate[2 * i] as number;
      const im = iterate[2 * i + 1] as number;
      if (nu[i] === Infinity) {
        assert.deepEqual([re, im, exact.phase], [0, 0, 0]);
        continue;
      }
      assert.ok(re * re + im * im > view.bailout ** 2);
      const off = Math.abs(turnsOf(re, im) - exact.phase);
      // Where nu is right to 0.01, as everywhere, the phase is to 0.025: an error of z moves it ln|z|·ln p / 2π times as far.
      assert.ok(Math.min(off, 1 - off) < 1e-3, `sample ${i}: ${off}`);
      compared++;
    }
    assert.ok(compared >= 4, `${compared} escaped`);
    for (const y of [0, height - 1]) {
      const row = await compute(view, { x: 2, y, width: width - 3, height: 1 });
      const at = 2 * (y * width + 2);
      assert.deepEqual(row.iterate, iterate.subarray(at, at + 2 * (width - 3)));
    }
  });
}

test('a whole count goes with the first iterate beyond 2; counts do not depend on iterates', async () => {
  for (const perturbed of [undefined, true] as const) {
    const view: View = { ...plain, count: 'whole', ...(perturbed ? { perturbed } : {}) };
    const compute = await kernelOf(view);
    const { nu, iterate } = await compute(view, WHOLE);
    const { iterate: _, ...without } = view;
    const bare = await compute(without, WHOLE);
    assert.deepEqual([bare.nu, bare.iterate], [nu, undefined]);
    nu.forEach((n, i) => {
      const size = Math.hypot(iterate?.[2 * i] as number, iterate?.[2 * i + 1] as number);
      // |z^2 + c| of a |z| that has not escaped.
      assert.ok(n === Infinity ? size === 0 : size > 2 && size < 4.8, `sample ${i}: ${size}`);
    });
  }
});

async function kernelOf(view: View) {
  if (!view.perturbed) return openSimd().compute;
  const order = orderFor(view);
  const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  return async (one: View, rect: Rect) => compute(one, rect);
}
