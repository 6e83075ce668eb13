import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { readComment } from '../../src/render/ffmpeg.js';
import { openOutput } from '../../src/render/output.js';
import { pictureTexts, withPngText } from '../../src/render/picture-text.js';
import { readStillText } from '../../src/render/stills.js';
import { COUNTS } from '../../src/view/channels.js';
import { chunk, png } from '../request/location/pictures.js';

const folder = () => mkdtempSync(join(tmpdir(), 'texts-'));

test('texts are added to a PNG, which keeps its pixels and gives them back', async () => {
  const plain = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#123' } })
    .png()
    .toBuffer();
  const before = await sharp(plain).raw().toBuffer();
  const one = Buffer.concat(withPngText(plain, { keyword: 'fractal', text: 'one' }));
  const both = Buffer.concat(withPngText(one, { keyword: 'Comment', text: 'two' }));
  const { texts, whole } = pictureTexts(both);
  assert.deepEqual(texts, [
    { keyword: 'fractal', text: 'one' },
    { keyword: 'Comment', text: 'two' },
  ]);
  assert.ok(whole && (await sharp(both).raw().toBuffer()).equals(before));
  const text = { keyword: 'fractal', text: 'one' };
  assert.throws(() => withPngText(Buffer.from('no picture at all'), text), /does not end/);
});

test('compressed and international texts are read, broken ones are ignored', () => {
  const z = (text: string) => deflateSync(Buffer.from(text));
  const bytes = png(
    chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), z('packed')])),
    chunk('iTXt', Buffer.from('b\0\0\0de\0titel\0grün')),
    chunk('iTXt', Buffer.concat([Buffer.from('c\0\x01\0\0\0'), z('grün')])),
    chunk('zTXt', Buffer.from('d\0\0not packed')),
    chunk('zTXt', Buffer.concat([Buffer.from('bomb\0\0'), deflateSync(Buffer.alloc(1 << 24))])),
    chunk('iTXt', Buffer.from('e\0\0\0')),
    chunk('tEXt', Buffer.from('no end of a keyword')),
  );
  assert.deepEqual(pictureTexts(bytes).texts, [
    { keyword: 'a', text: 'packed' },
    { keyword: 'b', text: 'grün' },
    { keyword: 'c', text: 'grün' },
  ]);
});

test('any bytes have some texts, or none', () => {
  const start = fc.constantFrom('', '\x89PNG\r\n\x1a\n', '\xff\xd8').map((text) => Buffer.from(text, 'latin1'));
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 100 }), (head, rest) => {
      pictureTexts(Buffer.concat([head, rest]));
    }),
  );
});

const TEXT = `{"a":"=;#\\\\ 'x' \\"","b":"-1.${'73'.repeat(5000)}"}`;

for (const name of ['x.mp4', 'x.mov', 'x.mkv', 'x.webm', 'x.gif', 'x.png', 'x.webp', 'x.tiff', 'x.jpg'])
  test(`${name} has the same bytes each time, and its parameters where it can hold them`, async () => {
    const paths = [join(folder(), name), join(folder(), name)];
    for (const outfile of paths) {
      const still = /png|webp|tiff|jpg/.test(name);
      const size = { width: 32, height: 18, frames: still ? 1 : 3, perPixel: 1, channels: COUNTS, fps: 25 };
      const output = await openOutput({ outfile, ...size });
      for (let index = 0; index < size.frames; index++) {
        const rgb = new Uint8Array(32 * 18 * 3).fill(40 * index);
        await output.write({ index, width: 32, height: 18, perPixel: 1, answer: { kind: 'pixels', rgb } }, () => TEXT);
      }
      await output.close();
    }
    const [one, other] = paths.map((path) => readFileSync(path));
    assert.ok(one && other && one.equals(other));
    if (/mp4|mov|mkv|webm/.test(name)) assert.equal(await readComment(paths[0] as string), TEXT);
    if (/webp|tiff|jpg/.test(name)) assert.equal(await readStillText(one), TEXT);
    if (/png/.test(name)) assert.deepEqual(pictureTexts(one).texts, [{ keyword: 'fractal', text: TEXT }]);
  });

test('a film without a comment, and a file that is no film, have none', async () => {
  const path = join(folder(), 'x.mp4');
  writeFileSync(path, 'no film');
  assert.equal(await readComment(path), undefined);
  assert.equal(await readComment('/no/such/film.mp4'), undefined);
});

test('parameters that are too long for a format are left out, with one warning', async () => {
  const long = `{"xpos":"-1.${'7'.repeat(125_000)}"}`;
  for (const [name, fits] of [
    ['x.jpg', false],
    ['x.mp4', false],
    ['x.png', true],
    ['x.webp', true],
    ['x.tiff', true],
  ] as const) {
    const outfile = join(folder(), name);
    const warnings: string[] = [];
    const size = { width: 32, height: 18, frames: name === 'x.mp4' ? 2 : 1, perPixel: 1, channels: COUNTS, fps: 25 };
    const output = await openOutput({ outfile, ...size, warn: (line) => warnings.push(line) });
    for (let index = 0; index < size.frames; index++) {
      const rgb = new Uint8Array(32 * 18 * 3);
      await output.write({ index, width: 32, height: 18, perPixel: 1, answer: { kind: 'pixels', rgb } }, () => long);
    }
    await output.close();
    assert.equal(warnings.length, fits ? 0 : 1);
    if (!fits) assert.match(warnings[0] as string, /x\.(jpg|mp4) will not contain its parameters.*125\d{3} characters/);
    const text = name === 'x.png' ? pictureTexts(readFileSync(outfile)).texts[0]?.text : undefined;
    if (fits) assert.equal(text ?? (await readStillText(readFileSync(outfile))), long);
  }
});

test('the longest parameters that a JPEG can hold are read back', async () => {
  const outfile = join(folder(), 'x.jpg');
  const text = `{"xpos":"${'7'.repeat(44_900)}"}`;
  const output = await openOutput({
    outfile,
    width: 8,
    height: 8,
    channels: COUNTS,
    frames: 1,
    perPixel: 1,
    fps: 25,
  });
  const rgb = new Uint8Array(8 * 8 * 3);
  await output.write({ index: 0, width: 8, height: 8, perPixel: 1, answer: { kind: 'pixels', rgb } }, () => text);
  await output.close();
  assert.equal(await readStillText(readFileSync(outfile)), text);
});
