import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assemble } from '../../src/shard/assemble.js';
import { BLOCK, blocks, cutAtEdge } from '../../src/shard/block.js';
import type { Rect, Shard } from '../../src/shard/shard.js';
import { cutter } from '../../src/shard/split.js';
import { COUNTS } from '../../src/view/channels.js';

const size = fc.record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 70 }) });
const shape = fc.constantFrom('row' as const, 'tile' as const);
const block = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined });
const targets = fc.infiniteStream(fc.integer({ min: 1, max: 3000 }));

function cutAll(
  width: number,
  height: number,
  kind: 'row' | 'tile',
  side: number | undefined,
  next: () => number,
): Rect[] {
  const cut = cutter([{ x: 0, y: 0, width, height }], kind, side);
  const rects: Rect[] = [];
  for (let rect = cut.next(next()); rect; rect = cut.next(next())) rects.push(rect);
  assert.equal(cut.left, 0);
  return rects;
}

test('a frame is cut into rectangles that cover every pixel once, rows over the whole width', () => {
  fc.assert(
    fc.property(size, shape, block, targets, ({ width, height }, kind, side, target) => {
      const seen = new Uint8Array(width * height);
      for (const r of cutAll(width, height, kind, side, () => target.next().value as number)) {
        if (kind === 'row') assert.equal(r.width, width);
        if (side !== undefined) assert.ok(r.height <= side && (kind === 'row' || r.width <= side));
        for (let y = r.y; y < r.y + r.height; y++) for (let x = r.x; x < r.x + r.width; x++) seen[y * width + x]!++;
      }
      assert.ok(seen.every((times) => times === 1));
    }),
  );
});

test('large shards are cut between the blocks whose points begin with one series', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 3000 }),
      fc.integer({ min: 100, max: 2000 }),
      shape,
      (width, height, kind) => {
        for (const { x, y } of cutAll(width, height, kind, undefined, () => Math.max(64 * 64, 64 * width))) {
          assert.equal(x % BLOCK, 0);
          assert.equal(y % BLOCK, 0);
        }
      },
    ),
  );
});

test('a frame put together in any order equals the whole', () => {
  fc.assert(
    fc.property(size, shape, targets, fc.integer({ min: 1, max: 3 }), ({ width, height }, kind, target, perPixel) => {
      const geometry = { width, height, perPixel, channels: COUNTS };
      const whole = Uint8Array.from({ length: width * height * 3 }, (_, k) => (k * 31) & 255);
      const assembly = assemble(geometry, 7, 'pixels');
      const rects = cutAll(width, height, kind, undefined, () => target.next().value as number);
      const shards: Shard[] = rects.map((rect, id) => ({ id, render: 7, ...rect }));
      for (const shard of [...shards].reverse()) {
        const bytes = new Uint8Array(shard.width * shard.height * 3);
        for (let y = 0; y < shard.height; y++) {
          const from = ((shard.y + y) * width + shard.x) * 3;
          bytes.set(whole.subarray(from, from + shard.width * 3), y * shard.width * 3);
        }
        assembly.put(shard, bytes);
      }
      const { answer, index } = assembly.frame();
      assert.equal(index, 7);
      assert.deepEqual(answer, { kind: 'pixels', rgb: whole });
    }),
  );
});

test('blocks are counted from the top left corner of the view, also for what lies beyond it', () => {
  const found = [...blocks({ x: -20, y: -3, width: 30, height: 5 })];
  assert.deepEqual(
    found.map(({ x, y, part }) => [x, y, part.x, part.y, part.width, part.height]),
    [
      [-32, -16, -20, -3, 4, 3],
      [-16, -16, -16, -3, 16, 3],
      [0, -16, 0, -3, 10, 3],
      [-32, 0, -20, 0, 4, 2],
      [-16, 0, -16, 0, 16, 2],
      [0, 0, 0, 0, 10, 2],
    ],
  );
  assert.equal(cutAtEdge(-20, 30, 10), 4);
});
