import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { folder, fractal } from './processes.js';

async function leader(t: Parameters<typeof folder>[0], at: string, words: string[]): Promise<void> {
  const { code, stderr } = await fractal(t, ['leader', '--quiet', ...words], at);
  assert.equal(code, 0, stderr);
}

const STILL = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '2e4', '--iters', '900', '--rotate', '10'].concat([
  '--width',
  '120',
  '--height',
  '90',
  '--samples',
  '3',
  '--seed',
  '4',
  '--palette',
  '#013,#fd0,#fff',
]);

test('a picture is rendered again from itself: the same bytes, or larger', async (t) => {
  const at = folder(t);
  await leader(t, at, [...STILL, '--local', '1', '-o', 'a.png']);
  await leader(t, at, ['--location', 'a.png', '--local', '2', '-o', 'b.png']);
  assert.ok(readFileSync(join(at, 'b.png')).equals(readFileSync(join(at, 'a.png'))));
  await leader(t, at, ['--location', 'a.png', '--local', '1', '--width', '240', '--height', '180', '-o', 'c.png']);
  const { width, height } = await sharp(join(at, 'c.png')).metadata();
  assert.deepEqual([width, height], [240, 180]);
});

test('a film is rendered again from itself, and each frame of a pattern as a still', async (t) => {
  const at = folder(t);
  const film = [
    '--frames',
    '5',
    '--zoom',
    '1',
    '--zoom-end',
    '900',
    '--width',
    '64',
    '--height',
    '48',
    '--iters',
    '200',
  ];
  await leader(t, at, [...film, '--local', '1', '-o', 'a.mp4']);
  await leader(t, at, ['--location', 'a.mp4', '--local', '2', '-o', 'b.mp4']);
  assert.ok(readFileSync(join(at, 'b.mp4')).equals(readFileSync(join(at, 'a.mp4'))));
  await leader(t, at, [...film, '--local', '1', '-o', 'f-%d.png']);
  await leader(t, at, ['--location', 'f-3.png', '--local', '1', '-o', 'again.png']);
  assert.ok(readFileSync(join(at, 'again.png')).equals(readFileSync(join(at, 'f-3.png'))));
  await leader(t, at, ['--location', 'a.mp4', '--frames', '1', '--local', '1', '-o', 'first.png']);
  assert.ok(readFileSync(join(at, 'first.png')).equals(readFileSync(join(at, 'f-0.png'))));
});

test('WebP, TIFF and JPEG contain their parameters, too', async (t) => {
  const at = folder(t);
  await leader(t, at, [...STILL, '--local', '1', '-o', 'a.png']);
  let last = 'a.png';
  for (const name of ['b.webp', 'c.tiff', 'd.jpg', 'e.png']) {
    await leader(t, at, ['--location', last, '--local', '1', '-o', name]);
    last = name;
  }
  assert.ok(readFileSync(join(at, 'e.png')).equals(readFileSync(join(at, 'a.png'))));
  const bytes = readFileSync(join(at, 'b.webp'));
  writeFileSync(join(at, 'cut.webp'), bytes.subarray(0, bytes.length >> 1));
  await sharp(join(at, 'a.png')).toFile(join(at, 'bare.tiff'));
  for (const [name, line] of [
    ['cut.webp', /^error: LOCATION_FILE: cut\.webp: it is cut short after \d+ bytes.*\n$/],
    ['bare.tiff', /^error: LOCATION_FILE: bare\.tiff: it contains no parameters.*\n$/],
  ] as const) {
    const { code, stderr } = await fractal(t, ['leader', '--location', name], at);
    assert.equal(code, 2, stderr);
    assert.match(stderr, line);
  }
});

test('a location file of another program renders', async (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'x.kfr'), 'Re: -1.7548\r\nIm: 0.0123\r\nZoom: 1.2E2\r\nIterations: 300\r\n');
  await leader(t, at, ['--location', 'x.kfr', '--local', '1', '--width', '64', '--height', '48']);
  assert.deepEqual(readdirSync(at).sort(), ['fractal.png', 'x.kfr']);
});

test('a film or picture without parameters, or cut short: one line, exit code 2', async (t) => {
  const at = folder(t);
  await leader(t, at, ['--local', '1', '--width', '32', '--height', '24', '--iters', '50', '-o', 'a.png']);
  const bytes = readFileSync(join(at, 'a.png'));
  writeFileSync(join(at, 'cut.png'), bytes.subarray(0, bytes.length >> 1));
  await sharp(join(at, 'a.png')).toFile(join(at, 'bare.png'));
  writeFileSync(join(at, 'cut.mp4'), Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0', 'latin1'));
  for (const [name, line] of [
    ['cut.png', /cut\.png: it is cut short after \d+ bytes/],
    ['bare.png', /bare\.png: it contains no parameters/],
    ['cut.mp4', /cut\.mp4: it contains no parameters: it is cut short/],
    ['none.kfr', /none\.kfr: it cannot be read/],
  ] as const) {
    const { code, stderr } = await fractal(t, ['leader', '--location', name], at);
    assert.equal(code, 2, stderr);
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, 1, stderr);
    assert.match(stderr, /^error: LOCATION_FILE: /);
    assert.match(stderr, line);
  }
});
