/** Adaptive sampling: which pixels get more samples, and when they have enough. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLevel, toLinear } from '../../src/render/oklab.js';
import { differing, NEIGHBOURS, Refined, variances } from '../../src/render/rounds.js';
import { ROUNDS } from '../../src/view/view.js';

const ERROR = 16;
/** Of pixels among equal ones. */
const CALM = Float32Array.of(0, 0);

/** Grey pixels of these 8-bit levels. */
const grey = (...levels: number[]) => Float32Array.from(levels.flatMap((one) => Array(3).fill(toLinear(one / 255))));
const box = (width: number, height: number, x = 0, y = 0) => ({ x, y, width, height });

test('a pixel that differs from one of the eight around it is wanted, and that one, too', () => {
  for (const at of [0, 1, 2, 3, 5, 6, 7, 8]) {
    const levels = Array(9).fill(100);
    levels[at] += ERROR + 1;
    const wanted = differing(grey(...levels), box(3, 3), box(3, 3), ERROR);
    assert.equal(wanted[at], 1);
    assert.equal(wanted[4], 1);
    levels[at] -= 1;
    assert.ok(!differing(grey(...levels), box(3, 3), box(3, 3), ERROR).includes(1), 'not by exactly so much');
  }
});

test('which pixels of a rectangle are wanted, and the variance around them, is the same whatever it is cut from', () => {
  const light = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3 * 48, maxLength: 3 * 48 });
  const cut = fc.record({
    x: fc.nat(7),
    y: fc.nat(5),
    width: fc.integer({ min: 1, max: 8 }),
    height: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(light, cut, (levels, at) => {
      const all = Float32Array.from(levels, (level) => toLinear(level / 255));
      const [width, height] = [Math.min(at.width, 8 - at.x), Math.min(at.height, 6 - at.y)];
      const rect = { ...at, width, height };
      const whole = differing(all, box(8, 6), box(8, 6), ERROR);
      const spreads = variances(all, box(8, 6), box(8, 6), whole);
      // The pixels around it, as far as there are some.
      const [left, top] = [Math.max(0, at.x - 1), Math.max(0, at.y - 1)];
      const [right, bottom] = [Math.min(8, at.x + width + 1), Math.min(6, at.y + height + 1)];
      const around = box(right - left, bottom - top, left, top);
      const part = new Float32Array(3 * around.width * around.height);
      for (let y = 0; y < around.height; y++)
        part.set(all.subarray(3 * (8 * (top + y) + left), 3 * (8 * (top + y) + right)), 3 * y * around.width);
      const found = differing(part, around, rect, ERROR);
      const spread = variances(part, around, rect, found);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const [here, there] = [y * width + x, 8 * (at.y + y) + at.x + x];
          assert.deepEqual([found[here], spread[here]], [whole[there], spreads[there]]);
        }
    }),
    { numRuns: 200 },
  );
});

test('the mean is that of all samples, and one of equal samples needs no more than five', () => {
  const pixels = new Refined(grey(90, 90), Uint8Array.of(0, 1), CALM, ERROR);
  assert.deepEqual(pixels.next(), { from: 1, to: 5 });
  pixels.add(grey(90, 90, 90, 90));
  assert.equal(pixels.next(), undefined);
  assert.deepEqual(
    [...pixels.light].map((one) => toLevel(one)),
    Array(6).fill(90),
  );
});

test('a pixel of black and white samples gets all of them, and their mean', () => {
  const pixels = new Refined(grey(0), Uint8Array.of(1), CALM, 1);
  let [count, white] = [1, 0];
  for (let next = pixels.next(); next; next = pixels.next()) {
    const samples = Array.from({ length: next.to - next.from }, (_, s) => (s % 2 === 0 ? 255 : 0));
    pixels.add(grey(...samples));
    count += samples.length;
    white += samples.filter((level) => level > 0).length;
  }
  assert.equal(count, 65);
  for (const one of pixels.light) assert.ok(Math.abs(one - white / 65) < 1e-6);
});

test('samples that are alike do not end it where the pixels around differ', () => {
  const after = (light: Float32Array) => {
    const wanted = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
    const pixels = new Refined(light, wanted, variances(light, box(3, 3), box(3, 3), wanted), ERROR);
    pixels.add(grey(90, 90, 90, 90));
    return pixels.next();
  };
  assert.equal(after(grey(90, 90, 90, 90, 90, 90, 90, 90, 107)), undefined);
  assert.deepEqual(after(grey(0, 255, 0, 255, 90, 0, 255, 0, 255)), { from: 5, to: 9 });
});

test('a pixel has enough when the standard error of its mean is no more than stated', () => {
  const count = ROUNDS[1];
  const samples = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: count, maxLength: count });
  const error = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(samples, error, fc.integer({ min: 0, max: 4000 }), (levels, most, around) => {
      const pixels = new Refined(grey(levels[0] as number), Uint8Array.of(1), Float32Array.of(around), most);
      pixels.add(grey(...levels.slice(1)));
      const linear = levels.map((level) => toLinear(level / 255));
      const mean = linear.reduce((sum, one) => sum + one) / count;
      const variance = linear.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
      // The derivative of levels by light.
      const own = slopeOf(mean) ** 2 * variance;
      const standard = Math.sqrt(((count - 1) * own + NEIGHBOURS * around) / (count - 1 + NEIGHBOURS) / count);
      // Levels are taken as the square root of light there, a quarter off at most.
      if (pixels.next()) assert.ok(standard > most / 1.3, `${standard} levels`);
      else assert.ok(standard < 1.3 * most, `${standard} levels`);
    }),
    { numRuns: 1000 },
  );
});

/** Levels of 8-bit sRGB for a small change of linear light around this one. */
function slopeOf(linear: number): number {
  return 255 * (linear <= 0.0031308 ? 12.92 : (1.055 / 2.4) * linear ** (1 / 2.4 - 1));
}
