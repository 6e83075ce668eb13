/** Estimates of jobs in a process of their own. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEstimator } from '../../src/app/estimator.js';

const BOUNDED = { timeout: 120_000 };
const STILL = {
  xpos: '-0.5',
  ypos: '0',
  zoom: '1',
  width: '64',
  height: '48',
  iters: '1000',
  method: 'direct',
  outfile: 'x.png',
};

test(
  'a job of four times the samples takes four times as long, a film as its frames, and a job that fails nothing',
  BOUNDED,
  async (t) => {
    const estimator = openEstimator();
    t.after(() => estimator.close());
    const one = await estimator.of({ ...STILL, samples: '1' });
    assert.ok(one > 0);
    // In which parts a probe computes depends on its speed, and a few iterations on the parts.
    const four = await estimator.of({ ...STILL, samples: '4' });
    assert.ok(Math.abs(four / one / 4 - 1) < 0.05, `${four / one}`);
    const film = { ...STILL, 'zoom-end': '1.0001', frames: '5', assembly: 'frames', outfile: 'x.mp4' };
    const five = await estimator.of(film);
    assert.ok(Math.abs(five / one / 5 - 1) < 0.05, `${five / one}`);
    const shared = await estimator.of({ ...film, assembly: 'keyframes' });
    assert.ok(shared < five, 'keyframes are fewer');
    assert.equal(await estimator.of({ ...STILL, zoom: '1e40' }), 0);
  },
);

test('an estimate that takes too long, or whose process ends, is made by samples', BOUNDED, async (t) => {
  const estimator = openEstimator(0);
  t.after(() => estimator.close());
  assert.equal(await estimator.of({ ...STILL, samples: '1' }), 64 * 48 * 5e-6);
  const closing = openEstimator();
  const asked = closing.of({ ...STILL, frames: '2', 'zoom-end': '2', outfile: 'x.mp4' });
  closing.close();
  assert.equal(await asked, 2 * 64 * 48 * 5e-6);
});
