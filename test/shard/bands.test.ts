import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bandCutter, undivided } from '../../src/shard/bands.js';
import { areaOf, without } from '../../src/shard/missing.js';
import type { Rect } from '../../src/shard/shard.js';

const side = fc.integer({ min: 1, max: 500 });
const unit = fc.constantFrom(1, 8, 32);
const targets = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 });

test('bands cover the picture once, and are cut at multiples of the unit only', () => {
  const whole = (width: number, height: number): Rect => ({ x: 0, y: 0, width, height });
  fc.assert(
    fc.property(side, side, unit, targets, (width, height, unit, sizes) => {
      const cutter = bandCutter([whole(width, height)], unit);
      let rest: Rect[] = [whole(width, height)];
      for (let k = 0; cutter.left > 0; k++) {
        const rect = cutter.next(sizes[k % sizes.length] as number) as Rect;
        const fewer = without(rest, rect);
        assert.equal(areaOf(rest) - areaOf(fewer), areaOf([rect]), 'no pixel twice');
        for (const [from, to, end] of [
          [rect.x, rect.x + rect.width, width],
          [rect.y, rect.y + rect.height, height],
        ] as const) {
          assert.equal(from % unit, 0);
          assert.ok(to % unit === 0 || to === end);
        }
        rest = fewer;
        assert.equal(cutter.left, areaOf(rest));
      }
      assert.deepEqual(rest, []);
      assert.equal(cutter.next(1), undefined);
    }),
  );
});

test('a band has about the rows that were asked for, and less than a row of blocks only where that was asked for', () => {
  const cutter = bandCutter([{ x: 0, y: 0, width: 320, height: 320 }], 32);
  assert.deepEqual(cutter.next(320 * 130), { x: 0, y: 0, width: 320, height: 128 });
  assert.deepEqual(cutter.next(320 * 40), { x: 0, y: 128, width: 320, height: 32 });
  assert.deepEqual(cutter.next(32 * 100), { x: 0, y: 160, width: 96, height: 32 });
  assert.deepEqual(cutter.next(Infinity), { x: 96, y: 160, width: 224, height: 32 });
  assert.deepEqual(cutter.next(Infinity), { x: 0, y: 192, width: 320, height: 128 });
});

test('what is not to be divided is not', () => {
  const rects = [
    { x: 0, y: 0, width: 300, height: 200 },
    { x: 5, y: 200, width: 100, height: 7 },
  ];
  const cutter = undivided(rects);
  assert.deepEqual([cutter.next(1), cutter.next(1), cutter.next(1)], [...rects, undefined]);
});
