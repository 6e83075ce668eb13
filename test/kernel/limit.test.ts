import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLimit } from '../../src/kernel/limit.js';
import type { View } from '../../src/view/view.js';

const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '0',
  im: '0',
  zoom: '1',
  rotation: 0,
  width: 4800,
  height: 2700,
  iterations: 1,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'jittered', count: 9, seed: 1 },
};

/** Points that escape evenly spread between two iterations, a share of them never; what an iteration costs. */
function between(first: number, last: number, never: number, nanosecondsEach = 1) {
  const limits: number[] = [];
  const compute = async (coarse: View) => {
    limits.push(coarse.iterations);
    const count = coarse.width * coarse.height;
    assert.equal(count, 48 * 27, 'a coarse grid, one sample a point');
    const nu = Float64Array.from({ length: count }, (_, k) => {
      const nu = first + ((last - first) * k) / count;
      return k >= count * (1 - never) || nu > coarse.iterations ? Infinity : nu;
    });
    return { nu, nanoseconds: nanosecondsEach * coarse.iterations * count };
  };
  return { limits, compute };
}

test('the limit is doubled until hardly a point more escapes', async () => {
  const { limits, compute } = between(10, 3000, 0);
  assert.deepEqual(await findLimit(view, 500, 1e9, compute), { iterations: 4000, undecided: 0, tried: 4000 });
  assert.deepEqual(limits, [500, 1000, 2000, 4000]);
});

test('points that never escape do not prolong the search', async () => {
  const { iterations, undecided } = await findLimit(view, 500, 1e9, between(10, 400, 0.3).compute);
  assert.equal(iterations, 500);
  assert.ok(Math.abs(undecided - 0.3) < 0.01);
});

test('the search continues while no point escapes; where none ever does, the guess is the result', async () => {
  assert.equal((await findLimit(view, 100, 1e9, between(500, 700, 0).compute)).iterations, 800);
  const { iterations, undecided, tried } = await findLimit(view, 100, 1e9, between(0, 1, 1).compute);
  assert.deepEqual({ iterations, undecided }, { iterations: 100, undecided: 1 });
  assert.ok(tried > 100 * 2 ** 5, 'more than the usual doublings');
});

test('a plateau before the first escape is no convergence, however late it is and however few points escape first', async () => {
  for (const last of [2_500_000, 20_000_000]) {
    const late = between(1_244_665, last, 0);
    const { iterations, undecided } = await findLimit(view, 33_628, 1e12, late.compute);
    assert.ok(undecided < 0.01 && iterations > 0.99 * last && iterations < 4 * last, `${iterations}, ${undecided}`);
  }
});

test('points that never escape end the search where the next trial would cost too much', async () => {
  const dear = between(0, 1, 1, 1e3);
  assert.equal((await findLimit(view, 1000, 1e12, dear.compute)).undecided, 1);
  assert.ok(Math.max(...dear.limits) <= 32_000, String(dear.limits));
  const free = between(0, 1, 1, 0);
  assert.equal((await findLimit(view, 1000, 2 ** 48, free.compute)).undecided, 1);
  assert.ok(free.limits.length < 50 && Math.max(...free.limits) > 2 ** 47);
});

test('a few points that escape early in an interior view do not make the limit large', async () => {
  const few = between(10, 400, 0.998);
  const { iterations } = await findLimit(view, 500, 1e9, few.compute);
  assert.equal(iterations, 500);
});

test('the largest limit of a request is never passed', async () => {
  assert.equal((await findLimit(view, 100, 250, between(10, 3000, 0).compute)).iterations, 200);
});

test('a guess far beyond what is needed is not tried: early plateaus of few undecided points, or none', async () => {
  const some = between(5000, 52_000, 1 / 27);
  assert.equal((await findLimit(view, 4e8, 1e9, some.compute)).iterations, Math.ceil(4e8 / 2 ** 10));
  assert.ok(Math.max(...some.limits) < 1_000_000);
  const none = between(10, 3000, 0);
  const { iterations } = await findLimit(view, 1_000_000, 1e9, none.compute);
  assert.ok(iterations > 3 * 3000 && iterations < 10 * 3000 && none.limits.length === 1, String(iterations));
  // Many undecided points, and a plateau below the guess: the search continues.
  assert.equal((await findLimit(view, 64_000, 1e9, between(10, 3000, 0.5).compute)).iterations, 64_000);
});

test('a limit that is too large to be tried ends the search', async () => {
  for (const [first, iterations] of [
    [1e9, 1000],
    [0, 16_000],
  ] as const) {
    const { compute } = between(first, first + 200_000, 0, 0);
    const bounded = async (coarse: View) => (coarse.iterations > 20_000 ? undefined : compute(coarse));
    const { undecided, ...limit } = await findLimit(view, 1000, 1e12, bounded);
    assert.deepEqual(limit, { iterations, tried: 16_000 });
    assert.equal(undecided === 1, iterations === 1000);
  }
});
