import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../src/leader/job/ledger.js';

test('computed, recalled and revoked samples are counted with the cost of their frames', () => {
  const ledger = new Ledger(
    () => 0,
    (render) => 10 ** render,
  );
  const shard = (render: number) => ({ id: render, render, x: 0, y: 0, width: 4, height: 2 });
  ledger.committed('a', shard(0), 3, { iterations: 100, uncertain: 2 });
  ledger.committed('a', shard(2), 3, { iterations: 100, uncertain: 3 });
  ledger.committed('a', shard(1), 3, { iterations: 100, uncertain: 0, samples: 40 });
  assert.deepEqual([ledger.samples, ledger.computedSamples], [72, 88]);
  ledger.revoked('a', shard(1), 3);
  assert.deepEqual([ledger.samples, ledger.computedSamples], [48, 48]);
  assert.equal(ledger.uncertain, 5);
  assert.equal(ledger.cost, 24 * 1 + 24 * 100);
  ledger.revoked('a', shard(2), 3);
  assert.deepEqual([ledger.cost, ledger.uncertain], [24, 2]);
  ledger.found(1, 5);
  assert.deepEqual([ledger.recalled, ledger.costRecalled, ledger.cost], [5, 50, 24]);
});
