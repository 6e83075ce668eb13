import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLevel, toLinear } from '../../src/render/oklab.js';
import { bytesOfDeep, DITHER, deepPixels, levelTables, quantise } from '../../src/render/quantise.js';

const DITHERED = { bits: 8, dither: true } as const;
const PLAIN = { bits: 8, dither: false } as const;
const DEEP = { bits: 16, dither: false } as const;
const light = fc.double({ min: 0, max: 1, noNaN: true });
const CORNER = { x: 0, y: 0 };

test('each of the 65536 levels is the nearest to its own linear light', () => {
  const levels = Uint16Array.from({ length: 65536 }, (_, k) => k);
  assert.deepEqual(deepPixels(Float64Array.from(levels, (k) => toLinear(k / 65535))), levels);
});

test('a 16-bit level is the nearest: its light lies between the thresholds on both sides', () => {
  const { thresholds } = levelTables();
  fc.assert(
    fc.property(light, (linear) => {
      const [k] = deepPixels(Float64Array.of(linear)) as unknown as [number];
      assert.ok(thresholds[k]! <= linear && linear < thresholds[k + 1]!);
    }),
  );
  for (const k of [1, 100, 40_000, 65_535]) {
    const at = thresholds[k] as number;
    assert.deepEqual([...deepPixels(Float64Array.of(at - at * 2 ** -53, at))], [k - 1, k]);
  }
});

test('light out of range has the level of black or white', () => {
  assert.deepEqual([...deepPixels(Float64Array.of(-1, -0, Number.NaN, 1 + 1e-9, Infinity))], [0, 0, 0, 65535, 65535]);
});

test('8 bits without dither are the nearest level', () => {
  fc.assert(
    fc.property(light, (linear) => {
      const [level] = quantise(Float64Array.of(linear), PLAIN, { ...CORNER, width: 1 });
      assert.equal(level, toLevel(linear));
    }),
  );
});

test('a colour that is a level stays that level at every place, though its light was rounded', () => {
  const { side } = DITHER;
  for (let level = 0; level < 256; level++) {
    for (const off of [1 - 2e-6, 1, 1 + 2e-6]) {
      const square = new Float32Array(3 * side * side).fill(Math.min(1, off * toLinear(level / 255)));
      assert.ok(quantise(square, DITHERED, { ...CORNER, width: side }).every((found) => found === level));
    }
  }
});

test('the mean over a square of the pattern is the colour, and no pixel is a level off', () => {
  const { side } = DITHER;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65535 }), (deep) => {
      const found = bytesOfDeep(new Uint16Array(3 * side * side).fill(deep), true, { ...CORNER, width: side });
      const mean = found.reduce((sum, level) => sum + level, 0) / found.length;
      assert.ok(Math.abs(mean - deep / 257) < 1 / 28, `mean ${mean} of ${deep / 257}`);
      assert.ok(found.every((level) => Math.abs(level - deep / 257) < 1));
    }),
  );
});

test('the three channels are not rounded up at the same places', () => {
  const { side } = DITHER;
  const found = bytesOfDeep(new Uint16Array(3 * side * side).fill(128), true, { ...CORNER, width: side });
  const raised = [0, 0, 0, 0];
  for (let i = 0; i < found.length; i += 3) raised[(found[i] ?? 0) + (found[i + 1] ?? 0) + (found[i + 2] ?? 0)]! += 1;
  assert.ok(raised[3]! < (side * side) / 5, `${raised}`);
});

test('a rectangle has the pixels that the whole picture has there', () => {
  const [width, height] = [37, 29];
  const whole = Float32Array.from({ length: 3 * width * height }, (_, i) => ((i * 7919) % 10007) / 10007);
  const sides = (most: number) =>
    fc.tuple(fc.nat(most - 1), fc.nat(most - 1)).map((pair) => pair.sort((a, b) => a - b));
  for (const levels of [DITHERED, PLAIN, DEEP]) {
    const expected = quantise(whole, levels, { ...CORNER, width });
    fc.assert(
      fc.property(sides(width), sides(height), ([left, right], [top, bottom]) => {
        const rect = { x: left!, y: top!, width: right! - left! + 1 };
        const rows = Array.from({ length: bottom! - top! + 1 }, (_, row) => 3 * ((top! + row) * width + left!));
        const part = rows.flatMap((from) => [...whole.subarray(from, from + 3 * rect.width)]);
        const wanted = rows.flatMap((from) => [...expected.subarray(from, from + 3 * rect.width)]);
        assert.deepEqual([...quantise(Float32Array.from(part), levels, rect)], wanted);
      }),
    );
  }
});

test('places left of and above the picture continue the pattern', () => {
  const deep = new Uint16Array(3 * 8).fill(1000);
  assert.deepEqual(
    bytesOfDeep(deep, true, { x: -5, y: -3, width: 4 }),
    bytesOfDeep(deep, true, { x: DITHER.side - 5, y: DITHER.side - 3, width: 4 }),
  );
});
