/** The table that the threads of a worker build together, when one of them has ended. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abandonTable, buildTogether, levelsOf } from '../../src/kernel/perturbation/table.js';

/** Room for a table of 100 iterations; entries of 8 bytes, counters at the start of the memory. */
function emptyTable() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return { table: levelsOf(100, 64, 8, 1 << 20, 0), memory };
}

test('a finished table is not abandoned', () => {
  const { table, memory } = emptyTable();
  let built = 0;
  buildTogether(table, memory, () => built++);
  assert.ok(built > 0);
  assert.equal(abandonTable(table, memory), false);
});

test('a thread that waits for a block that an ended thread took gets an error', () => {
  const { table, memory } = emptyTable();
  // The only block is taken, and will never be done.
  Atomics.store(new Int32Array(memory.buffer), 0, 1);
  assert.equal(abandonTable(table, memory), true);
  assert.throws(() => buildTogether(table, memory, () => {}), /could not be built/);
  assert.equal(abandonTable(table, memory), false);
});

test('a thread that ends the last block of an abandoned table does not finish it', () => {
  const { table, memory } = emptyTable();
  assert.throws(() => buildTogether(table, memory, () => void abandonTable(table, memory)), /could not be built/);
});
