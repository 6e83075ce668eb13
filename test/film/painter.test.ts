import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FilmMemory } from '../../src/film/memory.js';
import { around, bytesOfSamples, PAINTER_BYTES, Painter, placeSamples } from '../../src/film/painter.js';
import type { KeyframeSamples, Look } from '../../src/film/samples.js';
import { type Tile, tileFor } from '../../src/film/texture.js';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import type { Rect } from '../../src/shard/shard.js';
import { COUNTS } from '../../src/view/channels.js';
import { steadied } from './noise.js';

const memory = new FilmMemory(1 << 24);
const painter = new Painter(memory.module, memory.memory, memory.take(PAINTER_BYTES));
const rect: Rect = { x: 8, y: 8, width: 8, height: 8 };

/** One number a sample: its colour. */
const GREY: Look = {
  paint: { ...prepare(DEFAULT_COLOURS), kind: 'ramp', size: 2, linear: Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0) },
  ...{ iterations: 1, filter: false, channels: COUNTS },
};

/** Red of the tile's texels, 0 to 1, and whether it has samples. */
function texels(samples: KeyframeSamples) {
  const tile = tileFor(memory, rect);
  const at = memory.take(bytesOfSamples(tile, COUNTS));
  placeSamples(memory, at, samples, tile);
  painter.paint({ tile, samples: at, scale: 1 }, GREY);
  return texelsOf(tile);
}

function texelsOf(tile: Tile) {
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

// A part beyond the tile on the left, one across its right edge, none above and below.
const parts = [
  { x: 0, y: 8, width: 12, height: 8 },
  { x: 12, y: 8, width: 12, height: 8 },
];
const has = (x: number, y: number) => x >= 0 && x < 24 && y >= 8 && y < 16;

test('a sample of which nothing is known is half the mean of those around it, of all parts, beyond the tile too', () => {
  const found = texels(parts.map((part) => valued(part, chequered)));
  for (let y = 8; y < 16; y++) {
    for (let x = 8; x < 16; x++) {
      const expected = (chequered(x, y) + mean(has, x, y)) / 2;
      assert.ok(Math.abs(found(x, y).red - expected) < 1e-5, `(${x}, ${y})`);
      assert.ok(found(x, y).there);
    }
  }
});

test('a sample takes as much of its neighbours as its colour is chance, and nothing changes one that is not', () => {
  const area = around(rect);
  const tile = tileFor(memory, rect);
  for (const share of [0, 1 / 300, 0.25, 1]) {
    const chance = new Float32Array(area.width * area.height);
    const light = new Float32Array(3 * chance.length + 1);
    for (let i = 0; i < chance.length; i++) {
      const [x, y] = [area.x + (i % area.width), area.y + Math.floor(i / area.width)];
      chance[i] = has(x, y) ? share : -1;
      light.fill(has(x, y) ? chequered(x, y) : 9, 3 * i, 3 * i + 3);
    }
    steadied(memory, tile, light, chance);
    const found = texelsOf(tile);
    const part = share < 1 / 256 ? 0 : share;
    for (let y = 8; y < 16; y++) {
      for (let x = 8; x < 16; x++) {
        const expected = (1 - part) * chequered(x, y) + part * mean(has, x, y);
        assert.ok(Math.abs(found(x, y).red - expected) < 1e-5, `(${x}, ${y}) with ${share}`);
      }
    }
  }
});

test('what has no samples stays empty, and takes nothing from what has', () => {
  const found = texels([valued({ x: 8, y: 8, width: 8, height: 4 }, () => 0.5)]);
  for (let x = 8; x < 16; x++) {
    assert.ok(Math.abs(found(x, 11).red - 0.5) < 1e-4);
    assert.deepEqual(found(x, 12), { red: 0, there: false });
  }
});
