import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import sharp, { type Region } from 'sharp';
import { paletteNames } from '../../src/render/palette.js';
import { folder, fractal } from './processes.js';

const pixels = async (path: string, area?: Region) => {
  const image = sharp(path).removeAlpha();
  return (area ? image.extract(area) : image).raw().toBuffer();
};

test('palettes --preview shows a place in every palette, as leader renders it', async (t) => {
  const at = folder(t);
  writeFileSync(
    `${at}/place.json`,
    '{"xpos": "-0.75", "ypos": "0.1", "zoom": 20, "iters": 300, "width": 48, "height": 24, "palette": "Ice"}',
  );
  const sheet = await fractal(t, ['palettes', '--preview', 'place.json', '-o', 'sheet.png'], at);
  assert.deepEqual([sheet.code, sheet.stdout], [0, 'sheet.png\n'], sheet.stderr);
  const [width, height] = [240, 120];
  for (const name of ['Galaxy', 'Fire']) {
    const words = ['leader', '--local', '1', '--no-store', '--location', 'place.json', '--palette', name];
    const size = ['--width', `${width}`, '--height', `${height}`, '--samples', '4', '-o', `${name}.png`];
    const one = await fractal(t, [...words, ...size], at);
    assert.equal(one.code, 0, one.stderr);
    const left = 4 + paletteNames().indexOf(name) * (width + 4);
    assert.ok(
      (await pixels(`${at}/sheet.png`, { left, top: 4, width, height })).equals(await pixels(`${at}/${name}.png`)),
      name,
    );
  }
});

test('palettes --preview names what it cannot read or write', async (t) => {
  const at = folder(t);
  writeFileSync(`${at}/place.json`, '{"zoom": 2}');
  const missing = await fractal(t, ['palettes', '--preview', 'none.kfr'], at);
  assert.match(missing.stderr, /^error: LOCATION_FILE: none\.kfr: it cannot be read/m);
  const film = await fractal(t, ['palettes', '--preview', 'place.json', '-o', 'x.mp4'], at);
  assert.match(film.stderr, /^error: OUTFILE_FORMAT: .*one picture/m);
});
