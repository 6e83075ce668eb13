import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Channel, exrFile, halfOf } from '../../src/render/exr.js';
import { exrOf } from '../../src/render/exr-frame.js';
import type { Frame } from '../../src/shard/frame.js';
import { ofHalf, readExr } from './exr-reader.js';

test('every 16-bit float is itself again', () => {
  for (let bits = 0; bits < 1 << 16; bits++) {
    const value = ofHalf(bits);
    if (!Number.isNaN(value)) assert.equal(halfOf(value), bits);
  }
  assert.ok(Number.isNaN(ofHalf(halfOf(Number.NaN))));
});

test('a number becomes the nearest 16-bit float', () => {
  fc.assert(
    fc.property(fc.float({ min: 0, max: 65503, noNaN: true }), (value) => {
      const bits = halfOf(value);
      const off = Math.abs(ofHalf(bits) - value);
      for (const other of [bits - 1, bits + 1])
        if (other >= 0) assert.ok(off <= Math.abs(ofHalf(other) - value), `${value}`);
    }),
    { numRuns: 2_000 },
  );
});

test('a file holds its channels and attributes exactly', async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async ([width, height], seed) => {
      const count = width * height;
      const number = (i: number) => (Math.imul(i + seed, 2654435761) >>> 0) % 70_001;
      const channels: Channel[] = [
        { name: 'Z', type: 'float', values: Float32Array.from({ length: count }, (_, i) => number(i) / 7) },
        { name: 'N', type: 'uint', values: Uint32Array.from({ length: count }, (_, i) => number(i) * 61_000) },
        { name: 'A', type: 'half', values: Float32Array.from({ length: count }, (_, i) => (number(i) % 2048) / 2048) },
      ];
      const file = Buffer.concat(await exrFile({ width, height }, channels, { Iterations: -7, text: 'a "b"' }));
      const found = readExr(file);
      assert.deepEqual([found.width, found.height], [width, height]);
      assert.deepEqual([...found.channels.keys()], ['A', 'N', 'Z']);
      for (const { name, values } of channels) assert.deepEqual(found.channels.get(name)?.values, [...values]);
      assert.deepEqual(found.attributes, { Iterations: -7, text: 'a "b"' });
    }),
    { numRuns: 40 },
  );
});

function frameOf(values: number[], width: number, height: number, perPixel = 1): Frame {
  return { index: 0, width, height, perPixel, answer: { kind: 'samples', values: Float64Array.from(values) } };
}

test('the smooth count is N + (1 - NF) - IterationsBias, the interior 0xffffffff', async () => {
  const counts = [5.25, 5, -3.5, 0, 1e6 + 0.125, Infinity];
  const file = await exrOf(frameOf(counts, 3, 2), new Float32Array(18), { iterations: 2e6, parameters: '{"a":1}' });
  const { channels, attributes } = readExr(Buffer.concat(file));
  assert.deepEqual([...channels.keys()], ['B', 'G', 'N', 'NF', 'R']);
  assert.deepEqual(attributes, { Iterations: 2e6, IterationsBias: 1024, fractal: '{"a":1}' });
  const [n, part] = [channels.get('N')!.values, channels.get('NF')!.values];
  for (const [i, count] of counts.entries()) {
    if (count === Infinity) assert.equal(n[i], 0xffffffff);
    else assert.equal(n[i]! + (1 - part[i]!) - 1024, count);
    assert.ok(part[i]! >= 0 && part[i]! < 1);
  }
});

test('counts of more than 32 bits stand in N0 and N1', async () => {
  const file = await exrOf(frameOf([2 ** 33 + 7.5, Infinity], 2, 1), new Float32Array(6), {
    iterations: 2 ** 34,
    parameters: undefined,
  });
  const { channels, attributes } = readExr(Buffer.concat(file));
  assert.deepEqual(attributes, { Iterations: String(2 ** 34), IterationsBias: 1024 });
  assert.deepEqual(channels.get('N0')?.values, [7 + 1024, 0xffffffff]);
  assert.deepEqual(channels.get('N1')?.values, [2, 0xffffffff]);
});

test('a distance is a vector; several samples a pixel leave colours only', async () => {
  const light = Float32Array.of(0, 0.25, 1, 1, 0.5, 0.125);
  const how = { iterations: 100, parameters: undefined };
  const one = readExr(Buffer.concat(await exrOf(frameOf([9, 1.5, -2, 8, 0.25, 4], 2, 1), light, how)));
  assert.deepEqual(one.channels.get('DEX')?.values, [1.5, 0.25]);
  assert.deepEqual(one.channels.get('DEY')?.values, [-2, 4]);
  assert.deepEqual(one.channels.get('R')?.values, [0, 1]);
  assert.deepEqual(one.channels.get('G')?.values, [0.25, 0.5]);
  assert.deepEqual(one.channels.get('B')?.values, [1, 0.125]);
  const several = readExr(Buffer.concat(await exrOf(frameOf([9, 8, 7, 6], 2, 1, 2), light, how)));
  assert.deepEqual([...several.channels.keys()], ['B', 'G', 'R']);
});

const decoders = spawnSync('ffmpeg', ['-hide_banner', '-decoders'], { encoding: 'utf8' }).stdout ?? '';

test('another reader, ffmpeg, decodes the colours', {
  skip: !/ exr /.test(decoders) && 'no ffmpeg that reads EXR',
}, async () => {
  const [width, height] = [37, 21];
  const light = Float32Array.from({ length: 3 * width * height }, (_, i) => (i % 256) / 256);
  const values = Array.from({ length: width * height }, (_, i) => i / 3);
  const path = join(mkdtempSync(join(tmpdir(), 'exr-')), 'x.exr');
  writeFileSync(
    path,
    Buffer.concat(await exrOf(frameOf(values, width, height), light, { iterations: 999, parameters: undefined })),
  );
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'gbrpf32le', '-'];
  const planes = execFileSync('ffmpeg', args, { maxBuffer: 1 << 24 });
  const found = new Float32Array(planes.buffer.slice(planes.byteOffset, planes.byteOffset + planes.length));
  for (const [plane, channel] of [1, 2, 0].entries())
    for (let i = 0; i < width * height; i++)
      assert.equal(found[plane * width * height + i], light[3 * i + channel], `pixel ${i}, plane ${plane}`);
});
