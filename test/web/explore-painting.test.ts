/** How coarsely the explorer draws a picture that changes, where a full one takes long. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type * as Painting from '../../web/explore/engine/painting.js';
import { bundled } from './bundled.js';

const { openPainting } = await bundled<typeof Painting>('painting');

const MOVING = { isMoving: true, isComplete: true };
const AT_REST = { isMoving: false, isComplete: true };
const AWAITED = { isMoving: false, isComplete: false };

/** A painting whose full pictures take `ms()`; the coarseness of those that were drawn, and how often one was asked for again. */
function painting(t: TestContext, ms: () => number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const drawn: number[] = [];
  let again = 0;
  const one = openPainting({
    draw(coarseness, _isComplete, done) {
      drawn.push(coarseness);
      done?.(ms());
    },
    again: () => again++,
  });
  return { ...one, drawn, again: () => again };
}

test('where a full picture is fast, all are full', (t) => {
  const { paint, drawn, again } = painting(t, () => 20);
  for (const now of [1_000, 1_016, 1_032]) paint(now, MOVING);
  t.mock.timers.tick(2_000);
  assert.deepEqual([drawn, again()], [[1, 1, 1], 0]);
});

test('where it is slow, pictures that change are coarse, and drawn in full once they rest', (t) => {
  const { paint, drawn, again } = painting(t, () => 300);
  paint(1_000, AT_REST);
  for (const now of [2_000, 2_016, 2_032]) paint(now, MOVING);
  assert.equal(again(), 0);
  paint(2_048, AT_REST);
  t.mock.timers.tick(200);
  assert.equal(again(), 1);
  paint(2_248, AT_REST);
  assert.deepEqual(drawn, [1, 7, 7, 7, 7, 1]);
});

test('pictures that miss pieces do not make others finer, complete ones do', (t) => {
  let ms = 300;
  const { paint, drawn } = painting(t, () => ms);
  paint(2_000, AT_REST);
  ms = 10;
  paint(4_000, AWAITED);
  paint(4_016, MOVING);
  paint(6_000, AT_REST);
  paint(6_016, MOVING);
  assert.deepEqual(drawn, [1, 1, 7, 1, 1]);
});
