/** What of a task is refused before it is computed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SIDE } from '../../../src/view/bounds.js';
import { wholeReference } from '../../../src/work/fractal/kept-reference.js';
import { validateScene, validateTask } from '../../../src/work/fractal/validate.js';
import { paintOf, taskOf, view } from '../../worker/views.js';

const rect = { x: 0, y: 0, width: 4, height: 4 };

test('a rectangle may lie beyond its view, as keyframes of films do', () => {
  for (const [x, y] of [
    [-100, 3],
    [3, -100],
    [view.width + 100, view.height + 100],
  ] as const) {
    validateTask(taskOf({ ...rect, x, y }), 7);
  }
});

test('a rectangle far from its view, without pixels or with too many is refused', () => {
  for (const wrong of [
    { ...rect, x: -MAX_SIDE - 1 },
    { ...rect, y: -MAX_SIDE - 1 },
    { ...rect, x: 2 * MAX_SIDE - 3 },
    { ...rect, y: 2 * MAX_SIDE - 3 },
    { ...rect, width: 0 },
    { ...rect, height: -1 },
    { ...rect, width: 2 ** 13, height: 2 ** 12 },
  ]) {
    assert.throws(() => validateTask(taskOf(wrong), 7), {
      code: 'PROTOCOL',
      message: /shard 7, .* is not one to compute/,
    });
  }
});

test('samples are packed or painted, not both', () => {
  const [paint, packed] = [paintOf(), true as const];
  for (const one of [{ paint }, { packed }]) validateScene({ kind: 'fractal', ...one });
  assert.throws(() => validateScene({ kind: 'fractal', paint, packed }), { code: 'PROTOCOL' });
});

test('an asset that is missing, or is no orbit, is refused', () => {
  const point = { formula: view.formula, re: '0', im: '0', extended: false };
  const kept = { ...point, asset: 'ab', underflowBytes: 40, start: 1 };
  const found = wholeReference(kept, new Map([['ab', new Uint8Array(72)]]));
  assert.deepEqual([found.orbit.length, found.underflow.length], [32, 40]);
  for (const [one, bytes] of [
    [kept, undefined],
    [kept, new Uint8Array(16 + 40)],
    [kept, new Uint8Array(33 + 40)],
    [{ ...kept, start: 2 }, new Uint8Array(72)],
    [{ ...kept, underflowBytes: 39 }, new Uint8Array(71)],
    [{ ...kept, underflowBytes: 400 }, new Uint8Array(72)],
  ] as const)
    assert.throws(() => wholeReference(one, new Map(bytes ? [['ab', bytes]] : [])), { code: 'PROTOCOL' });
});
