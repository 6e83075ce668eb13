/** The pictures of docs/gallery.md are those of its commands, and lead back to their places. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readWords } from '../bin/command-line.js';
import { COMMANDS } from '../bin/commands.js';
import { leaderOptions } from '../bin/options.js';
import { readTextureOf } from '../src/app/picture.js';
import { prepare } from '../src/app/prepare.js';
import { readLocation } from '../src/request/location/location.js';
import { pictureFlags } from '../src/request/metadata.js';
import { folder, fractal } from './e2e/processes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/gallery.md'), 'utf8');
const GALLERY = join(ROOT, 'docs/gallery');
const tool = (await import(new URL('../../tools/pictures.mjs', import.meta.url).href)) as {
  galleryOf(page: string): Map<string, string[]>;
};
const PICTURES = tool.galleryOf(PAGE);

process.chdir(ROOT);

/** The request of these flags of `fractal leader`, given in the root of the repository. */
async function requestOf(words: string[]) {
  return (await leaderOptions(readWords(words, 'fractal leader', COMMANDS.leader?.flags ?? {}))).request;
}

test('the gallery has sixteen pictures, each above its command, and no other file', () => {
  const shown = [...PAGE.matchAll(/^!\[.+\]\(gallery\/(\S+)\)\n\n```sh\nbin\/fractal leader .* -o (\S+)\n```$/gm)];
  assert.equal(shown.length, 16);
  for (const [, picture, outfile] of shown) assert.equal(picture, outfile);
  const names = [...PICTURES.keys()];
  assert.deepEqual(
    names,
    shown.map(([, picture]) => picture),
  );
  assert.deepEqual(names.toSorted(), readdirSync(GALLERY).sort());
});

test('the pictures together have less than 3 MB, and the npm package has none of them', () => {
  const sizes = [...PICTURES.keys()].map((name) => statSync(join(GALLERY, name)).size);
  assert.ok(sizes.reduce((sum, size) => sum + size) < 3e6);
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  assert.ok(files.every((path) => !path.startsWith('docs')));
});

test('every place of examples/places is shown', () => {
  const used = [...PICTURES.values()].flat().filter((word) => word.startsWith('examples/places/'));
  const there = readdirSync(join(ROOT, 'examples/places')).map((name) => `examples/places/${name}`);
  assert.deepEqual(used.sort(), there.sort());
});

test('every picture has the size and the parameters of its command: after a change run make gallery', async () => {
  for (const [name, words] of PICTURES) {
    const request = await requestOf(words);
    assert.equal(request.autoIterations, false, `${name}: the limit is in the command`);
    await readTextureOf(request);
    const { request: made } = await prepare(request, { emit: () => undefined, signal: new AbortController().signal });
    const { width, height } = await sharp(join(GALLERY, name)).metadata();
    assert.deepEqual([width, height], [made.width, made.height], name);
    assert.deepEqual((await readLocation(join(GALLERY, name))).flags, pictureFlags(made), name);
  }
});

test('tick-tock.webp, made again a fifth as wide, looks the same', { timeout: 600_000 }, async (t) => {
  const at = folder(t);
  const picture = join(GALLERY, 'tick-tock.webp');
  const size = ['--width', '192', '--height', '108'];
  const words = ['leader', '--local', '--location', picture, ...size, '-o', 'small.png', '--quiet'];
  const { code, stderr } = await fractal(t, words, at);
  assert.equal(code, 0, stderr);
  const [small, stored] = await Promise.all([
    sharp(join(at, 'small.png')).removeAlpha().raw().toBuffer(),
    sharp(picture).resize(192, 108, { kernel: 'linear' }).removeAlpha().raw().toBuffer(),
  ]);
  const sum = small.reduce((total, value, k) => total + Math.abs(value - (stored[k] ?? 0)), 0);
  // Not the same samples: 4 levels. A tenth of a cycle makes 36.
  assert.ok(sum / small.length < 10, `mean difference ${sum / small.length} of 255`);
});
