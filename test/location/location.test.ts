import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLAG_NAMES } from '../../bin/flags.js';
import { FractalError } from '../../src/errors.js';
import { parseLocation } from '../../src/location/location.js';
import { parseRequest } from '../../src/request.js';
import type { RawFlags } from '../../src/request-file.js';
import { jpegWith, pngWith } from './pictures.js';

const read = (text: string | Uint8Array, name: string) => parseLocation(Buffer.from(text), name, FLAG_NAMES);

/** Refused with one line that begins with the file's name. */
function refused(text: string | Uint8Array, name: string, line: RegExp): void {
  assert.throws(
    () => read(text, name),
    (error) => {
      assert.ok(error instanceof FractalError, String((error as Error).stack));
      assert.equal(error.code, 'LOCATION_FILE');
      assert.ok(error.message.startsWith(name), error.message);
      assert.doesNotMatch(error.message, /[\r\n]/);
      assert.match(error.message, line);
      return true;
    },
  );
}

const LONG = `-1.7490${'812345679'.repeat(12)}`;

/** As Kalles Fraktaler ends its lines. */
const KALLES = [
  `Re: ${LONG}`,
  'Im: -0.0000000000000000000000000000000000321',
  'Zoom: 7.5E0123',
  'Iterations: 98765',
  'IterDiv: 1.000000',
  'SmoothMethod: 0',
  'Colors: 0,0,0,255,255,255,',
  'Power: 3',
  'FractalType: 0',
  'real: 1',
  'imag: 1',
  'SeedR: 0',
  'SeedI: 0',
  'RotateAngle: 12.5',
  'StretchAmount: 0',
  'ImagPointsUp: 1',
  'GLSL: vec3\\ colour(void)\\ {\\n\\ return\\ Re:\\ 1;\\ }',
  'Version: 2150500',
  '',
].join('\r\n');

const KALLES_FLAGS = {
  xpos: LONG,
  ypos: '-0.0000000000000000000000000000000000321',
  zoom: '7.5E0123',
  iters: '98765',
  rotate: '12.5',
  formula: 'multibrot',
  power: '3',
};

/** As Fraktaler-3 writes: a long string in pieces, defaults left out, the formula last. */
const FRAKTALER = `program = "fraktaler-3"
version = "2"
location.real = """
${LONG.slice(0, 69)}\\
${LONG.slice(69)}\\
"""
location.imag = "0.25"
location.zoom = "4.5e321"
reference.period = 77
bailout.iterations = 123456
algorithm.number_types = ["float", "double", "a # b"] # not ours
transform.rotate = 30.0

[[formula]]
abs_x = true
abs_y = true
power = 2

[colour]
shader = """
// location.zoom = "1"
[location]
"""
`;

const FRAKTALER_FLAGS = {
  xpos: LONG,
  ypos: '0.25',
  zoom: '4.5e321',
  iters: '123456',
  rotate: '30.0',
  formula: 'burning-ship',
  power: '2',
};

const OWN = `{"formula": "mandelbrot", "xpos": "${LONG}", "ypos": "0.1", "zoom": "1e40", "width": "320", "palette": "Hippi"}`;
const OWN_FLAGS = { formula: 'mandelbrot', xpos: LONG, ypos: '0.1', zoom: '1e40', width: '320', palette: 'Hippi' };

/** Every format, whole. */
const FILES: readonly [name: string, bytes: Buffer, flags: RawFlags][] = [
  ['a.kfr', Buffer.from(KALLES), KALLES_FLAGS],
  ['a.kfp', Buffer.from(KALLES), KALLES_FLAGS],
  ['a.f3.toml', Buffer.from(FRAKTALER), FRAKTALER_FLAGS],
  ['a.json', Buffer.from(OWN), OWN_FLAGS],
  ['a.png', pngWith('fractal', OWN), OWN_FLAGS],
  ['kalles.png', pngWith('Comment', KALLES), KALLES_FLAGS],
  ['fraktaler.png', pngWith('Comment', FRAKTALER), FRAKTALER_FLAGS],
  ['kalles.jpg', jpegWith(KALLES), KALLES_FLAGS],
];

test('every format gives its flags, digit by digit, and they make a request', () => {
  for (const [name, bytes, flags] of FILES) {
    assert.deepEqual(parseLocation(bytes, name, FLAG_NAMES), flags, name);
    assert.equal(parseRequest(flags).re, LONG);
  }
});

test('a file is known by what it holds when its name says nothing', () => {
  for (const [, bytes, flags] of FILES) assert.deepEqual(parseLocation(bytes, 'location', FLAG_NAMES), flags);
});

test('a file cut short anywhere is refused with one line, or lacks nothing that matters', () => {
  for (const [name, bytes, flags] of FILES) {
    for (let length = 0; length < bytes.length; length++) {
      let found: RawFlags;
      try {
        found = parseLocation(bytes.subarray(0, length), name, FLAG_NAMES);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.equal(error.code, 'LOCATION_FILE');
        assert.ok(error.message.startsWith(name) && !/[\r\n]/.test(error.message), error.message);
        continue;
      }
      // Lines that are gone altogether leave no trace; what is there is whole.
      for (const key of ['xpos', 'ypos', 'zoom'] as const) assert.equal(found[key], flags[key], `${name}, ${length}`);
      for (const key of ['iters', 'rotate'] as const) {
        const left = key === 'iters' && name.startsWith('a.f3') ? '1024' : undefined;
        assert.ok([flags[key], left].includes(found[key]), `${name}, ${length}: ${key} ${found[key]}`);
      }
    }
  }
});

test('what is missing is named', () => {
  refused('', 'x.kfr', /empty/);
  refused('Re: 1\nIm: 2\n', 'x.kfr', /no Zoom and Iterations: it is cut short/);
  refused('Re: 1\nIm: 2\nZoom: 1e', 'x.kfr', /no Iterations/);
  refused('Re: 1\nIm: 2\nZoom: 1e5\nIterat', 'x.kfr', /last line, "Iterat"/);
  refused('Re: 1\r\nIm: 2\r\nZoom: 1e5\r\nIterations: 40', 'x.kfr', /last line, "Iterations: 40"/);
  refused('Colors: 1,2,3,\n', 'x.kfp', /no Re, Im, Zoom and Iterations/);
  refused('program = "fraktaler-3"\nlocation.real = "0.1"\n', 'x.f3.toml', /no location\.zoom/);
  refused('location.real = "0.1', 'x.f3.toml', /^x\.f3\.toml:1: .*no end/);
  refused('location.zoom = "1e3"\nlocation.real =\n', 'x.f3.toml', /^x\.f3\.toml:2: .*value is missing/);
  refused('program = "fraktaler-3"\nlocation.zoom = "9"\nbailout.iterations = 12', 'x.f3.toml', /last line/);
  refused('{"zoom": 5,,\n}', 'x.json', /^x\.json:1:\d+: /);
  refused('{"zom": 5}', 'x.json', /did you mean "zoom"/);
  refused('not a png', 'x.png', /cut short/);
  refused(pngWith('Software', 'something else'), 'x.png', /carries no parameters/);
  refused('hello', 'x.txt', /no location/);
});

test('a value that makes no sense is named in the words of its file', () => {
  refused('Re: 1\nIm: 2\nZoom: 0\nIterations: 40\n', 'x.kfr', /Zoom "0" is not a number above 0/);
  refused('Re: one\nIm: 2\nZoom: 1\nIterations: 40\n', 'x.kfr', /Re "one" is not a decimal/);
  refused('Re: 1\nIm: 2\nZoom: 1\nIterations: -4\n', 'x.kfr', /Iterations "-4" is not/);
  refused('Re: 1\nIm: 2\nZoom: 1\nIterations: 4\nPower: 9\n', 'x.kfr', /Power "9" is not a whole number from 2 to 8/);
  refused('location.zoom = "1e"', 'x.f3.toml', /location\.zoom "1e" is not/);
  refused('location = 1\nbailout.iterations = 5', 'x.f3.toml', /location\.zoom/);
});

const kalles = (...lines: string[]) => ['Re: 1', 'Im: 2', 'Zoom: 3', 'Iterations: 4', ...lines, ''].join('\n');
const fraktaler = (more: string) => `location.zoom = "3"\n${more}\n`;

test('formulas that are here are found under their names there', () => {
  const formula = ({ formula: name, power }: RawFlags) => `${name} ${power ?? ''}`.trim();
  const found: readonly [string, string][] = [
    [kalles(), 'mandelbrot'],
    [kalles('FractalType: 0', 'Power: 4'), 'multibrot 4'],
    [kalles('FractalType: 1', 'Power: 2'), 'burning-ship 2'],
    [kalles('FractalType: 4', 'Power: 3'), 'tricorn 3'],
  ];
  for (const [text, name] of found) assert.equal(formula(read(text, 'x.kfr')), name);
  const others: readonly [string, string][] = [
    ['', 'mandelbrot'],
    ['formula.name = "Burning Ship"', 'burning-ship'],
    ['[[formula]]', 'mandelbrot'],
    ['[[formula]]\npower = 5', 'multibrot 5'],
    ['[[formula]]\nneg_y = true\npower = 3', 'tricorn 3'],
    ['formula = [{abs_x = true, abs_y = true}]', 'burning-ship 2'],
    ['[[formula]]\nopcodes = "absx absy store sqr mul add"', 'burning-ship 3'],
    ['[[formula]]\nopcodes = "store sqr mul sqr mul add"', 'multibrot 7'],
    ['[[formula]]\nopcodes = "negy sqr sqr add"', 'tricorn 4'],
  ];
  for (const [text, name] of others) assert.equal(formula(read(fraktaler(text), 'x.f3.toml')), name, text);
});

test('what is not done here is refused by name', () => {
  refused(kalles('FractalType: 3'), 'x.kfr', /Celtic, FractalType "3"/);
  refused(kalles('FractalType: 77'), 'x.kfr', /FractalType "77"/);
  refused(kalles('FractalType: toString'), 'x.kfr', /formula, FractalType "toString"/);
  refused(kalles('UseHybridFormula: 1'), 'x.kfr', /hybrid/);
  refused(kalles('SeedR: 0.5'), 'x.kfr', /seed/);
  refused(kalles('StretchAmount: 0.5'), 'x.kfr', /StretchAmount 0\.5/);
  refused(fraktaler('[[formula]]\nabs_x = true'), 'x.f3.toml', /"absx"/);
  refused(fraktaler('[[formula]]\n[[formula]]\nabs_x = true'), 'x.f3.toml', /hybrid/);
  refused(fraktaler('[[formula]]\nopcodes = "sqr absx add"'), 'x.f3.toml', /"sqr absx add"/);
  refused(fraktaler('[[formula]]\nopcodes = "absx absy mul add"'), 'x.f3.toml', /"absx absy mul add"/);
  refused(fraktaler('formula.name = "Buffalo"'), 'x.f3.toml', /"Buffalo"/);
  refused(fraktaler('transform.stretch_amount = 12.0'), 'x.f3.toml', /stretch/);
  refused(fraktaler('transform.exponential_map = true'), 'x.f3.toml', /exponential/);
});

test("a mirrored picture's angle runs the other way", () => {
  const mirrored = 'transform.rotate = 30.5\ntransform.reflect = true';
  assert.equal(read(fraktaler(mirrored), 'x.f3.toml').rotate, '-30.5');
});

test('any bytes under any name are a location, or refused with one line', () => {
  const pieces = fc.constantFrom(
    'Re: ',
    'Im: 1\n',
    'Zoom: ',
    'location.zoom = ',
    '[[',
    ']]',
    '"""',
    '{',
    '}',
    '=',
    '\\',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.oneof(pieces, fc.string()), { maxLength: 20 }).map((parts) => Buffer.from(parts.join(''))),
    fc.tuple(fc.nat(1000), fc.nat(255), fc.constantFrom(...FILES)).map(([at, byte, [, whole]]) => {
      const broken = Buffer.from(whole);
      broken[at % broken.length] = byte;
      return broken;
    }),
  );
  const name = fc.constantFrom('a', 'a.kfr', 'a.toml', 'a.json', 'a.png', 'a.jpg');
  fc.assert(
    fc.property(bytes, name, (data, path) => {
      try {
        parseLocation(data, path, FLAG_NAMES);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.equal(error.code, 'LOCATION_FILE');
        assert.ok(error.message.startsWith(path) && !/[\r\n]/.test(error.message), error.message);
      }
    }),
    { numRuns: 3000 },
  );
});
