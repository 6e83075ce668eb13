import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { encodeSnapshot, SNAPSHOT_SIDE, thinned } from '../../src/render/snapshot.js';
import type { Rect } from '../../src/shard/shard.js';

function numbered(width: number, height: number) {
  const rgb = Uint16Array.from({ length: 3 * width * height }, (_, at) => at % 65536);
  return { index: 0, width, height, perPixel: 1, answer: { kind: 'deep-pixels', rgb } } as const;
}

function rectsIn(width: number, height: number): fc.Arbitrary<Rect[]> {
  const side = (most: number) => fc.tuple(fc.nat(most - 1), fc.integer({ min: 1, max: most }));
  const rect = fc.tuple(side(width), side(height)).map(([[x, w], [y, h]]) => ({
    ...{ x, y, width: Math.min(w, width - x), height: Math.min(h, height - y) },
  }));
  return fc.array(rect, { maxLength: 5 });
}

test('a thinned frame has every n-th pixel, and those that are placed are seen', () => {
  const size = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 40 }));
  const cases = size.chain(([width, height]) =>
    fc.tuple(fc.constant([width, height] as const), rectsIn(width, height)),
  );
  fc.assert(
    fc.property(cases, ([[width, height], placed]) => {
      const whole = numbered(width, height);
      const { frame, seen } = thinned(whole, placed);
      const step = Math.ceil(width / (2 * SNAPSHOT_SIDE));
      const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
      assert.deepEqual([frame.width, frame.height], [columns, rows]);
      assert.ok(frame.answer.kind === 'deep-pixels');
      for (let at = 0; at < columns * rows; at++) {
        const [x, y] = [step * (at % columns), step * Math.floor(at / columns)];
        const isPlaced = placed.some(
          (one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height,
        );
        if (seen[at] !== (isPlaced ? 255 : 0)) assert.fail(`pixel ${x}, ${y} of ${width}x${height}`);
        if (frame.answer.rgb[3 * at] !== whole.answer.rgb[3 * (y * width + x)]) assert.fail(`${x}, ${y}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a snapshot is transparent where nothing is placed, bounded in size, and mirrored where asked for', async () => {
  const [width, height] = [1500, 300];
  const rgb = new Uint8Array(3 * width * height).fill(200);
  const whole = { index: 0, width, height, perPixel: 1, answer: { kind: 'pixels', rgb } } as const;
  const part = thinned(whole, [{ x: 0, y: 0, width, height: 100 }]);
  for (const flip of [false, true]) {
    const { data, info } = await sharp(await encodeSnapshot(part, flip))
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [640, 128, 4]);
    const alphaAt = (y: number) => data[4 * (y * info.width + 300) + 3];
    assert.deepEqual([alphaAt(flip ? 120 : 8), alphaAt(flip ? 8 : 120)], [255, 0]);
    assert.ok(Math.abs((data[4 * ((flip ? 120 : 8) * info.width + 300)] as number) - 200) < 4);
  }
});
