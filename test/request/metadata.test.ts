import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { findPalette } from '../../src/render/palette.js';
import { parseRequestFile } from '../../src/request/file.js';
import { parametersOf, pictureFlags, SHAPING_FLAGS } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { type Request, viewAt } from '../../src/request/request.js';
import { flagsOfSources } from '../../src/request/sources.js';
import type { RawFlags } from '../../src/request/values.js';

/** What shapes the pictures of a request. */
function shape({ outfile, outfiles, encoding, shape: _, blockSize, kernel, autoIterations, ...rest }: Request): object {
  return rest;
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 120 });
const decimal = fc.tuple(fc.constantFrom('', '-'), digits).map(([sign, tail]) => `${sign}0.${tail}`);
const zoom = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: -3, max: 2000 }))
  .map(([m, e]) => `${m}e${e}`);
const text = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.map(String);
const number = (min: number, max: number) => text(fc.double({ min, max, noNaN: true }));
const whole = (min: number, max: number) => text(fc.integer({ min, max }));

const raw: fc.Arbitrary<RawRequest> = fc
  .record(
    {
      xpos: decimal,
      ypos: decimal,
      zoom,
      rotate: number(-360, 360),
      stretch: number(0.001, 1000),
      'stretch-angle': number(-360, 360),
      skew: number(-80, 80),
      flip: fc.constantFrom('true', 'false'),
      width: whole(1, 1500),
      height: whole(1, 1500),
      iters: fc.oneof(fc.constant('auto'), whole(1, 1e9)),
      formula: fc.constantFrom('multibrot', 'julia', 'burning-ship', 'tricorn'),
      power: whole(2, 8),
      'julia-re': decimal,
      'julia-im': decimal,
      bailout: number(2, 1e10),
      quality: fc.oneof(
        fc.record({ samples: whole(1, 64), seed: whole(0, 1e9) }),
        fc.record({ smoothness: whole(1, 8), 'full-size': fc.constantFrom('true', 'false') }),
      ),
      palette: fc.constantFrom('galaxy', 'Plan9', '#012,#fa0', '[[0,"#000"],[0.25,"#fff"]]'),
      step: whole(1, 10_000),
      density: number(0, 1e6),
      offset: number(-1e6, 1e6),
      interior: fc.constantFrom('#fff', '102030'),
      interpolation: fc.constantFrom('oklab', 'linear', 'cosine'),
      'legacy-colors': fc.constantFrom('true', 'false'),
      light: fc.record({ slope: number(0.01, 1), 'slope-angle': number(-360, 360) }),
      'color-mode': fc.constantFrom('palette', 'distance'),
    },
    { requiredKeys: ['formula'] },
  )
  .map(({ quality, light, ...rest }) => ({ ...rest, ...quality, ...light }));

const film = fc.record({
  frames: whole(2, 500),
  fps: number(0.1, 240),
  ease: number(0, 1),
  assembly: fc.constantFrom('auto', 'frames', 'keyframes'),
  'any-rotation': fc.constantFrom('true', 'false'),
  'zoom-end': zoom,
  'xpos-end': decimal,
});

test('the flags of a request are that request again, through JSON too', () => {
  fc.assert(
    fc.property(raw, fc.option(film, { nil: {} }), (still, way) => {
      const request = parseRequest({ ...still, ...way, outfile: 'elsewhere.tiff', kernel: 'simd' });
      const flags = pictureFlags(request);
      assert.deepEqual(shape(parseRequest(flags)), shape(request));
      assert.deepEqual(parseRequestFile(parametersOf(request), 'x'), flags);
      assert.deepEqual(
        Object.keys(flags).filter((name) => !SHAPING_FLAGS.has(name)),
        [],
      );
    }),
    { numRuns: 500 },
  );
});

test("the flags of a frame are a still of that frame's view", () => {
  const request = parseRequest({ frames: '9', 'zoom-end': '1e30', 'xpos-end': '-0.5', ease: '0.5' });
  for (const frame of [0, 4, 8]) {
    const still = parseRequest(pictureFlags(request, frame));
    assert.deepEqual(viewAt(still, 0), viewAt(request, frame));
    assert.equal(still.film.frames, 1);
  }
});

test('a colour formula is written without the palette that it does not use', () => {
  const request = parseRequest({ 'color-mode': '4', palette: 'no such palette' });
  assert.equal(pictureFlags(request).palette, undefined);
  assert.equal(parseRequest(pictureFlags(request)).colours.mode, 4);
});

test('parameters name what shapes the picture, in one order, in ASCII, without files', async () => {
  const at = mkdtempSync(join(tmpdir(), 'palette-'));
  const path = join(at, 'wärme.json');
  writeFileSync(path, '[[0, "#001"], [0.7, "#fc0"]]');
  const written = async (given: RawFlags) => parametersOf(parseRequest((await flagsOfSources(given)).flags));
  const one = await written({ palette: path, xpos: '1', zoom: '2', shard: 'row', 'block-size': '7' });
  const other = await written({ zoom: '2', outfile: 'x.png', xpos: '1', palette: path });
  assert.equal(one, other);
  assert.match(one, /^[\x20-\x7e]+$/);
  assert.doesNotMatch(one, /w.rme|outfile|shard/);
  const { palette } = JSON.parse(one) as { palette: string };
  assert.deepEqual(findPalette(palette).stops, findPalette('[[0, "#001"], [0.7, "#fc0"]]').stops);
});
