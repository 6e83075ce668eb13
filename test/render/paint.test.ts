import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Colours, DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { paint } from '../../src/render/paint.js';
import { paintFrame } from '../../src/render/paint-frame.js';
import type { Levels } from '../../src/render/quantise.js';
import { COUNTS } from '../../src/view/channels.js';

const [WIDTH, HEIGHT] = [41, 23];
const KINDS: readonly Levels[] = [
  { bits: 8, dither: true },
  { bits: 8, dither: false },
  { bits: 16, dither: false },
];

for (const perPixel of [1, 4]) {
  const nu = Float64Array.from({ length: WIDTH * HEIGHT * perPixel }, (_, i) => (i % 97 === 0 ? Infinity : i / 37));
  const whole = (levels: Levels, colours: Partial<Colours> = {}) => {
    const how = prepare({ ...DEFAULT_COLOURS, ...colours }, HEIGHT, levels);
    return { how, pixels: paint({ nu, perPixel, iterations: 500 }, how, { x: 0, y: 0, width: WIDTH }) };
  };

  test(`a rectangle has the pixels of the whole picture, ${perPixel} samples a pixel`, () => {
    const sides = (most: number) =>
      fc.tuple(fc.nat(most - 1), fc.nat(most - 1)).map(([a, b]) => (a < b ? [a, b] : [b, a]) as [number, number]);
    for (const levels of KINDS) {
      const { how, pixels } = whole(levels);
      fc.assert(
        fc.property(sides(WIDTH), sides(HEIGHT), ([left, right], [top, bottom]) => {
          const width = right - left + 1;
          const rows = Array.from({ length: bottom - top + 1 }, (_, row) => (top + row) * WIDTH + left);
          const cut = (all: Float64Array | Uint8Array | Uint16Array, each: number) =>
            rows.flatMap((from) => [...all.subarray(each * from, each * (from + width))]);
          const part = { nu: Float64Array.from(cut(nu, perPixel)), perPixel, iterations: 500 };
          assert.deepEqual([...paint(part, how, { x: left, y: top, width })], cut(pixels, 3));
        }),
        { numRuns: 50 },
      );
    }
  });

  test(`raw samples of a frame are painted as a worker paints them, ${perPixel} samples a pixel`, async () => {
    for (const levels of KINDS) {
      const { how, pixels } = whole(levels);
      const size = { index: 0, width: WIDTH, height: HEIGHT, perPixel };
      const { answer } = await paintFrame({ ...size, answer: { kind: 'samples', values: nu, channels: COUNTS } }, how, {
        iterations: 500,
      });
      assert.ok(answer.kind === 'pixels' || answer.kind === 'deep-pixels');
      assert.deepEqual(answer.rgb, pixels);
    }
  });
}

test('a pixel of 8 bits is within a level of that of 16 bits, dithered or not', () => {
  const nu = Float64Array.from({ length: 1 << 12 }, (_, i) => i / 41);
  const at = { x: 3, y: 5, width: 1 << 6 };
  const [dithered, plain, deep] = KINDS.map((levels) =>
    paint({ nu, perPixel: 1, iterations: 1 }, prepare(DEFAULT_COLOURS, 64, levels), at),
  ) as [Uint8Array, Uint8Array, Uint16Array];
  for (const [i, exact] of deep.entries()) {
    assert.ok(Math.abs(dithered[i]! - exact / 257) < 1);
    assert.ok(Math.abs(plain[i]! - exact / 257) < 0.501);
  }
  assert.notDeepEqual(dithered, plain);
});
