import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { Formula, View } from '../../src/view/view.js';
import { type Golden, readGolden } from '../golden.js';

const golden = readGolden('deep-formulas.json');

function formulaOf({ formula, power = 2, juliaRe, juliaIm }: Golden): Formula {
  const julia = juliaRe === undefined || juliaIm === undefined ? {} : { julia: { re: juliaRe, im: juliaIm } };
  return { step: formula === 'burning-ship' || formula === 'tricorn' ? formula : 'holomorphic', power, ...julia };
}

const still = {
  rotation: 0,
  bailout: 65536,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
} as const;

function viewOf(one: Golden): View {
  const { re, im, zoom, iterations, width, height } = one;
  return { ...still, formula: formulaOf(one), re, im, zoom, iterations, width, height };
}

function perturbation(view: View, proofs = true) {
  const order = orderFor(view);
  return openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0, proofs);
}

for (const one of golden) {
  test(`${one.id}: nu of every golden pixel within 0.01, and interior where it is`, () => {
    const view = viewOf(one);
    const compute = perturbation(view);
    for (const { x, y, nu } of one.pixels) {
      const got = compute(view, { x, y, width: 1, height: 1 }).nu[0] as number;
      assert.ok(nu === null ? got === Infinity : Math.abs(got - nu) < 0.01, `(${x}, ${y}): ${got} against ${nu}`);
    }
  });

  test(`${one.id}: neither proofs nor earlier samples change a sample`, () => {
    const view = viewOf(one);
    const rect = { x: 12, y: 8, width: 40, height: 20 };
    const { nu } = perturbation(view)(view, rect);
    assert.deepEqual(nu, perturbation(view, false)(view, rect).nu);
    const another = perturbation(view);
    for (let k = nu.length - 1; k >= 0; k--) {
      const [x, y] = [rect.x + (k % rect.width), rect.y + Math.floor(k / rect.width)];
      assert.equal(another(view, { x, y, width: 1, height: 1 }).nu[0], nu[k]);
    }
  });
}

/** The sample of a picture of one pixel. The reference lies elsewhere in it, so that there is a difference. */
function sampleAt(re: string, im: string, depth: number, formula: Formula): number {
  const zoom = `1e${depth}`;
  const view: View = { ...still, formula, re, im, zoom, iterations: 30_000, width: 1, height: 1 };
  const beside = im === '0' ? { re, im: `5e-${depth + 1}` } : { re: `5e-${depth + 1}`, im };
  return perturbation({ ...view, ...beside })(view, { x: 0, y: 0, width: 1, height: 1 }).nu[0] as number;
}

for (const step of ['holomorphic', 'burning-ship', 'tricorn'] as const) {
  test(`beside the critical point of a Julia set a difference may fall below all doubles: ${step}`, () => {
    // One iteration takes 3i·10^-k to -2 - 9·10^-2k, whence all three are the same on the real line.
    const formula = { step, power: 2, julia: { re: '-2', im: '0' } } as const;
    for (const k of [40, 120, 160, 270, 300, 1000]) {
      const before = sampleAt('0', `3e-${k}`, k, formula);
      const after = sampleAt(`-2.${'9'.padStart(2 * k, '0')}`, '0', 2 * k, formula);
      assert.ok(Number.isFinite(before) && Math.abs(before - 1 - after) < 1e-6, `1e-${k}: ${before}, ${after}`);
    }
  });
}
