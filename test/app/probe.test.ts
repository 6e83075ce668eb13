/** Probes: the event loop runs meanwhile. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directProbe, perturbedProbe } from '../../src/app/probe.js';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { View } from '../../src/view/view.js';

test('while the points of a probe are computed, other work of the thread goes on', async () => {
  const view: View = {
    ...{
      formula: { step: 'holomorphic', power: 2, julia: { re: '-0.75', im: '0.0005' } },
      re: '0',
      im: '0',
      zoom: '3',
    },
    ...{ rotation: 0, width: 24, height: 12, iterations: 100_000, bailout: 256, count: 'smooth' },
    sampling: { kind: 'grid', side: 1 },
  };
  const middle = { x: 12, y: 6, width: 1, height: 1 };
  // Compiles the kernel, which takes longer than the time below where the machine is busy.
  await directProbe(view, middle);
  let turns = 0;
  let over = false;
  const turn = () => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  // Until it took so long that the event loop must have run: points that resolve at once would not let it.
  for (const until = performance.now() + 50; performance.now() < until; ) await directProbe(view, middle);
  over = true;
  assert.ok(turns > 1);
});

test('while the tables of a long orbit are built, the event loop runs; samples are the same', async () => {
  const view: View = {
    ...{ formula: { step: 'holomorphic', power: 2 }, re: '0.25', im: '0', zoom: '1e20', rotation: 0 },
    ...{ width: 24, height: 12, iterations: 2_000_000, bailout: 256, count: 'smooth', perturbed: true },
    sampling: { kind: 'grid', side: 1 },
  };
  const order = orderFor(view);
  const reference = { ...order, ...iterateReference(order) };
  assert.ok(reference.orbit.length > 4_000_000, 'the orbit neither escapes nor ends with a period');
  const rect = { x: 20, y: 6, width: 1, height: 1 };
  let [longest, before] = [0, performance.now()];
  const watch = setInterval(() => {
    const now = performance.now();
    [longest, before] = [Math.max(longest, now - before), now];
  }, 1);
  const begun = performance.now();
  const { nu } = await perturbedProbe(reference)(view, rect);
  const took = performance.now() - begun;
  clearInterval(watch);
  assert.deepEqual(nu, openPerturbation(shareReference(reference, 1), 0)(view, rect).nu);
  assert.ok(longest < took / 3, `the event loop stood still for ${longest} of ${took} ms`);
});
