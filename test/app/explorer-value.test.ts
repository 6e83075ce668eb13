/** The numbers of single points, as viewers of the explorer look them up. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { levelFor } from '../../src/tiles/lattice.js';
import { countsOfStill, openedLookout, orderAt } from './explorer-looks.js';
import { never } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const SCENE = { iters: '2000' };

test('a point outside has the count of the pixel that shows it, and its distance', BOUNDED, async (t) => {
  const opened = await openedLookout(t);
  const order = orderAt({ re: '-0.7', im: '0.4', zoom: '100', scene: SCENE }, { width: 1, height: 1 });
  const { level } = order.lattice;
  const value = await opened.lookout.value(SCENE, order.centre, level, never);
  const look = await opened.lookout.look(order, never);
  const [nu] = await countsOfStill(t, opened, order, { look, shown: { ...order.centre, width: 1, height: 1 } });
  assert.equal(value.nu, nu);
  assert.equal(value.iterations, 2000);
  assert.equal(value.period, null);
  // A pixel of a picture of one pixel of zoom 100 is 0.04 wide, but for the rounding of levels.
  assert.ok(Math.abs(Number(value.distance) / (value.pixels as number) / 0.04 - 1) < 0.05, JSON.stringify(value));
});

for (const [name, re, im, period] of [
  ['the cardioid', '0', '0', 1],
  ['the period-2 disc', '-1', '0', 2],
  ['the rabbit', '-0.12', '0.74', 3],
] as const)
  test(`a point in ${name} has period ${period}, and no count`, BOUNDED, async (t) => {
    const { lookout } = await openedLookout(t);
    const value = await lookout.value(SCENE, { re, im }, levelFor('1', 720), never);
    assert.deepEqual(value, { nu: null, pixels: null, distance: null, period, iterations: 2000 });
  });

test('a point at 1e50 has a count and a distance of its depth', BOUNDED, async (t) => {
  const { xpos, ypos, zoom } = JSON.parse(readFileSync('examples/places/filaments.json', 'utf8'));
  const { lookout } = await openedLookout(t);
  const scene = { iters: '263010' };
  const value = await lookout.value(scene, { re: xpos, im: ypos }, levelFor(zoom, 360), never);
  assert.ok((value.nu as number) > 170_000 && (value.nu as number) < 263_010, String(value.nu));
  assert.match(value.distance as string, /e-5\d$/);
});

test('the signal ends the wait for a value', BOUNDED, async (t) => {
  const { lookout } = await openedLookout(t);
  const reason = new Error('moved on');
  const waiting = lookout.value(SCENE, { re: '0.3', im: '0.5' }, levelFor('1', 720), AbortSignal.abort(reason));
  await assert.rejects(waiting, (error) => error === reason);
});
