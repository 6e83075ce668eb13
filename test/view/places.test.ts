/** Where the samples of a pixel lie: within it, evenly, the same ones however many are asked for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placesOf } from '../../src/view/places.js';
import { ROUNDS } from '../../src/view/view.js';

const pixel = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  x: fc.integer({ min: 0, max: 5000 }),
  y: fc.integer({ min: 0, max: 5000 }),
});

function sequence(seed: number, x: number, y: number, from: number, to: number): (readonly [number, number])[] {
  const places = placesOf({ kind: 'sequence', from, to, seed });
  places.moveTo(x, y);
  return Array.from(places.x, (right, s) => [right, places.y[s] as number] as const);
}

test('a sequence begins in the centre, and its rounds are the parts of one sequence', () => {
  fc.assert(
    fc.property(pixel, ({ seed, x, y }) => {
      const all = sequence(seed, x, y, 0, 65);
      assert.deepEqual(all[0], [0.5, 0.5]);
      const parts = ROUNDS.map((to, k) => sequence(seed, x, y, ROUNDS[k - 1] ?? 0, to));
      assert.deepEqual(parts.flat(), all);
      for (const place of all.flat()) assert.ok(place >= 0 && place < 1);
    }),
    { numRuns: 50 },
  );
});

test('after each round every rectangle of halvings, as large as the share of a sample, has one sample beside the centre', () => {
  fc.assert(
    fc.property(pixel, ({ seed, x, y }) => {
      for (const to of ROUNDS.slice(1)) {
        const halvings = Math.log2(to - 1);
        const places = sequence(seed, x, y, 1, to);
        for (let across = 0; across <= halvings; across++) {
          const [columns, rows] = [2 ** across, 2 ** (halvings - across)];
          const cells = places.map(([right, down]) => Math.floor(right * columns) + columns * Math.floor(down * rows));
          assert.equal(new Set(cells).size, to - 1, `${columns}x${rows} rectangles`);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('pixels have different places, and another seed moves them', () => {
  const named = new Set<string>();
  for (let x = 0; x < 20; x++) for (const seed of [0, 1]) named.add(JSON.stringify(sequence(seed, x, 7, 1, 5)));
  assert.equal(named.size, 40);
});
