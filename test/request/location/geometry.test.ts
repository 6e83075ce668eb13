/** Pixels of location files lie where the programs that wrote these have them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLocation } from '../../../src/request/location/location.js';
import { parseRequest, type RawRequest } from '../../../src/request/parse.js';
import { viewAt } from '../../../src/request/request.js';
import { points } from '../../../src/view/plane.js';
import { pngWith } from './pictures.js';

const [WIDTH, HEIGHT] = [8, 6];
const ZOOM = 3;
const STEP = 4 / (ZOOM * HEIGHT);

type Pair = readonly [x: number, y: number];
type Map = (at: Pair) => Pair;

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const turn =
  (degrees: number): Map =>
  ([x, y]) => {
    const [cos, sin] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
    return [cos * x - sin * y, sin * x + cos * y];
  };
const scale =
  (along: number, across: number): Map =>
  ([x, y]) => [along * x, across * y];
const mirror = scale(1, -1);
const chain =
  (...maps: Map[]): Map =>
  (at) =>
    maps.reduceRight((seen, map) => map(seen), at);
const stretch = (factor: number, degrees: number) => chain(turn(degrees), scale(factor, 1 / factor), turn(-degrees));

/** Where the pixels of our picture of a file lie, in rows from its top left as they are written. */
function ours(file: string, name: string): Pair[] {
  const { flags } = parseLocation(Buffer.from(file), name);
  const size = { width: String(WIDTH), height: String(HEIGHT), samples: '1' };
  const request = parseRequest({ ...flags, ...size } as RawRequest);
  const { re, im } = points(viewAt(request, 0), { x: 0, y: 0, width: WIDTH, height: HEIGHT });
  const row = (k: number) => (request.flip ? HEIGHT - 1 - Math.floor(k / WIDTH) : Math.floor(k / WIDTH));
  return Array.from(re, (_, k) => {
    const at = row(k) * WIDTH + (k % WIDTH);
    return [re[at] as number, im[at] as number];
  });
}

/** `map`: from places right of the centre and above it, in pixels. */
function assertShows(file: string, name: string, map: Map): void {
  for (const [k, [re, im]] of ours(file, name).entries()) {
    const at = [(k % WIDTH) + 0.5 - WIDTH / 2, HEIGHT / 2 - Math.floor(k / WIDTH) - 0.5] as const;
    const [x, y] = map(at);
    const off = Math.hypot(re - (0.25 + STEP * x), im - (-0.5 + STEP * y));
    assert.ok(off < 1e-12 * (1 + Math.hypot(x, y)), `${file}, pixel ${k}: ${re}, ${im}`);
  }
}

const angle = fc.double({ min: -360, max: 360, noNaN: true });
const amount = fc.double({ min: -3, max: 3, noNaN: true });
const PLACE = `Re: 0.25\nIm: -0.5\nZoom: ${ZOOM}\nIterations: 99\n`;

test("Kalles Fraktaler's RotateAngle, StretchAngle, StretchAmount and ImagPointsUp", () => {
  fc.assert(
    fc.property(angle, angle, amount, fc.boolean(), fc.constantFrom(0, 1), (rotate, direction, octaves, up, type) => {
      const keys = `RotateAngle: ${rotate}\nStretchAngle: ${direction}\nStretchAmount: ${octaves}\n`;
      const file = `${PLACE}${keys}ImagPointsUp: ${up ? 1 : 0}\nFractalType: ${type}\nPower: 2\nVersion: 1\n`;
      // Its rows count downwards, and its matrix is applied to these.
      const down = chain(up ? mirror : scale(1, 1), stretch(2 ** octaves, direction), turn(rotate));
      assertShows(file, 'x.kfr', chain(down, mirror));
    }),
  );
});

test('Rotate and Ratio of Kalles Fraktaler before 2.15', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -7, max: 7, noNaN: true }),
      fc.double({ min: 40, max: 3000, noNaN: true }),
      (g, ratio) => {
        const file = `${PLACE}Rotate: ${g}\nRatio: ${ratio}\nFractalType: 0\nPower: 2\nVersion: 1\n`;
        assertShows(file, 'x.kfr', chain(turn((-g * 180) / Math.PI), scale(360 / ratio, 1), mirror));
      },
    ),
  );
  // Versions that write RotateAngle do not read them.
  const both = `${PLACE}Rotate: 1\nRatio: 200\nRotateAngle: 30\nFractalType: 0\nVersion: 1\n`;
  assertShows(both, 'x.kfr', chain(turn(30), mirror));
});

test("Fraktaler-3's transform", () => {
  fc.assert(
    fc.property(angle, angle, amount, fc.boolean(), (rotate, direction, octaves, reflect) => {
      const place = `location.real = "0.25"\nlocation.imag = "-0.5"\nlocation.zoom = "${ZOOM}"\n`;
      const number = (value: number) => value.toFixed(16);
      const file = `program = "fraktaler-3"\n${place}transform.reflect = ${reflect}\ntransform.rotate = ${number(rotate)}
transform.stretch_angle = ${number(direction)}\ntransform.stretch_amount = ${number(100 * octaves)}\n`;
      const sign = reflect ? -1 : 1;
      assertShows(file, 'x.f3.toml', chain(turn(sign * rotate), stretch(2 ** octaves, direction), scale(1, sign)));
    }),
  );
});

test('the cubic Mandelbar is stretched in the plane of the tricorn as in its own', () => {
  const keys = 'RotateAngle: 20\nStretchAngle: 50\nStretchAmount: 0.75\nFractalType: 4\n';
  const file = (power: number) => `${PLACE}${keys}Power: ${power}\nVersion: 1\n`;
  const [cubic, square] = [ours(file(3), 'x.kfr'), ours(file(2), 'x.kfr')];
  for (const [k, at] of square.entries()) {
    const [x, y] = turn(45)(at);
    const [re, im] = cubic[k] as Pair;
    assert.ok(Math.hypot(re - x, im - y) < 1e-12, `pixel ${k}`);
  }
});

test('older pictures of the Burning Ship, which do not say so, have their imaginary axis up', () => {
  const flipOf = (bytes: Buffer, name: string) => parseLocation(bytes, name).flags.flip;
  const text = '{"formula": "burning-ship", "zoom": "4"}';
  assert.equal(flipOf(pngWith('fractal', text), 'x.png'), 'false');
  assert.equal(flipOf(pngWith('fractal', '{"formula": "burning-ship", "flip": "true"}'), 'x.png'), 'true');
  assert.equal(flipOf(Buffer.from(text), 'x.json'), undefined);
  const parse = (raw: RawRequest) => parseRequest(raw).flip;
  assert.equal(parse({ formula: 'burning-ship' }), true);
  assert.equal(parse({ formula: 'burning-ship', 'julia-re': '-1' }), true);
  assert.equal(parse({ formula: 'burning-ship', flip: 'false' }), false);
  for (const formula of ['mandelbrot', 'multibrot', 'julia', 'tricorn'] as const)
    assert.equal(parse({ formula }), false);
});
