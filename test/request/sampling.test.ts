/** How pixels are sampled without a flag, with --samples auto, and where that is not possible. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';

const of = (raw: RawRequest) => parseRequest(raw).sampling;
const one = { kind: 'grid', side: 1 };
const auto = { kind: 'adaptive', error: 16, seed: 0 };

test('stills have adaptive samples, and what is to be read or compared has one of each pixel', () => {
  assert.deepEqual(of({}), auto);
  assert.deepEqual(of({ seed: '4' }), { ...auto, seed: 4 });
  assert.deepEqual(of({ kernel: 'gpu' }), auto);
  assert.deepEqual(of({ outfile: 'x.jpg', 'color-mode': '3', slope: 'true' }), auto);
  for (const raw of [
    { samples: '1' },
    { smoothness: '1' },
    { smoothness: '3', 'full-size': 'true' },
    { outfile: 'x.npy' },
    { outfile: 'x.png\ny.exr' },
    { 'legacy-colors': 'true' },
  ])
    assert.deepEqual(of(raw), one, JSON.stringify(raw));
});

test('auto takes the standard error that is wanted, and pictures carry it', () => {
  assert.deepEqual(of({ samples: 'auto' }), auto);
  for (const [text, error] of [
    ['auto:8', 8],
    ['auto:2.5', 2.5],
    ['auto:1e1', 10],
  ] as const) {
    assert.deepEqual(of({ samples: text }), { ...auto, error });
    assert.equal(pictureFlags(parseRequest({ samples: text })).samples, `auto:${error}`);
  }
});

test('frames of films have one sample, unless they are computed one by one and auto is given', () => {
  const film = { frames: '9', 'zoom-end': '100' };
  assert.deepEqual(of(film), one);
  assert.deepEqual(of({ ...film, assembly: 'frames' }), one);
  assert.deepEqual(of({ ...film, samples: 'auto' }), one);
  assert.deepEqual(of({ ...film, samples: 'auto', assembly: 'keyframes' }), one);
  assert.deepEqual(of({ ...film, samples: 'auto', assembly: 'frames' }), auto);
});

test('auto with raw samples, or beside --smoothness, is refused', () => {
  for (const outfile of ['x.npy', 'x.exr', 'x.png\ny.npy'])
    assert.throws(() => of({ samples: 'auto', outfile }), {
      code: 'REQUEST_INVALID',
      message: /^--samples auto: "[xy]\.(npy|exr)" /,
    });
  assert.throws(() => of({ samples: 'auto', smoothness: '2' }), { code: 'REQUEST_INVALID', message: /give one/ });
  for (const samples of ['0', '2.5', 'Auto', 'auto:', 'auto:0.5', 'auto:65', 'auto:x', 'auto8'])
    assert.throws(() => of({ samples }), {
      code: 'REQUEST_INVALID',
      message: /--samples .* is not auto, auto:E with E from 1 to 64 levels, or a whole number/,
    });
});

test('adaptive samples are filtered, unless that is not wanted or not possible', () => {
  const filter = (raw: RawRequest) => parseRequest(raw).colours.filter;
  assert.equal(filter({}), true);
  assert.equal(filter({ samples: 'auto', 'legacy-colors': 'true' }), false);
  assert.equal(filter({ 'color-mode': 'distance' }), false);
  assert.equal(filter({ 'palette-filter': 'false' }), false);
  assert.equal(filter({ samples: '1' }), false);
});

test('pictures carry how they are sampled, whatever the default is where they are read', () => {
  const carried = (raw: RawRequest) => {
    const { samples, smoothness, seed } = pictureFlags(parseRequest(raw));
    return { samples, smoothness, seed };
  };
  const none = undefined;
  assert.deepEqual(carried({}), { samples: 'auto:16', smoothness: none, seed: '0' });
  assert.deepEqual(carried({ samples: '1' }), { samples: none, smoothness: '1', seed: none });
  assert.deepEqual(carried({ outfile: 'x.exr' }), { samples: none, smoothness: '1', seed: none });
  assert.deepEqual(carried({ frames: '9', 'zoom-end': '100' }), { samples: none, smoothness: '1', seed: none });
});
