import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assemble, wholeOf } from '../../src/shard/assemble.js';
import { blocks } from '../../src/shard/block.js';
import { crop } from '../../src/shard/crop.js';
import type { Frame } from '../../src/shard/frame.js';
import { COUNTS, channelsOf } from '../../src/view/channels.js';

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 50 }),
  height: fc.integer({ min: 1, max: 50 }),
  side: fc.integer({ min: 1, max: 30 }),
  channels: fc.constantFrom(COUNTS, channelsOf({ footprint: true })),
});

function samplesIn({ answer, ...size }: Frame): Float64Array {
  assert.ok(answer.kind === 'samples' || answer.kind === 'pieces');
  return answer.kind === 'pieces' ? wholeOf(answer, size).values : answer.values;
}

test('answers in any order are the picture, also where they stay in pieces', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), ({ width, height, side, channels }, seed) => {
      const whole = { x: 0, y: 0, width, height };
      const each = 8 * channels.length;
      const values = Float64Array.from({ length: channels.length * width * height }, (_, k) => k + 0.5);
      const bytes = new Uint8Array(values.buffer);
      const shards = [...blocks(whole, side)].map(({ part }, id) => ({ ...part, id, render: 0 }));
      shards.sort((a, b) => ((a.id * 7 + seed) % 5) - ((b.id * 7 + seed) % 5));
      const size = { width, height, perPixel: 1, channels };
      for (const shape of [size, { ...size, parts: [whole] }]) {
        const assembly = assemble(shape, 3, 'samples');
        for (const shard of shards) assembly.put(shard, crop(bytes, whole, shard, each));
        assert.equal(assembly.frame().index, 3);
        assert.deepEqual(samplesIn(assembly.frame()), values);
        assert.deepEqual(assembly.placed, shards);
      }
    }),
  );
});

test('a piece is the bytes of its answer, copied only where no double may begin', () => {
  const rect = { x: 8, y: 16, width: 3, height: 2 };
  const size = { width: 64, height: 64, perPixel: 1, channels: COUNTS, parts: [rect] };
  const values = Float64Array.from({ length: 6 }, Math.sqrt);
  for (const [offset, isCopied] of [
    [0, false],
    [8, false],
    [3, true],
  ] as const) {
    const bytes = Buffer.from(new ArrayBuffer(100), offset, 48);
    bytes.set(new Uint8Array(values.buffer));
    const assembly = assemble(size, 0, 'samples');
    assembly.put({ ...rect, id: 0, render: 0 }, bytes);
    const { answer } = assembly.frame();
    assert.ok(answer.kind === 'pieces');
    assert.deepEqual(answer.pieces[0]?.values, values);
    assert.equal(answer.pieces[0]?.values.buffer !== bytes.buffer, isCopied);
  }
});
