import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilmMemory } from '../../src/film/memory.js';
import { paintedTile } from '../../src/film/painted.js';
import type { Painting } from '../../src/film/samples.js';
import type { Rect } from '../../src/shard/shard.js';

const memory = new FilmMemory(1 << 24);
const rect: Rect = { x: 8, y: 8, width: 8, height: 8 };

/** Red of the tile's texels, 0 to 1, and whether it has samples. `noise`: of each sample; its value is its colour. */
function texels(samples: readonly { rect: Rect; values: Float64Array }[], noise?: number) {
  const painting: Painting = {
    ...{ nameOf: () => '', scaled: false },
    light: (values) => Float32Array.from({ length: 3 * values.length }, (_, i) => values[Math.floor(i / 3)] as number),
    ...(noise === undefined ? {} : { noise: ({ length }) => new Float32Array(length).fill(noise) }),
  };
  const tile = paintedTile(memory, rect, samples, { painting, frame: 0, scale: 1 });
  const numbers = new Int16Array(memory.memory.buffer, tile.at, 4 * tile.width * tile.height);
  return (x: number, y: number) => {
    const [column, row] = [x - tile.x, y - tile.y];
    const at = 8 * ((row >> 1) * tile.width + column) + (row & 1);
    return { red: ((numbers[at] as number) + 32768) / 65535, there: (numbers[at + 6] as number) === 32767 };
  };
}

function valued(at: Rect, value: (x: number, y: number) => number) {
  const values = Float64Array.from({ length: at.width * at.height }, (_, i) =>
    value(at.x + (i % at.width), at.y + Math.floor(i / at.width)),
  );
  return { rect: at, values };
}

const chequered = (x: number, y: number) => ((3 * x + 5 * y) % 7) / 7;
const mean = (has: (x: number, y: number) => boolean, x: number, y: number) => {
  let [sum, count] = [0, 0];
  for (let j = y - 1; j <= y + 1; j++) {
    for (let i = x - 1; i <= x + 1; i++) {
      if (!has(i, j)) continue;
      sum += chequered(i, j);
      count++;
    }
  }
  return sum / count;
};

test('samples without noise stay; noisy ones are the mean of those around them, of all parts, beyond the tile too', () => {
  // A part beyond the tile on the left, one across its right edge, none above and below.
  const parts = [
    { x: 0, y: 8, width: 12, height: 8 },
    { x: 12, y: 8, width: 12, height: 8 },
  ];
  const has = (x: number, y: number) => x >= 0 && x < 24 && y >= 8 && y < 16;
  const samples = parts.map((part) => valued(part, chequered));
  for (const [noise, share] of [
    [0, 0],
    [1, 1],
    [0.25, 0.25],
    [undefined, 0.5],
  ] as const) {
    const found = texels(samples, noise);
    for (let y = 8; y < 16; y++) {
      for (let x = 8; x < 16; x++) {
        const expected = (1 - share) * chequered(x, y) + share * mean(has, x, y);
        assert.ok(Math.abs(found(x, y).red - expected) < 1e-5, `(${x}, ${y}) with noise ${noise}`);
        assert.ok(found(x, y).there);
      }
    }
  }
});

test('what has no samples stays empty, and takes nothing from what has', () => {
  const found = texels([valued({ x: 8, y: 8, width: 8, height: 4 }, () => 0.5)], 1);
  for (let x = 8; x < 16; x++) {
    assert.ok(Math.abs(found(x, 11).red - 0.5) < 1e-4);
    assert.deepEqual(found(x, 12), { red: 0, there: false });
  }
});
