/** What a worker says that it offers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotsOf } from '../../src/app/offering.js';
import { openPool } from '../../src/worker/pool.js';

test('the slots of a worker are those that its kernel can use: one of a GPU', async (t) => {
  const pool = openPool(3);
  t.after(() => pool.close());
  for (const [kernel, slots] of [
    ['auto', 3],
    ['simd', 3],
    ['cpu', 3],
    ['gpu', 1],
  ] as const) {
    assert.equal(slotsOf(pool, kernel), slots, kernel);
  }
});
