import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../../src/cluster/budget.js';

test('so many at once, then so many a second, and what is refunded', () => {
  let now = 0;
  const budget = new Budget(10, 2, () => now);
  const spends = () => {
    for (let count = 0; ; count++) {
      try {
        budget.spend(1, 'messages');
      } catch (error) {
        assert.match((error as Error).message, /^the peer sent more than 10 messages at once$/);
        // The one that failed was counted.
        budget.refund(1);
        return count;
      }
    }
  };
  assert.equal(spends(), 10);
  now = 2_000;
  assert.equal(spends(), 4);
  budget.refund(3);
  assert.equal(spends(), 3);
  now = 1e9;
  assert.equal(spends(), 10);
});
