/** Minibrots that viewers of the explorer look for, and places in files. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateFrom, locationOf, MOST_LOCATION_BYTES } from '../../src/app/explorer-places.js';
import { render } from '../../src/app/render.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf } from './orders.js';

const BOUNDED = { timeout: 60_000 };

test('the minibrot of a view, its period, and a view that shows it', BOUNDED, async () => {
  const place = await locateFrom({ scene: {}, re: '-1.75', im: '0.01', zoom: '20' }, never);
  assert.equal(place.period, 3);
  assert.match(place.re, /^-1\.7548776662/);
  assert.ok(Number(place.zoom) > 20 && Number(place.zoom) < 400, place.zoom);
  assert.ok(place.iters >= 300);
});

test('a Julia set has none, in one line; a signal ends the search', BOUNDED, async () => {
  const julia = { scene: { formula: 'julia' }, re: '0', im: '0', zoom: '1' };
  await assert.rejects(locateFrom(julia, never), { code: 'REQUEST_INVALID', message: /Julia set has no minibrots/ });
  const reason = new Error('left');
  const deep = { scene: {}, re: '-0.75', im: '0.1', zoom: '1e15' };
  await assert.rejects(locateFrom(deep, AbortSignal.abort(reason)), (error) => error === reason);
});

test('a .kfr, a .toml and a request become scene and place', BOUNDED, async () => {
  const kfr = 'Re: -1.25\r\nIm: 0.5\r\nZoom: 2e30\r\nIterations: 5000\r\n';
  const place = await locationOf('a.kfr', Buffer.from(kfr), never);
  assert.deepEqual([place.re, place.im], ['-1.25', '0.5']);
  assert.equal(Number(place.zoom), 2e30);
  assert.equal(place.scene.iters, '5000');
  const toml = 'program = "fraktaler-3"\nlocation.real = "-0.5"\nlocation.imag = "0.25"\nlocation.zoom = "8"\n';
  assert.equal(Number((await locationOf('a.f3.toml', Buffer.from(toml), never)).re), -0.5);
  const json = { xpos: -0.5, ypos: 0.25, zoom: '1e9', rotate: 12, palette: 'Fiesta', outfile: 'x.png', samples: 4 };
  const request = await locationOf('a.json', Buffer.from(JSON.stringify(json)), never);
  assert.deepEqual(request, {
    ...{ scene: { palette: 'Fiesta' }, re: '-0.5', im: '0.25', zoom: '1e9', rotation: 12 },
    notes: ['a.json: not used: outfile, samples'],
  });
});

for (const type of ['png', 'jpg', 'webp', 'tiff'])
  test(`a .${type} of this program shows its place again`, BOUNDED, async (t) => {
    const outfile = join(folder(t), `picture.${type}`);
    const raw = { xpos: '-0.743', ypos: '0.1318', zoom: '300', rotate: '20', palette: 'Hippi', iters: '600', outfile };
    const local = localWorkers(t, 1);
    await render(orderOf(raw), inProcess(local), { emit: () => undefined, signal: never });
    const place = await locationOf(`picture.${type}`, readFileSync(outfile), never);
    assert.deepEqual(
      [place.re, place.im, place.zoom, place.rotation, place.scene.palette, place.scene.iters],
      ['-0.743', '0.1318', '300', 20, 'Hippi', '600'],
    );
  });

for (const [what, name, bytes] of [
  ['an empty file', 'x.kfr', new Uint8Array()],
  ['noise', 'x.png', Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919) % 256)],
  ['a picture that is cut short', 'x.webp', readFileSync('docs/images/elephants.webp').subarray(0, 200)],
  ['a film', 'x.mp4', Buffer.from('\0\0\0\x20ftypisom')],
  ['a file that is too large', 'x.kfr', new Uint8Array(MOST_LOCATION_BYTES + 1)],
] as const)
  test(`${what} is refused in one line`, BOUNDED, async () => {
    await assert.rejects(locationOf(name, bytes, never), (error: Error & { code: string }) => {
      assert.equal(error.code, 'LOCATION_FILE');
      return !error.message.includes('\n') && error.message.startsWith(name);
    });
  });
