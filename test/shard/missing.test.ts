import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { areaOf, without } from '../../src/shard/missing.js';
import type { Rect } from '../../src/shard/shard.js';

const SIDE = 12;
const rect = fc.record({ x: fc.nat(9), y: fc.nat(9), width: fc.integer({ min: 1, max: 8 }), height: fc.nat(8) });

test('what is left covers every pixel outside of the parts once, and none inside', () => {
  fc.assert(
    fc.property(fc.array(rect, { maxLength: 12 }), (parts) => {
      let rest: Rect[] = [{ x: 0, y: 0, width: SIDE, height: SIDE }];
      for (const part of parts) rest = without(rest, part);
      const count = (rects: readonly Rect[], x: number, y: number) =>
        rects.filter((r) => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height).length;
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) assert.equal(count(rest, x, y), count(parts, x, y) > 0 ? 0 : 1);
      }
      assert.ok(rest.every((one) => areaOf([one]) > 0));
    }),
    { seed: 1 },
  );
});
