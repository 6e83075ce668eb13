/** Colours that are found: the same numbers by any way of rendering, carried by pictures, and films without flicker. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepare } from '../../src/app/prepare.js';
import { recolor } from '../../src/app/recolor.js';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { flagsOfSources } from '../../src/request/sources.js';
import { folder } from '../e2e/processes.js';
import { never, orderOf } from './orders.js';
import { pixelsIn, pixelsOf } from './pictures.js';

const BOUNDED = { timeout: 240_000 };
const context = { emit: () => undefined, signal: never };
const SEAHORSE = { xpos: '-0.7436438870371587', ypos: '0.13182590420531197' };
const SMALL = { width: '64', height: '36' };

const foundOf = async (raw: RawRequest) => (await prepare(parseRequest(raw), context)).request;

const hashOf = (pixels: readonly Uint8Array[]) =>
  pixels.map((one) => createHash('sha256').update(one).digest('hex')).join();

const FILM: RawRequest = { ...SEAHORSE, zoom: '2', 'zoom-end': '3e3', frames: '12', fps: '4', iters: '600' };

for (const [name, raw] of Object.entries<RawRequest>({
  'a still': { ...SEAHORSE, zoom: '1e3', iters: '900' },
  'an equalized still': { ...SEAHORSE, zoom: '1e3', iters: '900', equalize: 'true' },
  'a film': FILM,
  'an equalized film': { ...FILM, equalize: 'true' },
}))
  test(
    `${name}: the same bytes by any shards and workers, from the store, and of its own parameters`,
    BOUNDED,
    async (t) => {
      const store = folder(t);
      const first = hashOf(await pixelsOf(t, raw, 1, store));
      assert.equal(hashOf(await pixelsOf(t, { ...raw, shard: 'row', 'block-size': '5' }, 3)), first, 'other shards');
      const at = folder(t);
      await recolor(orderOf({ ...raw, outfile: join(at, raw.frames ? '%03d.png' : 'still.png') }, store), context);
      assert.equal(hashOf(await pixelsIn(at)), first, 'recolor');
      const carried = pictureFlags(await foundOf({ ...SMALL, ...raw }));
      assert.equal(carried.colors, 'found');
      assert.equal(hashOf(await pixelsOf(t, carried)), first, 'its parameters');
      assert.deepEqual((await foundOf(carried)).colours, parseRequest(carried).colours, 'nothing is found again');
    },
  );

test('a picture of another size has nearly the same colours', BOUNDED, async () => {
  const at = async (width: number) => {
    const size = { width: `${width}`, height: `${(9 * width) / 16}` };
    return (await foundOf({ ...SEAHORSE, zoom: '1e3', ...size })).colours.density;
  };
  const [large, small] = [await at(1920), await at(480)];
  assert.ok(Math.abs(small / large - 1) < 0.08, `${small} against ${large}`);
});

test('auto is the default unless density or offset is given, for any frame', () => {
  const mappingOf = (raw: RawRequest) => parseRequest(raw).colours.mapping;
  assert.equal(mappingOf({}), 'auto');
  assert.equal(mappingOf({ ...FILM }), 'auto');
  for (const raw of [
    { density: '1' },
    { offset: '0' },
    { ...FILM, 'offset-end': '1' },
    { path: '{"keyframes":[{"time":"0"},{"time":"9","zoom":"5","density":"2"}]}' },
    { colors: 'fixed' },
    { 'color-mode': 'distance' },
    { 'color-mode': '4' },
    { 'legacy-colors': 'true' },
    { 'color-curve': '2:0 5:1' },
  ])
    assert.equal(mappingOf(raw), undefined, JSON.stringify(raw));
  assert.equal(mappingOf({ colors: 'auto', density: '2' }), 'auto');
  assert.equal(mappingOf({ ...FILM, colors: 'auto', 'offset-end': '1' }), 'auto');
});

test('what the user asks for beside auto applies to what is found', BOUNDED, async () => {
  const raw = { ...SMALL, ...SEAHORSE, zoom: '1e3', iters: '900', colors: 'auto' };
  const once = (await foundOf(raw)).colours;
  const twice = (await foundOf({ ...raw, density: '2' })).colours;
  assert.ok(Math.abs(twice.density / once.density - 2) < 1e-3);
  const moved = (await foundOf({ ...raw, offset: '0.25' })).colours;
  assert.deepEqual(moved, { ...once, offset: once.offset + 0.25 });
});

test('flags that contradict one another are refused', () => {
  for (const raw of [
    { colors: 'fixed', equalize: 'true' },
    { 'color-curve': '2:0 5:1', equalize: 'true' },
    { 'color-curve': '2:0 5:1', colors: 'auto' },
    { 'color-curve': '2:0 5:1', 'color-mode': '3' },
    { equalize: 'true', 'color-mode': 'distance' },
    { 'color-curve': '5:0 2:1' },
  ])
    assert.throws(() => parseRequest(raw), { name: 'FractalError', code: 'REQUEST_INVALID' }, JSON.stringify(raw));
});

test('views in which nothing escapes, or all alike, have fixed colours', BOUNDED, async () => {
  for (const place of [
    { xpos: '0', ypos: '0', zoom: '100' },
    { xpos: '3', ypos: '3', zoom: '1e12' },
  ]) {
    const { colours } = await foundOf({ ...SMALL, ...place, iters: '100' });
    assert.deepEqual([colours.density, colours.offset, colours.curve], [1, 0, undefined]);
  }
});

test('colours of a picture that gives its place are found again for another view', async (t) => {
  const file = join(folder(t), 'place.json');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(file, JSON.stringify({ ...SEAHORSE, zoom: '1e3', colors: 'found', density: '0.4', offset: '0.1' }));
  const coloursOf = async (more: RawRequest) =>
    parseRequest((await flagsOfSources({ location: file, ...more })).flags).colours;
  const kept = await coloursOf({ width: '300', palette: 'Fiesta' });
  assert.deepEqual([kept.mapping, kept.density, kept.offset], ['found', 0.4, 0.1]);
  for (const more of [{ zoom: '1e5' }, { 'zoom-end': '1e9', frames: '9' }, { colors: 'auto' }] as RawRequest[]) {
    const { mapping, density, offset } = await coloursOf(more);
    assert.deepEqual([mapping, density, offset], ['auto', 1, 0], JSON.stringify(more));
  }
  assert.equal((await coloursOf({ equalize: 'true' })).mapping, 'equalize');
  assert.equal((await coloursOf({ colors: 'fixed' })).mapping, undefined);
});
