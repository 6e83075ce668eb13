import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Channel, exrFile, halfOf } from '../../src/render/exr.js';
import { type ExrOptions, exrOf } from '../../src/render/exr-frame.js';
import type { Frame } from '../../src/shard/frame.js';
import { COUNTS, channelsOf } from '../../src/view/channels.js';
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

function frameOf(numbers: number[], width: number, height: number, { perPixel = 1, channels = COUNTS } = {}): Frame {
  const values = Float64Array.from(numbers);
  return { index: 0, width, height, perPixel, answer: { kind: 'samples', values, channels } };
}

const view = {
  formula: { step: 'holomorphic', power: 2 },
  iterations: 2e6,
  bailout: 256,
  count: 'smooth',
} as const satisfies ExrOptions['view'];

async function readBack(frame: Frame, some: Partial<ExrOptions['view']> = {}, light = new Float32Array(99)) {
  const pixels = 3 * frame.width * frame.height;
  const options = { view: { ...view, ...some }, parameters: '{"a":1}' };
  return readExr(Buffer.concat(await exrOf(frame, light.subarray(0, pixels), options)));
}

test('N is the iteration of the escape, NF the fraction that makes it smooth, as Kalles Fraktaler and Fraktaler 3 have them', async () => {
  for (const power of [2, 3, 7]) {
    // |z_m|, from just beyond the bailout to what the iteration before it becomes at most.
    const sizes = [256.001, 300, 1000, 256 ** power * 0.999];
    const nus = sizes.map((size, m) => m + 7 - Math.log2(Math.log2(size)) / Math.log2(power));
    const formula = { step: 'tricorn', power } as const;
    const { channels, attributes } = await readBack(frameOf([...nus, Infinity, Infinity], 3, 2), { formula });
    assert.deepEqual([...channels.keys()], ['B', 'G', 'N', 'NF', 'R']);
    assert.deepEqual(attributes, { Iterations: 2e6, IterationsBias: 1024, fractal: '{"a":1}' });
    const [n, part] = [channels.get('N')!.values, channels.get('NF')!.values];
    assert.deepEqual(n, [1031, 1032, 1033, 1034, 0xffffffff, 0xffffffff]);
    for (const [i, size] of sizes.entries()) {
      const expected = 1 - Math.log(Math.log(size) / Math.log(256)) / Math.log(power);
      assert.ok(Math.abs(part[i]! - expected) < 1e-6, `${part[i]} is not ${expected}`);
    }
    assert.deepEqual(part.slice(4), [0, 0]);
  }
});

test('N + NF - IterationsBias differs from the smooth count by a constant; a whole count is N', async () => {
  const counts = [5.25, 5, -3.5, 0, 1e6 + 0.125, Infinity];
  const smooth = (await readBack(frameOf(counts, 3, 2), { bailout: 16 })).channels;
  const whole = (await readBack(frameOf([5, 0, 3, 1, 2, 4], 3, 2), { count: 'whole' })).channels;
  for (const [i, count] of counts.entries()) {
    if (count < Infinity) assert.equal(smooth.get('N')!.values[i]! + smooth.get('NF')!.values[i]! - 1024, count + 3);
    assert.ok(smooth.get('NF')!.values[i]! >= 0 && smooth.get('NF')!.values[i]! < 1);
  }
  assert.deepEqual(whole.get('N')!.values, [1029, 1024, 1027, 1025, 1026, 1028]);
  assert.deepEqual(whole.get('NF')!.values, [0, 0, 0, 0, 0, 0]);
});

test('counts of more than 32 bits stand in N0 and N1', async () => {
  const { channels, attributes } = await readBack(frameOf([2 ** 33 + 7.5, Infinity], 2, 1), {
    ...{ iterations: 2 ** 34, bailout: 2 },
  });
  assert.deepEqual([attributes.Iterations, attributes.IterationsBias], [String(2 ** 34), 1024]);
  assert.deepEqual(channels.get('N0')?.values, [8 + 1024, 0xffffffff]);
  assert.deepEqual(channels.get('N1')?.values, [2, 0xffffffff]);
});

test('a distance is a vector, a phase is T, with a footprint as without; several samples a pixel leave colours', async () => {
  const light = Float32Array.of(0, 0.25, 1, 1, 0.5, 0.125);
  for (const [name, extras, values] of [
    ['distances', {}, [9, 1.5, -2, 8, 0.25, 4]],
    ['and footprints', { footprint: true }, [9, 1.5, -2, 0.7, 8, 0.25, 4, 0.9]],
    ['and phases', { phase: true }, [9, 1.5, -2, 0.25, 8, 0.25, 4, 0.625]],
    ['and both', { footprint: true, phase: true }, [9, 1.5, -2, 0.7, 0.25, 8, 0.25, 4, 0.9, 0.625]],
  ] as const) {
    const frame = frameOf([...values], 2, 1, { channels: channelsOf({ distance: true, ...extras }) });
    const { channels } = await readBack(frame, {}, light);
    assert.deepEqual(channels.get('DEX')?.values, [1.5, 0.25], name);
    assert.deepEqual(channels.get('DEY')?.values, [-2, 4], name);
    assert.deepEqual(channels.get('T')?.values, 'phase' in extras ? [0.25, 0.625] : undefined, name);
    assert.deepEqual(channels.get('R')?.values, [0, 1]);
    assert.deepEqual(channels.get('G')?.values, [0.25, 0.5]);
    assert.deepEqual(channels.get('B')?.values, [1, 0.125]);
  }
  const several = await readBack(frameOf([9, 8, 7, 6], 2, 1, { perPixel: 2 }), {}, light);
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
    Buffer.concat(await exrOf(frameOf(values, width, height), light, { view, parameters: undefined })),
  );
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'gbrpf32le', '-'];
  const planes = execFileSync('ffmpeg', args, { maxBuffer: 1 << 24 });
  const found = new Float32Array(planes.buffer.slice(planes.byteOffset, planes.byteOffset + planes.length));
  for (const [plane, channel] of [1, 2, 0].entries())
    for (let i = 0; i < width * height; i++)
      assert.equal(found[plane * width * height + i], light[3 * i + channel], `pixel ${i}, plane ${plane}`);
});
