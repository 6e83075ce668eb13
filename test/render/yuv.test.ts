import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planesOf, rgbOfPlanes } from '../../src/render/yuv.js';

const size = fc.record({ width: fc.integer({ min: 1, max: 6 }), height: fc.integer({ min: 1, max: 4 }) });
/** A picture of even sides. */
const picture = size.chain(({ width, height }) =>
  fc.record({
    size: fc.constant({ width: 2 * width, height: 2 * height }),
    rgb: fc.uint8Array({ minLength: 12 * width * height, maxLength: 12 * width * height }),
  }),
);

/** ITU-R BT.709: Y', Cb and Cr as levels of the limited range, not rounded. */
function levelsOf([red, green, blue]: readonly number[]): [number, number, number] {
  const [r, g, b] = [red! / 255, green! / 255, blue! / 255];
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [16 + 219 * y, 128 + (224 * (b - y)) / 1.8556, 128 + (224 * (r - y)) / 1.5748];
}

test("each Y' is the nearest level or one beside it, and each Cb and Cr that of the mean of 2 x 2 pixels", async () => {
  await fc.assert(
    fc.asyncProperty(picture, async ({ size, rgb }) => {
      const { width, height } = size;
      const { yuv } = await planesOf(rgb, size);
      assert.equal(yuv.length, 1.5 * width * height);
      const at = (x: number, y: number) => rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [wanted] = levelsOf([...at(x, y)]);
          assert.ok(Math.abs(yuv[y * width + x]! - wanted) < 0.52, `${at(x, y)}: ${yuv[y * width + x]}, not ${wanted}`);
        }
      }
      for (let y = 0; y < height / 2; y++) {
        for (let x = 0; x < width / 2; x++) {
          const four = [at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)];
          const [, ...wanted] = levelsOf([0, 1, 2].map((c) => four.reduce((sum, one) => sum + one[c]!, 0) / 4));
          for (const [plane, level] of wanted.entries()) {
            const found = yuv[width * height + ((plane * width * height) / 4 + (y * width) / 2 + x)]!;
            assert.ok(Math.abs(found - level) < 0.52, `plane ${plane}: ${found}, not ${level}`);
          }
        }
      }
    }),
  );
});

test('plain colours come back from their planes within two levels, black and white as they were', async () => {
  const size = { width: 2, height: 2 };
  const plain = (colour: readonly number[]) => Uint8Array.from([colour, colour, colour, colour].flat());
  const byte = fc.integer({ min: 0, max: 255 });
  await fc.assert(
    fc.asyncProperty(fc.tuple(byte, byte, byte), async (colour) => {
      const back = rgbOfPlanes(await planesOf(plain(colour), size), size);
      for (const [i, level] of back.entries()) assert.ok(Math.abs(level - colour[i % 3]!) <= 2, `${colour}: ${back}`);
    }),
  );
  for (const level of [0, 255]) {
    const rgb = plain([level, level, level]);
    assert.deepEqual(rgbOfPlanes(await planesOf(rgb, size), size), rgb);
  }
});

test('planes of pictures that are made in several steps are those of their parts', async () => {
  const size = { width: 2048, height: 258 };
  const rgb = Uint8Array.from({ length: 3 * size.width * size.height }, (_, i) => (i * 2_654_435_761) >>> 24);
  const { yuv } = await planesOf(rgb, size);
  const pixels = size.width * size.height;
  const part = { width: size.width, height: 2 };
  for (let top = 0; top < size.height; top += 2) {
    const own = (await planesOf(rgb.subarray(3 * top * size.width, 3 * (top + 2) * size.width), part)).yuv;
    const luma = yuv.subarray(top * size.width, (top + 2) * size.width);
    assert.deepEqual(luma, own.subarray(0, luma.length));
    const colours = [pixels, pixels + pixels / 4].map((from) => {
      const at = from + (top * size.width) / 4;
      return yuv.subarray(at, at + size.width / 2);
    });
    assert.deepEqual(colours[0], own.subarray(luma.length, luma.length + size.width / 2));
    assert.deepEqual(colours[1], own.subarray(luma.length + size.width / 2));
  }
});
