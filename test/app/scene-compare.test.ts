import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compared } from '../../src/app/scene-compare.js';
import type { Frame } from '../../src/shard/frame.js';
import type { Rect } from '../../src/shard/shard.js';

const SIZE = { width: 128, height: 96 };

/** A part of a picture in which each pixel is another one. */
function part(index: number, { x, y, width, height }: Rect, change?: (rgb: Uint8Array) => void): Frame {
  const rgb = new Uint8Array(3 * width * height);
  for (let k = 0; k < width * height; k++) {
    const at = (y + Math.floor(k / width)) * SIZE.width + x + (k % width);
    rgb.set([at & 255, at >> 8, 7], 3 * k);
  }
  change?.(rgb);
  return { index, width, height, perPixel: 1, answer: { kind: 'pixels', rgb } };
}

async function run(first: number, last: number, changed: number) {
  const { parts, needed, frames } = compared(first, last, SIZE, true);
  const found: number[][] = [];
  const shown: number[] = [];
  async function* renders() {
    for (const [index, { rect }] of parts.entries())
      yield part(index, rect, index === changed ? (rgb) => rgb.fill(9, 30, 36) : undefined);
  }
  for await (const { index, width } of frames(renders(), (...all) => found.push(all))) {
    assert.equal(width, SIZE.width);
    shown.push(index);
  }
  return { parts, needed, found, shown };
}

test('some frames are compared with a part that is rendered again, and only frames are handed on', async () => {
  const { parts, needed, found, shown } = await run(3, 13, -1);
  assert.deepEqual(shown, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  assert.deepEqual(found, []);
  const small = parts.filter(({ rect }) => rect.width < SIZE.width);
  assert.deepEqual(
    small.map(({ frame }) => frame),
    [3, 11, 13],
  );
  for (const { rect } of small) {
    assert.ok(rect.x % 32 === 0 && rect.x > 0 && rect.y % 32 === 0 && rect.height === 32);
  }
  assert.deepEqual(needed, [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14]);
});

test('pixels that differ are counted, whichever of the two is other', async () => {
  assert.deepEqual((await run(0, 0, 0)).found, [[0, 2, 64 * 32]]);
  const inFrame = 3 * (SIZE.width * 50 + 100);
  const { frames, parts } = compared(0, 0, SIZE, true);
  const found: number[][] = [];
  async function* renders() {
    for (const [index, { rect }] of parts.entries())
      yield part(index, rect, index === 1 ? (rgb) => rgb.fill(9, inFrame, inFrame + 3) : undefined);
  }
  for await (const _ of frames(renders(), (...all) => found.push(all)));
  assert.deepEqual(found, [[0, 1, 64 * 32]]);
});
