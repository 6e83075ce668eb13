import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leaderOptions } from '../../bin/options.js';
import { FractalError } from '../../src/errors.js';
import { parseRequestFile } from '../../src/request/file.js';
import { PICTURE_FLAGS } from '../../src/request/flags/index.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';
import { decodeText } from '../../src/text.js';
import { outOfBounds } from '../../src/view/bounds.js';

test('whatever text a flag is given, the request is understood or refused with a FractalError', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('1', '-1', '0', '1e9', '1e-9', 'NaN', 'Infinity', '0x10', 'true', 'julia', '8', '#fff', 'auto'),
    fc.double().map(String),
  );
  const raw = fc.dictionary(fc.constantFrom(...Object.keys(PICTURE_FLAGS)), value, { maxKeys: 6 });
  fc.assert(
    fc.property(raw, (flags) => {
      try {
        const request = parseRequest(flags as RawRequest);
        viewAt(request, 0);
        viewAt(request, request.film.frames - 1);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.doesNotMatch(error.message, /\n/);
      }
    }),
    { numRuns: 30_000 },
  );
});

test('coordinates of a thousand digits stay unchanged', () => {
  const xpos = `-1.${'7'.repeat(1000)}`;
  const request = parseRequest({ xpos, ypos: '1e-400', zoom: '1e1086' });
  assert.deepEqual([request.re, request.im, request.zoom], [xpos, '1e-400', '1e1086']);
  assert.equal(viewAt(request, 0).re, xpos);
});

test('a width of the view is a zoom: height = width·H/W, zoom = 4 / height', () => {
  const { zoom } = parseRequest({ 'view-width': '0.125689', width: '1024', height: '768' });
  assert.ok(Math.abs(Number(zoom) - 4 / ((0.125689 * 768) / 1024)) < 1e-12);
});

test('quality: jittered samples, a grid, or the larger picture of older tools', () => {
  assert.deepEqual(parseRequest({ samples: '4', seed: '9' }).sampling, { kind: 'jittered', count: 4, seed: 9 });
  assert.deepEqual(parseRequest({ smoothness: '3' }).sampling, { kind: 'grid', side: 3 });
  const full = parseRequest({ smoothness: '8', 'full-size': 'true', width: '1024', height: '768' });
  assert.deepEqual([full.width, full.height, full.sampling], [8192, 6144, { kind: 'grid', side: 1 }]);
});

test('formulas: Julia sets of every step, powers, whole counts for the older colours', () => {
  assert.deepEqual(parseRequest({ formula: 'burning-ship', 'julia-re': '-1', power: '3' }).formula, {
    step: 'burning-ship',
    power: 3,
    julia: { re: '-1', im: '0' },
  });
  assert.equal(parseRequest({ formula: 'multibrot' }).formula.power, 3);
  assert.equal(parseRequest({ 'legacy-colors': 'true' }).count, 'whole');
});

test('a request file takes every flag in any spelling, keeps all digits, and the command line has precedence', () => {
  const text = '{ "xpos": -0.123456789012345678901234567890, "zoomEnd": 1e400, "color_mode": 3, "full-size": true }';
  assert.deepEqual(parseRequestFile(text, 'r.json'), {
    xpos: '-0.123456789012345678901234567890',
    'zoom-end': '1e400',
    'color-mode': '3',
    'full-size': 'true',
  });
});

test('the JSON of two older systems is understood', () => {
  const point =
    '{"point": "-1.33,-0.05", "num_frames": 50, "frame_width": 1000, "frame_height": 500, "maxiter": 900, "fps": 25, "start_delta": 2.5, "end_delta": 1e-4}';
  const one = parseRequest(parseRequestFile(point, 'r.json'));
  assert.deepEqual([one.re, one.im, one.width, one.height, one.iterations], ['-1.33', '-0.05', 1000, 500, 900]);
  assert.deepEqual([one.film.frames, one.film.fps], [50, 25]);
  assert.ok(Math.abs(Number(one.zoom) - 4 / (2.5 / 2)) < 1e-12);
  assert.ok(Math.abs(Number(one.film.end.zoom) / (4 / (1e-4 / 2)) - 1) < 1e-12);
  const start =
    '{"START": [-0.7454286, 0.1130089], "ZOOM": "8x", "NUM_FRAMES": 4, "FPS": 5, "THEME": "light", "FORMAT": "GIF"}';
  const two = parseRequest(parseRequestFile(start, 'r.json'));
  assert.deepEqual([two.re, two.im, two.zoom, two.film.end.zoom], ['-0.7454286', '0.1130089', '1', '8']);
  assert.deepEqual([two.film.frames, two.outfile, two.colours.palette], [4, 'fractal.gif', 'SummerBeach']);
});

test('a request file may name the place with the words of other programs', () => {
  const text = '{"re": -0.7454286000000000000001, "im": "0.1130089", "zoom": 1e20, "iterations": 500}';
  const { re, im, zoom, iterations } = parseRequest(parseRequestFile(text, 'r.json'));
  assert.deepEqual([re, im, zoom, iterations], ['-0.7454286000000000000001', '0.1130089', '1e20', 500]);
});

test('a wrong request file names file and place, or the key and what was meant', () => {
  const refused: readonly [string, RegExp][] = [
    ['{\n  "zoom": 5,,\n}', /^r\.json:2:\d+: /],
    ['[1]', /not a JSON object/],
    ['{"re": 1, "xpos": 1}', /"re" and "xpos" mean the same: leave one out/],
    ['{"zoom_end": 5, "zoomEnd": 5}', /"zoom_end" and "zoomEnd" mean the same/],
    ['{"zom": 5}', /"zom" is not a flag: did you mean "zoom"\?/],
    ['{"zoom": {"a": 1}}', /"zoom" is not a string, a number/],
    ['{"point": "1"}', /"point" is not a pair/],
    ['{"START": [1, 2], "ZOOM": "eight"}', /"ZOOM" "eight"/],
  ];
  for (const [text, line] of refused) {
    assert.throws(
      () => parseRequestFile(text, 'r.json'),
      (error) => error instanceof FractalError && error.code === 'REQUEST_FILE' && line.test(error.message),
    );
  }
});

test('a slope alone is the usual one, 0 is none; distances are computed where colours need them', () => {
  const usual = { strength: 0.7, angle: 135 };
  for (const slope of ['', 'true']) assert.deepEqual(parseRequest({ slope }).colours.slope, usual);
  assert.deepEqual(parseRequest({ slope: '0.2', 'slope-angle': '-30' }).colours.slope, { strength: 0.2, angle: -30 });
  assert.equal(parseRequest({ slope: '0' }).colours.slope, undefined);
  const asked = (raw: RawRequest) => viewAt(parseRequest(raw), 0).distance;
  assert.deepEqual([asked({}), asked({ slope: '0', 'color-mode': '3' })], [undefined, undefined]);
  assert.deepEqual([asked({ slope: '' }), asked({ 'color-mode': 'distance' })], [true, true]);
  assert.equal(parseRequest({ 'color-mode': 'distance', palette: 'Hippi' }).colours.palette, 'Hippi');
});

test('any text as a request file is understood or refused', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(fc.constantFrom('point', 'START', 'zoom'), fc.jsonValue()).map((o) => JSON.stringify(o)),
  );
  fc.assert(
    fc.property(text, (value) => {
      try {
        parseRequestFile(value, 'r.json');
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
      }
    }),
    { numRuns: 30_000 },
  );
});

test('any bytes as a request file are a request, or refused with one line', () => {
  const files = [
    '{ "xpos": -0.1234567890123456789, "zoomEnd": 1e40, "frames": 3, "color_mode": 3, "full-size": true }',
    '{"point": "-1.33,-0.05", "num_frames": 50, "frame_width": 64.0, "fps": 25, "start_delta": 2.5, "end_delta": 1e-4}',
    '{\n  START: [0.29340, -1.3941],\n  ZOOM: "8x",\n  NUM_FRAMES: 128,\n  THEME: "Galaxy",\n  FORMAT: "mp4"\n}',
  ];
  const broken = fc
    .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }), fc.boolean())
    .map(([file, changes, wide]) => {
      const bytes = Buffer.from(wide ? `\uFEFF${file}` : file, wide ? 'utf16le' : 'utf8');
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), broken), (bytes) => {
      try {
        parseRequest(parseRequestFile(decodeText(bytes), 'r.json') as RawRequest);
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.ok(error.message.length < 500 && !/[\r\n]/.test(error.message), error.message);
      }
    }),
    { seed: 5, numRuns: 10_000 },
  );
});

test('whole numbers are taken in any spelling, in files and on the command line', async () => {
  const file = parseRequestFile('{"width": 64.0, "height": 3.2e1, "iters": 1E3, "samples": "4."}', 'r.json');
  const { width, height, iterations, sampling } = parseRequest(file);
  assert.deepEqual([width, height, iterations, sampling], [64, 32, 1000, { kind: 'jittered', count: 4, seed: 0 }]);
  const given = await leaderOptions({ width: '640e-1', frames: '1.0', np: '2.0', local: '1e0', retries: '0.0' });
  assert.deepEqual([given.request.width, given.cluster.np, given.cluster.local], [64, 2, 1]);
  for (const width of ['64.5', '6.45e1', '1e-1', '1e999999', '0x40', '6 4']) {
    assert.throws(() => parseRequest({ width }), /--width ".*" is not a whole number from 1 to 131072/, width);
  }
  assert.throws(() => parseRequest({ iters: `1${'0'.repeat(30)}` }), /--iters/);
});

test('a request file names no other request file, and stands in standard input alone', async () => {
  assert.throws(
    () => parseRequestFile('{"request": "inner.json"}', 'r.json'),
    /r\.json: "request" names another request file/,
  );
  await assert.rejects(
    leaderOptions({ request: '-', hostfile: '-' }),
    /REQUEST_INVALID: --hostfile - and --request - both read standard input/,
  );
});

test('flags with the same meaning are named, and so are those that contradict one another', async () => {
  await assert.rejects(leaderOptions({ local: '2', host: 'a' }), /--local .*--host/);
  await assert.rejects(leaderOptions({ radius: '1', 'view-width': '2' }), /--view-width and --radius|--radius/);
  await assert.rejects(leaderOptions({ np: '2', 'min-workers': '3' }), /--min-workers 3 with --np 2/);
  await assert.rejects(leaderOptions({ metrics: 'false', 'metrics-file': 'x' }), /--metrics-file .*--no-metrics/);
  await assert.rejects(leaderOptions({ quiet: 'maybe' }), /--quiet "maybe" is not true or false/);
  await assert.rejects(leaderOptions({ local: '' }), /--local "" is empty/);
  const { cluster, report } = await leaderOptions({ local: 'true', metrics: 'json', np: '3', radius: '2' });
  assert.deepEqual([cluster.local, cluster.np, report.metrics], ['auto', 3, 'json']);
});

test('numbers that cannot be computed with are refused, each with what it should be', () => {
  for (const [raw, why] of [
    [{ zoom: '' }, /--zoom "" is empty: give it a value, or leave it out/],
    [{ width: '' }, /--width "" is empty/],
    [{ zoom: 'x' }, /--zoom "x" is not a decimal number/],
    [{ xpos: '1.2.3' }, /--xpos "1\.2\.3" is not a decimal number/],
    [{ zoom: '0' }, /is not a number above 0/],
    [{ zoom: '1e-10000' }, /is not a number from 1e-100 to 1e100000/],
    [{ zoom: '1e100001' }, /is not a number from 1e-100 to 1e100000/],
    [{ zoom: '1e999999999999' }, /is not a decimal number/],
    [{ xpos: '1e400' }, /is not a number from -1e100 to 1e100/],
    [{ 'julia-im': '-1e101' }, /is not a number from -1e100 to 1e100/],
    [{ ypos: '7'.repeat(100_001) }, /--ypos "7{57}\.\.\." is not a number of at most 100000 characters/],
    [{ 'view-width': '1e-200000' }, /makes a zoom that is not/],
    [{ iters: '281474976710657' }, /--iters "281474976710657" is not auto, or a whole number from 1 to 2\^48/],
    [{ iters: '99999999999999999999999' }, /2\^48/],
    [{ bailout: '1e400' }, /--bailout/],
    [{ width: '1', height: '131072', smoothness: '64', 'full-size': 'true' }, /64x8388608: at most 1048576 pixels/],
  ] as const)
    assert.throws(() => parseRequest(raw), why);
});

test('a zoom of 1e10000 with 10,100 digits comes through, with a limit and views that are numbers', () => {
  const digits = Array.from({ length: 10_100 }, (_, k) => ((k * k * 31) % 10_007) % 10).join('');
  const raw = { xpos: `-1.${digits}`, ypos: `0.${digits}`, zoom: '1', frames: '300', 'zoom-end': '1e10000', ease: '1' };
  const request = parseRequest(raw);
  assert.ok(Number.isSafeInteger(request.iterations));
  for (const frame of [0, 1, 150, 298, 299]) assert.equal(outOfBounds(viewAt(request, frame)), undefined);
  const exact = parseRequest({ xpos: `-1.${digits}`, ypos: '0', 'view-width': '1e-9999' });
  assert.match(exact.zoom, /^7\.1{20}\d*e9999$/);
});

test('the palette filter is on in films from keyframes and with adaptive samples, unless a flag says otherwise', () => {
  const filters = (raw: RawRequest) => parseRequest(raw).colours.filter;
  const film = { frames: '9', 'zoom-end': '1e3' };
  assert.equal(filters({}), true);
  assert.equal(filters({ samples: '1' }), false);
  assert.equal(filters({ samples: '1', 'palette-filter': 'true' }), true);
  assert.equal(filters(film), true);
  assert.equal(filters({ ...film, 'palette-filter': 'false' }), false);
  assert.equal(filters({ ...film, assembly: 'frames' }), false);
  for (const other of [{ 'legacy-colors': 'true' }, { 'color-mode': 'distance' }])
    assert.equal(filters({ ...film, 'palette-filter': 'true', ...other }), false);
});
