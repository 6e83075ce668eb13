import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assembler, openAssembler } from '../../src/film/assembler.js';
import type { Shown } from '../../src/film/part.js';
import { release } from '../../src/film/texture.js';
import { sinCos } from '../../src/view/plane.js';
import { noise, textured } from './noise.js';

const size = { width: 70, height: 40 };
const kinds = [
  { bits: 8, dither: true },
  { bits: 16, dither: false },
] as const;

/** A frame that holds its tiles, which are not needed for another one. */
function shownIn({ memory }: Assembler, frame: number): Shown[] {
  const [sin, cos] = sinCos(frame % 2 === 0 ? 0 : 7 * frame);
  const scale = 1 + frame / 10;
  const tiles = textured(memory, noise([{ x: -80, y: -96, width: 232, height: 232 }], frame), scale < 2 ? 0 : 1);
  for (const { at } of tiles) memory.hold(at);
  release(memory, tiles);
  return [{ tiles, to: { cos: scale * cos, sin: scale * sin, x: 0.3, y: 1.2, scale }, weight: 1 }];
}

test('frames are the same in any number of threads', async () => {
  const alone = openAssembler({ size });
  for (const threads of [1, 3]) {
    const assembler = openAssembler({ size, threads });
    for (const levels of kinds) {
      const frames = Array.from({ length: 12 }, (_, k) => assembler.frame(shownIn(assembler, k), levels));
      for (const [k, frame] of frames.entries()) {
        assert.deepEqual(await frame, await alone.frame(shownIn(alone, k), levels), `frame ${k}, ${threads} threads`);
      }
    }
    await assembler.close();
  }
});

test('tiles are kept while a frame shows them, and their memory is used again', async () => {
  const assembler = openAssembler({ size, threads: 2 });
  const sizes = new Set<number>();
  for (let k = 0; k < 6; k++) {
    await Promise.all([0, 1, 2].map((frame) => assembler.frame(shownIn(assembler, frame), kinds[0])));
    sizes.add(assembler.memory.memory.buffer.byteLength);
  }
  assert.equal(sizes.size, 1);
  await assembler.close();
});

test('a frame that fails is rejected, and the next ones are assembled', async () => {
  for (const threads of [0, 2]) {
    const assembler = openAssembler({ size, threads });
    const good = assembler.frame(shownIn(assembler, 0), kinds[0]);
    await assert.rejects(assembler.frame([], kinds[0]), /pixel 0 of a frame has no samples/);
    assert.deepEqual(await assembler.frame(shownIn(assembler, 0), kinds[0]), await good);
    await assembler.close();
  }
});

test('frames under way are rejected when the assembler is closed, and none begins', async () => {
  const assembler = openAssembler({ size, threads: 1 });
  const frames = [0, 1, 2].map((k) => assembler.frame(shownIn(assembler, k), kinds[0]));
  const outcomes = Promise.allSettled(frames);
  await assembler.close();
  assert.deepEqual(new Set((await outcomes).map(({ status }) => status)), new Set(['rejected']));
  await assert.rejects(assembler.frame(shownIn(assembler, 0), kinds[0]), /the assembler is closed/);
});
