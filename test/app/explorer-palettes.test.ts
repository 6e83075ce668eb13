/** Tables of colours for the explorer, compared with the paint of the command line. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explorerPalettes } from '../../src/app/explorer-palettes.js';
import { prepare } from '../../src/render/colours.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';

const palettes = explorerPalettes();

function numbersOf(linear: string): Float32Array {
  const bytes = Buffer.from(linear, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

test('a table has the numbers with which a picture of these flags is painted, bit by bit', () => {
  const one = <T>(...values: T[]) => fc.constantFrom(...values);
  const flags = fc.record(
    {
      palette: one('Galaxy', 'hippi', '#001,#fa0,#fff', '[[0,"#000"],[0.25,"#f80"]]'),
      step: one('1', '7', '600'),
      interpolation: one('oklab', 'linear', 'cosine'),
      'color-mode': one('palette', 'distance', '0', '4', '8'),
      interior: one('#102030', 'period', 'distance'),
      slope: one('0.3', '1'),
      shade: one('distance', 'distance:#402000'),
      density: one('0.25', '3'),
      offset: one('-0.5', '0.125'),
      'legacy-colors': one('true', 'false'),
      iters: one('auto', '500'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(flags, (given) => {
      const { linear, cycles, ...answer } = palettes.table(given);
      const paint = prepare(parseRequest(given as RawRequest).colours);
      assert.deepEqual(numbersOf(linear), paint.linear);
      assert.equal(cycles, 1);
      const { kind, size, hard, lights, shade, interior, density, offset } = paint;
      assert.deepEqual(answer, {
        ...{ kind, size, hard, lights, density, offset },
        ...(shade ? { shade } : {}),
        ...(interior ? { interior } : {}),
      });
    }),
  );
});

test('densities of a table with a wave are in cycles of the palette, and the table says how many it has', () => {
  const { cycles, density, offset, size } = palettes.table({ wave: '2.5', density: '3', offset: '0.5', step: '100' });
  const paint = prepare(parseRequest({ wave: '2.5', density: '3', offset: '0.5', step: '100' }).colours);
  assert.deepEqual([cycles, density, offset, size], [2, 3, 0.5, 200]);
  assert.deepEqual([paint.density, paint.offset], [density / cycles, offset / cycles]);
});

test('knots of a curve and patterns are sent as the flags have them', () => {
  const { curve, patterns } = palettes.table({ 'color-curve': '2:0 5:1.5', stripes: '4:0.5' });
  assert.deepEqual(curve, [
    [2, 0],
    [5, 1.5],
  ]);
  assert.deepEqual(patterns, { stripes: { count: 4, strength: 0.5 } });
});

test('a table that is too long, or that reads files, is refused in one line before it is made', () => {
  for (const [flags, line] of [
    [{ step: '1000000' }, /^REQUEST_INVALID: --step 1000000 makes a table of 1000000 colours, and 131072 are sent/],
    [{ 'color-mode': 'distance', palette: '[[0,"#000"],[1e-9,"#fff"]]' }, /^REQUEST_INVALID: --step 6000 makes/],
    [{ palette: '/etc/passwd.json' }, /^REQUEST_INVALID: --palette .* is a file/],
    [{ palette: 'Galxy' }, /^PALETTE_UNKNOWN: .*did you mean Galaxy/],
    [{ texture: 'a.png' }, /^REQUEST_INVALID: --texture is not drawn/],
    [{ outfile: 'x.png' }, /^REQUEST_INVALID: "outfile" is no flag/],
    [{ hostfile: 'x' }, /^REQUEST_INVALID: "hostfile" is no flag/],
    [{ density: 'none' }, /^REQUEST_INVALID: --density "none" is not/],
  ] as const)
    assert.throws(
      () => palettes.table(flags),
      (error) => {
        assert.match(String(error), line);
        return !String(error).includes('\n');
      },
    );
});

test('the list has all palettes, and the flags of each give its swatch', () => {
  const list = palettes.list();
  assert.equal(new Set(list.map(({ name }) => name)).size, list.length);
  for (const { flags, swatch } of list) {
    const { linear, size } = palettes.table({ step: '64', ...flags });
    assert.equal(swatch.length, 64);
    const first = numbersOf(linear).subarray(0, 3);
    const srgb = (x: number) => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);
    const levels = [1, 3, 5].map((at) => Number.parseInt((swatch[0] as string).slice(at, at + 2), 16));
    for (const [k, level] of levels.entries()) assert.ok(Math.abs(255 * srgb(first[k] as number) - level) <= 0.51);
    assert.ok(size >= 64);
  }
});

test('a palette of a file becomes flags that give its colours without the file', async () => {
  const map = Buffer.from('0 0 0\n255 128 0\n255 255 255\n');
  const { flags, notes } = await palettes.imported('fire.map', map);
  assert.deepEqual(notes, []);
  assert.ok(palettes.table(flags).size > 0);
  await assert.rejects(palettes.imported('fire.exe', map), /is no file of a palette/);
  await assert.rejects(palettes.imported('/etc/hostname.json', Buffer.from('x')), /PALETTE_INVALID|cannot be read/);
  await assert.rejects(palettes.imported('a.png', Buffer.from('no picture')), /a\.png: the picture cannot be read/);
});
