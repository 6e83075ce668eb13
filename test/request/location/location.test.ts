import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FractalError } from '../../../src/errors.js';
import { digitsMissing } from '../../../src/request/digits.js';
import { type Location, parseLocation } from '../../../src/request/location/location.js';
import { parseRequest, type RawRequest } from '../../../src/request/parse.js';
import type { RawFlags } from '../../../src/request/values.js';
import { jpegWith, pngWith } from './pictures.js';

const parse = (text: string | Uint8Array, name: string) => parseLocation(Buffer.from(text), name);
const read = (text: string | Uint8Array, name: string) => parse(text, name).flags;

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
  'SmoothingMethod: 0',
  'ColorMethod: 1',
  'Colors: 0,0,0,255,128,64,',
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
  // KF's angles run the other way where ImagPointsUp is 1.
  rotate: '-12.5',
  flip: 'false',
  formula: 'multibrot',
  power: '3',
  palette: '[[0,"#000000"],[0.5,"#4080ff"]]',
  interpolation: 'cosine',
  density: String(3 / 1024),
  offset: String(2 / 1024),
};

/** As Fraktaler-3 writes: a long string in parts, defaults left out, the formula last. */
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
  flip: 'false',
  formula: 'burning-ship',
  power: '2',
};

const OWN = `{"formula": "mandelbrot", "xpos": "${LONG}", "ypos": "0.1", "zoom": "1e40", "width": "320", "palette": "Hippi"}`;
const OWN_FLAGS = { formula: 'mandelbrot', xpos: LONG, ypos: '0.1', zoom: '1e40', width: '320', palette: 'Hippi' };

/** As DeepDrill's own files are written. */
const DEEPDRILL = `# Taken from elsewhere

[location]

real = ${LONG}
imag = 0.001000

zoom = 9.099999999999616E191
rotate = 0
depth = 5000000

[image]
width = 960
depth = 1

[Perturbation]
maxRounds = 5
`;
const DEEPDRILL_FLAGS = {
  xpos: LONG,
  ypos: '0.001000',
  zoom: '9.099999999999616E191',
  iters: '5000000',
  formula: 'mandelbrot',
};

/** As rust-fractal's own files are written, without an end of the last line. */
const RUST = `real = "${LONG}"
imag = "-0.25"
iterations = 60000
rotate = -15.5
zoom = "2.56203307883E157"`;
const RUST_FLAGS = {
  xpos: LONG,
  ypos: '-0.25',
  zoom: '2.56203307883E157',
  iters: '60000',
  rotate: '-15.5',
  flip: 'true',
  formula: 'mandelbrot',
};

/** A complete file of every format. */
const FILES: readonly [name: string, bytes: Buffer, flags: RawFlags][] = [
  ['a.kfr', Buffer.from(KALLES), KALLES_FLAGS],
  ['a.kfp', Buffer.from(KALLES), KALLES_FLAGS],
  ['a.f3.toml', Buffer.from(FRAKTALER), FRAKTALER_FLAGS],
  ['a.ini', Buffer.from(DEEPDRILL), DEEPDRILL_FLAGS],
  ['a.loc', Buffer.from(DEEPDRILL.replaceAll('\n', '\r\n')), DEEPDRILL_FLAGS],
  ['a.toml', Buffer.from(RUST), RUST_FLAGS],
  ['a.json', Buffer.from(OWN), OWN_FLAGS],
  ['a.png', pngWith('fractal', OWN), OWN_FLAGS],
  ['kalles.png', pngWith('Comment', KALLES), KALLES_FLAGS],
  ['fraktaler.png', pngWith('Comment', FRAKTALER), FRAKTALER_FLAGS],
  ['kalles.jpg', jpegWith(KALLES), KALLES_FLAGS],
];

test('every format gives its flags, digit by digit, and they make a request', () => {
  for (const [name, bytes, flags] of FILES) {
    assert.deepEqual(read(bytes, name), flags, name);
    assert.equal(parseRequest(flags).re, LONG);
  }
});

test('the format is recognized by the content if the name does not show it', () => {
  for (const [, bytes, flags] of FILES) assert.deepEqual(read(bytes, 'location'), flags);
});

test('a file cut short anywhere is refused, or is the same picture, or a note states that it may be cut short', () => {
  for (const [name, bytes, flags] of FILES) {
    for (let length = 0; length < bytes.length; length++) {
      let found: Location;
      try {
        found = parse(bytes.subarray(0, length), name);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.equal(error.code, 'LOCATION_FILE');
        assert.ok(error.message.startsWith(name) && !/[\r\n]/.test(error.message), error.message);
        continue;
      }
      if (isDeepStrictEqual(found.flags, flags)) continue;
      // Missing whole lines cannot be recognized where the rest is a whole file of its own.
      const rest = bytes.subarray(0, length).toString('latin1');
      const whole = /[\r\n]$/.test(rest) && (name === 'a.f3.toml' || /\bIterations: 98765\r?\n?$/.test(rest));
      assert.ok(
        whole || found.notes.some((note) => /cut short|is found on a coarse grid/.test(note)),
        `${name}, ${length}`,
      );
    }
  }
});

test('what is missing is named', () => {
  refused('', 'x.kfr', /empty/);
  refused('Re: 1\nIm: 2\n', 'x.kfr', /no Zoom and Iterations: it is cut short/);
  refused('Re: 1\nIm: 2\nZoom: 1e', 'x.kfr', /no Iterations/);
  refused('Re: 1\nIm: 2\nZoom: 1e5\nIterat', 'x.kfr', /no Iterations/);
  refused('Colors: 1,2,3,\n', 'x.kfp', /no Re, Im, Zoom and Iterations/);
  refused('program = "fraktaler-3"\nlocation.real = "0.1"\n', 'x.f3.toml', /no location\.zoom/);
  refused('location.real = "0.1', 'x.f3.toml', /^x\.f3\.toml:1: .*no end/);
  refused('location.zoom = "1e3"\nlocation.real =\n', 'x.f3.toml', /^x\.f3\.toml:2: .*value is missing/);
  refused('{"zoom": 5,,\n}', 'x.json', /^x\.json:1:\d+: /);
  refused('{"zom": 5}', 'x.json', /did you mean "zoom"/);
  refused('not a png', 'x.png', /cut short/);
  refused(pngWith('Software', 'something else'), 'x.png', /contains no parameters/);
  refused('hello', 'x.txt', /no location/);
});

test('an impossible value is named with the key of its file', () => {
  refused('Re: 1\nIm: 2\nZoom: 0\nIterations: 40\n', 'x.kfr', /Zoom "0" is not a number above 0/);
  refused('Re: one\nIm: 2\nZoom: 1\nIterations: 40\n', 'x.kfr', /Re "one" is not a decimal/);
  refused('Re: 1\nIm: 2\nZoom: 1\nIterations: -4\n', 'x.kfr', /Iterations "-4" is not/);
  refused('Re: 1\nIm: 2\nZoom: 1\nIterations: 4\nPower: 9\n', 'x.kfr', /Power "9" is not a whole number from 2 to 8/);
  refused('location.zoom = "1e"', 'x.f3.toml', /location\.zoom "1e" is not/);
  refused('location = 1\nbailout.iterations = 5', 'x.f3.toml', /"location" is not a table/);
});

const kalles = (...lines: string[]) => ['Re: 1', 'Im: 2', 'Zoom: 3', 'Iterations: 4', ...lines, ''].join('\n');
const fraktaler = (more: string) => `location.zoom = "3"\n${more}\n`;

test('formulas of other programs are recognized by their names there', () => {
  const formula = ({ formula: name, power }: RawFlags) => `${name} ${power ?? ''}`.trim();
  const found: readonly [string, string][] = [
    [kalles(), 'mandelbrot'],
    [kalles('FractalType: 0', 'Power: 4'), 'multibrot 4'],
    [kalles('FractalType: 1', 'Power: 2'), 'burning-ship 2'],
    [kalles('FractalType: 1', 'Power: 5'), 'burning-ship 5'],
    [kalles('FractalType: 4'), 'tricorn 2'],
    [kalles('FractalType: 4', 'Power: 3'), 'tricorn 3'],
    [kalles('FractalType: 4', 'Power: 4'), 'tricorn 4'],
    [kalles('FractalType: 4', 'Power: 5'), 'tricorn 5'],
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

test('what is not implemented is refused by name', () => {
  refused(kalles('FractalType: 3'), 'x.kfr', /Celtic, FractalType "3"/);
  refused(kalles('FractalType: 77'), 'x.kfr', /FractalType "77"/);
  refused(kalles('FractalType: toString'), 'x.kfr', /formula, FractalType "toString"/);
  refused(kalles('FractalType: 1', 'Power: 6'), 'x.kfr', /Burning Ship has Power "6".* powers 2 to 5/);
  refused(kalles('FractalType: 4', 'Power: 7'), 'x.kfr', /Mandelbar has Power "7"/);
  refused(kalles('FractalType: 2', 'Power: 3'), 'x.kfr', /Buffalo, FractalType "2"/);
  refused(kalles('UseHybridFormula: 1'), 'x.kfr', /hybrid/);
  refused(kalles('SeedR: 0.5'), 'x.kfr', /seed/);
  refused(kalles('StretchAmount: 20'), 'x.kfr', /StretchAmount 20\) by more than is done here/);
  refused(kalles('StretchAmount: x'), 'x.kfr', /StretchAmount x\)/);
  refused(kalles('Ratio: 0'), 'x.kfr', /Ratio "0" is not a number that is used here/);
  refused(fraktaler('[[formula]]\nabs_x = true'), 'x.f3.toml', /"absx"/);
  refused(fraktaler('[[formula]]\n[[formula]]\nabs_x = true'), 'x.f3.toml', /hybrid/);
  refused(fraktaler('[[formula]]\nopcodes = "sqr absx add"'), 'x.f3.toml', /"sqr absx add"/);
  refused(fraktaler('[[formula]]\nopcodes = "absx absy mul add"'), 'x.f3.toml', /"absx absy mul add"/);
  refused(fraktaler('formula.name = "Buffalo"'), 'x.f3.toml', /"Buffalo"/);
  refused(fraktaler('transform.stretch_amount = 1200.0'), 'x.f3.toml', /transform\.stretch_amount 1200\.0\) by more/);
  refused(fraktaler('transform.exponential_map = true'), 'x.f3.toml', /exponential/);
  refused(fraktaler('[[formula]]\nopcodes = "rot{45} sqr add"'), 'x.f3.toml', /"rot\{45\} sqr add"/);
});

const notesOf = (text: string | Uint8Array, name: string) => parse(text, name).notes.join('\n');

test('a whole file whose last line has no end is read; where a value may have gone on, a note states it', () => {
  const whole = KALLES.slice(0, -2);
  assert.deepEqual(read(whole, 'x.kfp'), KALLES_FLAGS);
  assert.doesNotMatch(notesOf(whole, 'x.kfp'), /cut short/);
  for (const [text, name] of [
    ['Re: 1\r\nIm: 2\r\nZoom: 1e5\r\nIterations: 40', 'x.kfr'],
    ['Re: 1\nIm: 2\nIterations: 40\nZoom: 1', 'x.kfr'],
    ['program = "fraktaler-3"\nlocation.zoom = "9"\nbailout.iterations = 12', 'x.f3.toml'],
    ['[location]\nreal = 1\nimag = 2\nzoom = 3\ndepth = 40', 'x.ini'],
    ['real = "1"\nimag = "2"\nzoom = "3"\niterations = 40', 'x.toml'],
  ] as const) {
    assert.match(notesOf(text, name), /its last line, ".*", has no line end: if the file was cut short/, text);
    assert.doesNotMatch(notesOf(`${text}\n`, name), /cut short/, text);
  }
  // A value that is visibly not finished is no number.
  refused('Re: 1\r\nIm: 2\r\nIterations: 40\r\nZoom: 1e', 'x.kfr', /Zoom "1e" is not/);
  refused('Re: 1\r\nZoom: 3\r\nIterations: 40\r\nIm: -', 'x.kfr', /Im "-" is not/);
  // Missing digits are noticed by the zoom.
  const { flags, notes } = parse('Im: 0\r\nZoom: 1e40\r\nIterations: 40\r\nRe: -1.74901234', 'x.kfr');
  assert.match(notes.join(), /cut short/);
  assert.match(digitsMissing(parseRequest(flags as RawRequest)) ?? '', /--xpos has 8/);
});

test('the end of a file that Kalles Fraktaler wrote is missed', () => {
  const lines = KALLES.split('\r\n');
  const until = (key: string) =>
    `${lines
      .slice(
        0,
        lines.findIndex((line) => line.startsWith(key)),
      )
      .join('\r\n')}\r\n`;
  assert.match(notesOf(until('Power'), 'x.kfr'), /ends before Version/);
  assert.match(notesOf(until('Version'), 'x.kfr'), /ends before Version/);
  assert.match(notesOf(kalles('IterDiv: 1', 'Colors: 1,2,3,'), 'x.kfr'), /no FractalType: the Mandelbrot set is drawn/);
  assert.equal(notesOf(kalles(), 'x.kfr'), '');
});

test('UTF-16, a byte order mark, Ctrl-Z, any line ends and wrapped coordinates make no difference', () => {
  const utf16 = Buffer.from(`\uFEFF${KALLES}`, 'utf16le');
  const wrapped = KALLES.replace(LONG, `${LONG.slice(0, 50)}\r\n   ${LONG.slice(50, 90)}\r\n${LONG.slice(90)}`);
  const forms: readonly (string | Buffer)[] = [
    `\uFEFF${KALLES}`,
    utf16,
    Buffer.from(utf16).swap16(),
    utf16.subarray(2),
    `${KALLES}\u001a`,
    KALLES.replaceAll('\r\n', '\r'),
    wrapped,
    KALLES.replace('Re: ', 'Re:\r\n'),
  ];
  for (const form of forms) for (const name of ['x.kfr', 'x']) assert.deepEqual(read(form, name), KALLES_FLAGS);
  for (const [text, name, flags] of [
    [DEEPDRILL.replace(LONG, `${LONG.slice(0, 50)}\n${LONG.slice(50)}`), 'x.ini', DEEPDRILL_FLAGS],
    [Buffer.from(DEEPDRILL, 'utf16le'), 'x', DEEPDRILL_FLAGS],
    [Buffer.from(`\uFEFF${FRAKTALER}`, 'utf16le'), 'x.toml', FRAKTALER_FLAGS],
    [`\uFEFF${RUST}\u001a`, 'x.toml', RUST_FLAGS],
    [`# a comment\n${RUST}`.replaceAll('\n', '\r'), 'x.toml', RUST_FLAGS],
    [FRAKTALER.replaceAll('\n', '\r\r\n'), 'x.toml', FRAKTALER_FLAGS],
    [Buffer.from(`\uFEFF${OWN}`, 'utf16le').swap16(), 'x.json', OWN_FLAGS],
  ] as const) {
    assert.deepEqual(read(text, name), flags);
  }
  refused(`Re: 1\n2.5.1\nIm: 2\nZoom: 1\nIterations: 40\n`, 'x.kfr', /Re "12\.5\.1" is not a decimal/);
  refused('real = "-1.74\n90"\nimag = "0"\nzoom = "5"\n', 'x.toml', /x\.toml:1: .*has no end/);
});

test('a file that is not text is named as such, whatever its name', () => {
  const utf32 = Buffer.from(Uint32Array.from(KALLES, (letter) => letter.charCodeAt(0)).buffer);
  for (const bytes of [utf32, gzipSync(KALLES)])
    for (const name of ['x.kfr', 'x.toml', 'x.ini', 'x']) refused(bytes, name, /: it is not text in UTF-8 or UTF-16/);
});

test('keys that are not used are named', () => {
  assert.match(notesOf(KALLES, 'x.kfr'), /; not taken: GLSL\nx\.kfr: not used: SmoothingMethod$/m);
  assert.match(notesOf(kalles('real: 0', 'Blend: 3', 'garbage'), 'x.kfr'), /not used: real, Blend, "garbage"/);
  assert.match(notesOf(FRAKTALER, 'x.f3.toml'), /^x\.f3\.toml: not used: colour$/m);
  assert.match(
    notesOf(fraktaler('image.width = 5\nbailout.escape_radius = 9\nfoo = 1'), 'x.f3.toml'),
    /not used: image\.width, bailout\.escape_radius, foo/,
  );
  assert.equal(notesOf(DEEPDRILL, 'x.ini'), 'x.ini: not used: image.width, image.depth');
  assert.equal(notesOf(`jitter = true\nglitch_tolerance = 1.4e-6\n${RUST}\n`, 'x.toml'), 'x.toml: not used: jitter');
  assert.match(notesOf('{"zoom": 5}', 'x.json'), /^$/);
  const many = kalles(...Array.from({ length: 5000 }, (_, k) => `Key${k}${'x'.repeat(100)}: 1`));
  assert.ok(notesOf(many, 'x.kfr').length < 5000);
});

test('keys that would make another picture, and files of programs that are not known, are refused', () => {
  refused(fraktaler('location.depth2 = 5'), 'x.f3.toml', /location\.depth2 is not known here/);
  refused(fraktaler('transform.skew = 5'), 'x.f3.toml', /transform\.skew is not known/);
  refused(fraktaler('[[formula]]\nrot = 5'), 'x.f3.toml', /formula\.rot is not known/);
  refused(fraktaler('formula.name = "Mandelbrot"\nformula.power = 3'), 'x.f3.toml', /formula\.power is not known/);
  refused(fraktaler('program = "mandelzoom"'), 'x.f3.toml', /a file of "mandelzoom"/);
  refused('[location]\nreal = 1\nimag = 2\nzoom = 3\ndepth = 4\nangle = 5\n', 'x.ini', /location\.angle is not known/);
  refused('[location]\nreal = 1\nimag = 2\nzoom = 3\ndepth = 4\n[image]\nrotate = 5\n', 'x.ini', /image\.rotate 5/);
  refused('[location]\nreal = 1\nhello\n', 'x.ini', /x\.ini:3: "hello" is no section/);
  refused('[location]\nreal = 1\nimag = 2\ndepth = 4\n', 'x.ini', /no location\.zoom/);
  refused('[location]\nreal = 1\nimag = 2\nzoom = 1e\ndepth = 4\n', 'x.ini', /location\.zoom "1e" is not/);
  refused('real = "1"\nimag = "2"\niterations = 4\n', 'x.toml', /it has no zoom/);
  refused(`${RUST}\nframe_offset = 3\n`, 'x.toml', /frame_offset 3/);
  refused('cx = 1\ncy = 2\nmagnification = 4\n', 'x.par', /no location: known are/);
  refused('[view]\nx = 1\n', 'x.ini', /no location\.real, location\.imag and location\.zoom/);
});

test('a key that stands twice is named, or refused where the format has no such keys', () => {
  assert.match(notesOf(kalles('Re: 5'), 'x.kfr'), /Re stands twice: the first one counts/);
  assert.equal(read(kalles('Re: 5'), 'x.kfr').xpos, '1');
  const twice = '[location]\nreal = 1\nimag = 2\nzoom = 3\ndepth = 4\nzoom = 30\n';
  assert.match(notesOf(twice, 'x.loc'), /location\.zoom stands twice: the last one counts/);
  assert.equal(read(twice, 'x.loc').zoom, '30');
  refused(fraktaler('location.zoom = "4"'), 'x.f3.toml', /"location\.zoom" stands twice/);
  refused('{"zoom": 4, "zoom": 5}', 'x.json', /x\.json:1:13: "zoom" stands twice/);
});

test('without a depth the iteration limit of DeepDrill and rust-fractal is found on a coarse grid', () => {
  const ini = '[Location]\nREAL = 1\nimag=2\nzoom = 3\n';
  assert.equal(read(ini, 'x').iters, 'auto');
  assert.match(notesOf(ini, 'x.ini'), /no location\.depth: .*--iters auto/);
  assert.equal(read('real = "1"\nimag = "2"\nzoom = "3"\n', 'x.toml').iters, 'auto');
});

test("a mirrored picture's angle runs the other way", () => {
  const mirrored = 'transform.rotate = 30.5\ntransform.reflect = true';
  assert.equal(read(fraktaler(mirrored), 'x.f3.toml').rotate, '-30.5');
});

test('a megabyte of any text is read or refused at once, in one short line', () => {
  const pieces = [
    '\n',
    ' \n',
    '\t',
    'Re:\n',
    'Re: 1\n',
    '1\n',
    '[location]\n',
    'real = 1\n',
    'real = "',
    '=',
    '{',
    '"',
    '\0',
  ];
  for (const piece of pieces) {
    for (const name of ['x.ini', 'x.toml', 'x']) {
      const text = piece.repeat((1 << 20) / piece.length);
      const start = performance.now();
      const place = `Re: 1\nIm: 1\nZoom: 1\nIterations: 5\n`;
      for (const whole of [text, place + text.slice(place.length)]) {
        try {
          const { notes } = parse(whole, name);
          assert.ok(notes.join().length < 10_000);
        } catch (error) {
          assert.ok(error instanceof FractalError, String((error as Error).stack));
          assert.ok(error.message.length < 500, `${error.message.length} characters for ${JSON.stringify(piece)}`);
        }
      }
      // Linear work takes some tenths of a second; what is quadratic takes hours.
      assert.ok(performance.now() - start < 20_000, `slow on ${JSON.stringify(piece)}`);
    }
  }
});

test('any bytes under any name are a location, or refused with one line', () => {
  const pieces = fc.constantFrom(
    'Re: ',
    '[location]\n',
    'real = ',
    'depth = 5\n',
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
    fc
      .tuple(fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { maxLength: 4 }), fc.constantFrom(...FILES))
      .map(([changes, [, whole]]) => {
        const broken = Buffer.from(whole);
        for (const [at, byte] of changes) broken[at % broken.length] = byte;
        return broken;
      }),
  );
  const name = fc.constantFrom('a', 'a.kfr', 'a.toml', 'a.ini', 'a.loc', 'a.json', 'a.png', 'a.jpg');
  fc.assert(
    fc.property(bytes, name, (data, path) => {
      try {
        parseLocation(data, path);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.equal(error.code, 'LOCATION_FILE');
        assert.ok(error.message.startsWith(path) && !/[\r\n]/.test(error.message), error.message);
      }
    }),
    { seed: 4, numRuns: 5000 },
  );
});
