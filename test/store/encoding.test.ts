/** The encoding of records: nothing is lost, and no more bytes are made than are asked for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { decoded, encoded } from '../../src/store/encoding.js';

/** Bytes of a rectangle: noise, equal ones, or a slope along both sides. */
const pieces = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    bytesPerPixel: fc.constantFrom(1, 3, 8, 24, 96),
    noise: fc.nat(255),
    slope: fc.nat(255),
    seed: fc.integer(),
  })
  .map(({ width, height, bytesPerPixel, noise, slope, seed }) => {
    let state = seed;
    const bytes = Uint8Array.from({ length: width * height * bytesPerPixel }, (_, at) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const pixel = Math.floor(at / bytesPerPixel);
      return ((state >>> 24) & noise) + slope * ((pixel % width) + Math.floor(pixel / width));
    });
    return { bytes, extent: { width, height } };
  });

test('what was encoded is decoded to the byte, is never longer, and was not changed', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async ({ bytes, extent }) => {
      const before = Uint8Array.from(bytes);
      const stored = await encoded(bytes, extent);
      assert.deepEqual(bytes, before);
      assert.ok(stored.length <= bytes.length);
      assert.ok(stored.length < bytes.length || stored === bytes);
      const copy = Buffer.from(stored);
      assert.deepEqual(await decoded(stored, bytes.length, extent), before);
      assert.ok(copy.equals(stored));
    }),
    { seed: 1 },
  );
});

/** Smooth counts with distances, as of a view without detail. */
function samples(width: number, height: number): Uint8Array {
  const values = Float64Array.from({ length: 3 * width * height }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    return 100 + channel + (pixel % width) / 64 + (Math.floor(pixel / width) / 128) ** 2;
  });
  return new Uint8Array(values.buffer);
}

test('while large pieces are encoded and decoded the event loop runs at least once for every MiB', async () => {
  const extent = { width: 512, height: 512 };
  const bytes = samples(512, 512);
  let turns = 0;
  const count = () => {
    turns++;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const stored = await encoded(bytes, extent);
  assert.ok(turns >= bytes.length >> 20, `${turns}`);
  turns = 0;
  await decoded(stored, bytes.length, extent);
  clearImmediate(counting);
  assert.ok(turns >= bytes.length >> 20, `${turns}`);
});

test('smooth samples take less than half of their bytes, equal ones next to nothing, noise as many', async () => {
  const extent = { width: 128, height: 64 };
  const smooth = samples(128, 64);
  assert.ok((await encoded(smooth, extent)).length < smooth.length / 2);
  const inside = new Uint8Array(new Float64Array(128 * 64).fill(Infinity).buffer);
  assert.ok((await encoded(inside, extent)).length < inside.length / 100);
  const noise = crypto.getRandomValues(new Uint8Array(128 * 64 * 3));
  assert.equal(await encoded(noise, extent), noise);
});

test('bytes that are no encoding, or of more bytes than expected, or of fewer, are not decoded', async () => {
  const extent = { width: 16, height: 16 };
  const length = 16 * 16 * 3;
  assert.equal(await decoded(Uint8Array.of(1, 2, 3), length, extent), undefined);
  assert.equal(await decoded(deflateRawSync(new Uint8Array(1 << 24)), length, extent), undefined, 'a bomb');
  assert.equal(await decoded(deflateRawSync(new Uint8Array(length - 1)), length, extent), undefined);
  assert.equal(await decoded(deflateRawSync(new Uint8Array(length)), length, { width: 5, height: 5 }), undefined);
  assert.deepEqual(await decoded(deflateRawSync(new Uint8Array(length)), length, extent), new Uint8Array(length));
});
