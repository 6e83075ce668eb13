import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perturbedFrom, prefersPerturbation, worthProbing } from '../../src/kernel/method.js';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { openSimd } from '../../src/kernel/simd.js';
import type { View } from '../../src/view/view.js';

const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-1.7548776662466927',
  im: '0',
  zoom: '1e5',
  rotation: 0,
  width: 640,
  height: 360,
  iterations: 20_000,
  bailout: 65536,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

test('views are perturbed from where samples lie 2^-44 of their coordinates apart, or as --method states', () => {
  const from = perturbedFrom(view, 'auto', 'simd');
  const spacing = 4 / (10 ** from * 360);
  assert.ok(Math.abs(Math.log2(spacing / 1.7548776662466927) + 44) < 1e-9, `${from}`);
  assert.equal(perturbedFrom({ ...view, zoom: '1e5000' }, 'auto', 'simd'), from, 'the depth alone does not matter');
  assert.equal(perturbedFrom(view, 'direct', 'simd'), Infinity);
  assert.equal(perturbedFrom(view, 'perturbation', 'simd'), -Infinity);
  assert.equal(perturbedFrom(view, 'auto', 'gpu'), Infinity);
  assert.equal(worthProbing({ ...view, zoom: '900', iterations: 900 }, 'auto', 'simd'), false);
  assert.equal(worthProbing(view, 'direct', 'simd'), false);
});

test('a view is perturbed where that takes a twentieth of the steps, or where correct samples justify the cost', async () => {
  const small = { ...view, width: 20, height: 10 };
  const answers = (iterations: number, nuOf: (x: number) => number) => async (_: View, rect: { x: number }) => ({
    nu: Float64Array.of(nuOf(rect.x)),
    iterations,
  });
  const plain = answers(2000, () => 7);
  const same = (steps: number) => answers(steps, () => 7);
  const film = 30_000;
  assert.equal(await prefersPerturbation(small, plain, same(99), film), true);
  assert.equal(await prefersPerturbation(small, plain, same(101), film), false);
  assert.equal(await prefersPerturbation(small, plain, same(101)), true, 'a still of 200 pixels costs nothing');
  assert.equal(await prefersPerturbation(small, plain, same(101), 2), false, 'a film may share its frames');
  const near = answers(101, (x) => (x === 3 ? 7.005 : 7));
  assert.equal(await prefersPerturbation(small, plain, near, film), false);
  const wrong = answers(101, (x) => (x === 3 ? 7.02 : 7.005));
  assert.equal(await prefersPerturbation(small, plain, wrong, film), true);
  assert.equal(await prefersPerturbation(small, plain, wrong, 1e9), false, 'as one frame of many');
  // One sample in 24 of a billion, for a hundred billion steps.
  const poster = { ...small, width: 40_000, height: 25_000 };
  const rare = answers(101, (x) => (x < 1000 ? Infinity : 7));
  assert.equal(await prefersPerturbation(poster, plain, rare), false);
});

test('where counts depend on the last digits of doubles, the view is perturbed', async () => {
  const seahorse = { ...view, re: '-0.74364388703715087', im: '0.13182590420531198', zoom: '1e9', iterations: 5000 };
  const order = orderFor(seahorse);
  const perturbed = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
  const direct = openSimd();
  const prefers = (asked: View) =>
    prefersPerturbation(
      asked,
      async (one, rect) => direct.compute(one, rect),
      async (one, rect) => perturbed(one, rect),
    );
  assert.equal(await prefers(seahorse), true);
  const whole = { ...seahorse, zoom: '0.5', iterations: 1000 };
  assert.equal(await prefers(whole), true, 'it costs little, and some pixels of the boundary are right');
  assert.equal(await prefers({ ...whole, width: 6400, height: 3600 }), false);
});
