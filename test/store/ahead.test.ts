import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ahead } from '../../src/store/ahead.js';

test('results come in the order of the items, of which so many are under way at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 4 }), async (turns, most) => {
      let [underWay, highest, closed] = [0, 0, false];
      async function* source() {
        try {
          yield* turns.keys();
        } finally {
          closed = true;
        }
      }
      async function step(index: number): Promise<number> {
        highest = Math.max(highest, ++underWay);
        for (let turn = 0; turn < (turns[index] as number); turn++) await undefined;
        underWay--;
        return index;
      }
      const results: number[] = [];
      for await (const index of ahead(source(), step, most)) results.push(index);
      assert.deepEqual(results, [...turns.keys()]);
      assert.ok(highest <= most, `${highest} under way`);
      assert.ok(closed);
    }),
  );
});

test('the source is closed when reading stops early', async () => {
  let closed = false;
  async function* source() {
    try {
      yield* [1, 2, 3];
    } finally {
      closed = true;
    }
  }
  for await (const one of ahead(source(), async (item) => item, 2)) {
    assert.equal(one, 1);
    break;
  }
  assert.ok(closed);
});
