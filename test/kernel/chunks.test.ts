/** Rectangles in parts: every pixel once, in order, and no part longer than it should take. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHUNK, timedChunks } from '../../src/kernel/chunks.js';

const size = fc.record({
  x: fc.integer({ min: -50, max: 50 }),
  y: fc.integer({ min: -50, max: 50 }),
  width: fc.integer({ min: 1, max: 700 }),
  height: fc.integer({ min: 1, max: 300 }),
});

test('parts that are timed are whole rows or of one row, and have every pixel once, in order', () => {
  fc.assert(
    fc.property(
      size,
      fc.constantFrom(1, 4, 64),
      fc.array(fc.double({ min: 0, max: 100, noNaN: true })),
      (rect, perPixel, times) => {
        let [now, k, next] = [0, 0, 0];
        for (const part of timedChunks(rect, perPixel, () => now)) {
          assert.equal((part.y - rect.y) * rect.width + part.x - rect.x, next);
          assert.ok(part.height === 1 || part.width === rect.width);
          assert.ok(part.x + part.width <= rect.x + rect.width && part.y + part.height <= rect.y + rect.height);
          assert.ok(part.width * part.height * perPixel <= CHUNK);
          next += part.width * part.height;
          now += times[k++ % times.length] ?? 1;
        }
        assert.equal(next, rect.width * rect.height);
      },
    ),
    { numRuns: 50 },
  );
});

test('a part of dear points is small, and one of cheap points as large as may be', () => {
  const rect = { x: 0, y: 0, width: 256, height: 256 };
  const longest = (msAPoint: number) => {
    let now = 0;
    const times: number[] = [];
    for (const part of timedChunks(rect, 1, () => now)) {
      const ms = msAPoint * part.width * part.height;
      now += ms;
      times.push(ms);
    }
    return { parts: times.length, later: Math.max(...times.slice(1)) };
  };
  assert.ok(longest(0.02).later <= 11, 'a part takes 10 ms');
  assert.ok(longest(0.000001).parts <= 6);
});
