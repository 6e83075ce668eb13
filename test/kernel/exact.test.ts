/** Points beyond doubles: replaced exactly with their distances, or counted as uncertain; a computation that is stopped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, type Perturbed, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import type { View } from '../../src/view/view.js';
import { exactSample } from '../exact.js';

function perturbation(view: View): Perturbed {
  const order = orderFor(view);
  return openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
}

const still = {
  ...{ rotation: 0, bailout: 65536, count: 'smooth' as const, perturbed: true as const },
  sampling: { kind: 'grid', side: 1 },
} as const;

/** Chaos: some pixels escape after thousands of iterations, in each of which errors double. */
const ship: View = {
  ...still,
  formula: { step: 'burning-ship', power: 2 },
  ...{ re: '-0.65020577856256693261652753730637329066530104', im: '-0.71080773287629327426512053493918997832355917' },
  ...{ zoom: '2.107e24', width: 6, height: 4, iterations: 9160 },
};
const WHOLE = { x: 0, y: 0, width: 6, height: 4 };

/** Two million iterations, whose error bound is still a double. */
const slow: View = {
  ...still,
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '0.356992006738525396399695724115347205', im: '0.0691411005282446050826514373514151521' },
  ...{ zoom: '1e19', width: 32, height: 18, iterations: 2_000_000 },
};

test('what differs from the exact samples is counted, pixel by pixel, however the view is cut', () => {
  const compute = perturbation(ship);
  const { nu, uncertain = [] } = compute(ship, WHOLE);
  const exact = compute({ ...ship, exact: true }, WHOLE);
  assert.deepEqual(exact.uncertain, []);
  assert.ok(uncertain.length > 0, 'some pixels are uncertain');
  nu.forEach((value, k) => {
    const alone = compute(ship, { x: k % 6, y: Math.floor(k / 6), width: 1, height: 1 });
    assert.deepEqual([alone.nu[0]], [value]);
    assert.equal(alone.uncertain?.length, uncertain.includes(k) ? 1 : 0);
    if (!uncertain.includes(k)) assert.ok(value === exact.nu[k] || Math.abs(value - (exact.nu[k] as number)) < 0.01);
  });
  const halves = [0, 2].flatMap((y) => {
    const half = compute(ship, { x: 0, y, width: 6, height: 2 }).uncertain ?? [];
    return half.map((at) => 6 * y + at);
  });
  assert.deepEqual(
    halves,
    [...uncertain].sort((a, b) => a - b),
  );
});

test('a pixel of several uncertain samples counts once', () => {
  const sampling = { kind: 'jittered', count: 4, seed: 1 } as const;
  const view: View = { ...ship, sampling };
  const compute = perturbation(view);
  for (let k = 0; k < 24; k++) {
    const { uncertain = [] } = compute(view, { x: k % 6, y: Math.floor(k / 6), width: 1, height: 1 });
    assert.ok(uncertain.length <= 1, `pixel ${k} counts ${uncertain.length} times`);
  }
});

test('where exact iteration replaces nu it replaces the distance', () => {
  const view: View = { ...ship, exact: true, distance: true };
  const { nu, distance = [] } = perturbation(view)(view, WHOLE);
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
    [0, 3],
  ] as const) {
    const k = y * 6 + x;
    const exact = exactSample(view, x, y);
    const isNear = nu[k] === exact.nu || Math.abs((nu[k] as number) - exact.nu) < 1e-6;
    assert.ok(isNear, `(${x}, ${y}): ${nu[k]}, exactly ${exact.nu}`);
    const off = Math.hypot((distance[2 * k] ?? 0) - exact.distance[0], (distance[2 * k + 1] ?? 0) - exact.distance[1]);
    assert.ok(off <= 1e-6 * Math.hypot(...exact.distance), `(${x}, ${y}): ${distance.slice(2 * k, 2 * k + 2)}`);
  }
});

test('two million iterations: an exact view has the exact nu, any other one reports it as uncertain', () => {
  const compute = perturbation(slow);
  for (const [x, y, nu] of [
    [12, 17, 1558210.4330945],
    [0, 6, 1756290.026437],
  ] as const) {
    const rect = { x, y, width: 1, height: 1 };
    assert.deepEqual(compute(slow, rect).uncertain, [0]);
    const exact = compute({ ...slow, exact: true }, rect);
    assert.deepEqual(exact.uncertain, []);
    assert.ok(Math.abs((exact.nu[0] as number) - nu) < 0.001, `(${x}, ${y}): ${exact.nu[0]}`);
  }
});

test('an exact iteration that was cancelled ends within a point', () => {
  const compute = perturbation(slow);
  const stopped = new Error('stopped');
  let calls = 0;
  const check = () => {
    if (++calls === 3) throw stopped;
  };
  const rect = { x: 12, y: 17, width: 1, height: 1 };
  assert.throws(() => compute({ ...slow, exact: true }, rect, check), stopped);
  assert.equal(calls, 3);
});

test('errors that grow beyond all doubles are not taken for small errors: real points near -2 that never escape', () => {
  // Each iteration doubles errors: 4,000 of them are affordable with as many bits, 100,000 are not.
  for (const [iterations, expected] of [
    [4000, 0],
    [100_000, 9],
  ] as const) {
    const view: View = {
      ...still,
      formula: { step: 'holomorphic', power: 2 },
      ...{ re: '-1.9876543210987654321', im: '0', zoom: '1e17', width: 9, height: 1, iterations },
    };
    const { nu, uncertain } = perturbation(view)(view, { x: 0, y: 0, width: 9, height: 1 });
    assert.ok(nu.every((value) => value === Infinity));
    assert.equal(uncertain?.length, expected);
  }
});
