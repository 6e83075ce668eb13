/** Path files, and the flags of films. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { leaderOptions } from '../../bin/options.js';
import { digitsMissing } from '../../src/request/digits.js';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { parsePathFile } from '../../src/request/path/path-file.js';
import { framesAt, timeOf } from '../../src/request/path/time.js';
import { cameraAt, depthAt, lookAt, lookChanges, stillOf, viewAt } from '../../src/request/request.js';
import { folder } from '../e2e/processes.js';

const parse = (text: string, fps = 30) => parsePathFile(text, 'film.json', fps);

test('keyframes have the names of the flags, in any spelling, and all digits of their numbers', () => {
  const deep = `-0.${'7'.repeat(300)}`;
  const { keyframes, text } = parse(`{"keyframes": [
    {time: 0, xpos: ${deep}, ypos: 1e-400, "zoom": 1e300, ease: {"power": 4}},
    {"time": "2s", "juliaRe": -0.5, "julia_im": "0.25", "rotate": 90, "offset": 0.5, "density": 2, "slope-angle": 45, "bailout": 1000, "ease": "hold", "journey": false}
  ]}`);
  assert.deepEqual(keyframes, [
    { at: 0, centre: { re: deep, im: '1e-400' }, zoom: '1e300', easing: { kind: 'power', exponent: 4 } },
    {
      ...{ at: 60, julia: { re: '-0.5', im: '0.25' }, rotation: 90, bailout: 1000, offset: 0.5, density: 2, angle: 45 },
      ...{ easing: { kind: 'hold' }, journey: false },
    },
  ]);
  assert.deepEqual(parse(text), { keyframes, text });
});

test('the example of docs/paths.md is a path', () => {
  const text = readFileSync(new URL('../../../docs/paths.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n([^`]+)```/.exec(text) ?? [];
  assert.deepEqual(
    parse(example).keyframes.map(({ at }) => at),
    [0, 240, 600, 900],
  );
  assert.equal(parseRequest({ path: example }).film.frames, 901);
});

test('times are frames, seconds or bars', () => {
  const frames = (text: string, bpm?: number, beats = 4) => {
    const time = timeOf(text);
    return time && framesAt(time, 30, { bpm, beats });
  };
  for (const [text, expected] of [
    ['120', 120],
    ['120f', 120],
    ['1.5', 1.5],
    ['4s', 120],
    ['.5s', 15],
    ['1:02.5', 1875],
    ['1:00:00', 108_000],
  ] as const)
    assert.equal(frames(text), expected, text);
  assert.deepEqual([frames('1.1.1', 120), frames('4.1.1', 120), frames('1.2.3', 120)], [0, 180, 22.5]);
  assert.equal(frames('3.1.1', 90, 3), 120);
  for (const wrong of [
    '',
    '-1',
    '4 s',
    '1:2:3:4',
    '1.1',
    '0.1.1',
    '1.0.1',
    '1.1.5',
    '1.5.1',
    '1e3',
    '4.1.1.1',
    `${'9'.repeat(30)}s`,
  ])
    assert.ok(wrong === '1.1' || frames(wrong, 120) === undefined, wrong);
});

test('what is wrong in a path file is one line with file, line and column', () => {
  for (const [text, why] of [
    ['', /^PATH_FILE: film\.json:1:1: this is not JSON/],
    ['[]', /film\.json:1:1: it is not a JSON object such as/],
    ['{}', /film\.json:1:1: "keyframes" is missing/],
    ['{"keyframes": []}', /:1:2: keyframes is not a list of at least one keyframe/],
    ['{"keyframes": [7]}', /:1:2: keyframe 1 is not an object/],
    ['{"keyframes": [{"time": 0},\n  {"zoom": 3}]}', /film\.json:2:3: keyframe 2 has no "time"/],
    ['{"keyframes": [{"time": 0,\n "zoom": "x"}]}', /:2:2: keyframe 1: zoom "x" is not a decimal number/],
    ['{"keyframes": [{"time": 0, "zoom": 0}]}', /:1:28: keyframe 1: zoom "0" is not a number above 0/],
    ['{"keyframes": [{"time": 0, "rotat": 3}]}', /:1:28: "rotat" is no value of keyframe 1: did you mean "rotate"\?/],
    [
      '{"keyframs": [{"time": 0}]}',
      /"keyframs" is no value of the path: did you mean "keyframes"\?|"keyframes" is missing/,
    ],
    ['{"keyframes": [{"time": "4 bars"}]}', /:1:17: keyframe 1: time "4 bars" is not frames \(120, 120f\), seconds/],
    ['{"keyframes": [{"time": "4.1.1"}]}', /:1:17: the time "4\.1\.1" needs "bpm"/],
    [
      '{"bpm": 120, "beats": 3, "keyframes": [{"time": "4.4.1"}]}',
      /the time "4\.4\.1" has a beat beyond the 3 of a bar/,
    ],
    ['{"keyframes": [{"time": "1s"}, {"time": 30}]}', /:1:33: the time "30" is not later than the one before, "1s"/],
    ['{"keyframes": [{"time": 0, "xpos": 1}]}', /:1:16: keyframe 1 has one of xpos and ypos: give both/],
    ['{"keyframes": [{"time": 0, "ease": "slow"}]}', /keyframe 1: ease "slow" is not linear, smooth, power, hold/],
    ['{"keyframes": [{"time": 0, "ease": {"power": 99}}]}', /keyframe 1: ease is not linear, smooth, power, hold/],
    ['{"keyframes": [{"time": 0, "zoom": [1]}]}', /keyframe 1: zoom is not a string or a number/],
    ['{"keyframes": [{"time": 0, "time": 1}]}', /:1:28: "time" stands twice/],
  ] as const)
    assert.throws(() => parse(text), why, text);
});

test('any text as a path is a path, or refused with one line', () => {
  const value: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue(), fc.constantFrom('1e30', '4s', 0, 1, 'smooth', '-0.5'));
  const keyframe = fc.dictionary(
    fc.constantFrom('time', 'zoom', 'xpos', 'ypos', 'ease', 'journey', 'x', '__proto__'),
    value,
  );
  const file = fc.oneof(
    fc.string(),
    fc.jsonValue().map((one) => JSON.stringify(one)),
    fc.record({ keyframes: fc.array(keyframe), bpm: value }).map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(file, (text) => {
      try {
        parse(text);
      } catch (error) {
        assert.match(String(error), /^PATH_FILE: film\.json:\d+:\d+: [^\n]{1,400}$/);
      }
    }),
    { numRuns: 3000 },
  );
});

const PATH = JSON.stringify({
  keyframes: [
    { time: 0, xpos: '-0.5', ypos: '0', zoom: '1', offset: '0' },
    { time: '1s', zoom: '1e3', rotate: '30' },
    { time: '2s', xpos: '-0.7436438870371587', ypos: '0.1318259042053119', zoom: '1e9', offset: '1' },
  ],
});

test('a path sets the length, the values of the first frame and the place of the last', () => {
  const request = parseRequest({ path: PATH, fps: '24' });
  assert.deepEqual([request.film.frames, request.film.last], [49, 48]);
  assert.deepEqual([request.re, request.zoom, request.film.end.zoom], ['-0.5', '1', '1e9']);
  assert.deepEqual(cameraAt(request, 24).rotation, 30);
  assert.ok(lookChanges(request) && Math.abs(lookAt(request, 24).offset - 0.5) < 1e-12);
  assert.equal(parseRequest({ path: PATH, frames: '10' }).film.end.zoom, viewAt(parseRequest({ path: PATH }), 9).zoom);
  const longer = parseRequest({ path: PATH, seconds: '4' });
  assert.deepEqual([longer.film.frames, viewAt(longer, 119).zoom, viewAt(longer, 60).zoom], [120, '1e9', '1e9']);
});

test('a frame as a still has all that the frame has, and its flags make it again', () => {
  for (const raw of [
    { path: PATH, slope: '0.5', iters: '100 + 10*log2(zoom)' },
    {
      formula: 'julia',
      'julia-re-end': '0.3',
      'rotate-end': '45',
      'offset-end': '0.25',
      frames: '30',
      'ease-power': '2',
    },
  ] as RawRequest[]) {
    const request = parseRequest({ width: '64', height: '36', ...raw });
    for (const frame of [0, 7, 29]) {
      const still = parseRequest(pictureFlags(request, frame));
      assert.deepEqual(viewAt(still, 0), viewAt(request, frame));
      assert.deepEqual(lookAt(still, 0), lookAt(request, frame));
      assert.equal(still.film.frames, 1);
      assert.deepEqual(viewAt(stillOf(request, frame), 0), viewAt(request, frame));
    }
  }
});

test('--path reads a file, a request file may hold the path itself, and a still on the command line has none', async (t) => {
  const at = folder(t);
  const [path, request] = [join(at, 'film.json'), join(at, 'request.json')];
  writeFileSync(path, PATH);
  writeFileSync(request, `{"path": ${PATH}, "width": 64}`);
  const named = await leaderOptions({ path, width: '64' });
  assert.deepEqual((await leaderOptions({ request })).request, named.request);
  assert.equal((await leaderOptions({ request, frames: '1' })).request.film.path, undefined);
  writeFileSync(path, '{"keyframes": [\n{"time": 0, "zoom": -1}]}');
  await assert.rejects(
    leaderOptions({ path }),
    /PATH_FILE: .*film\.json:2:13: keyframe 1: zoom "-1" is not a number above 0/,
  );
  await assert.rejects(leaderOptions({ path: join(at, 'none') }), /PATH_FILE: .*none: it cannot be read/);
});

test('the length of a film in seconds, and the speed of its zoom', () => {
  const frames = (raw: RawRequest) => parseRequest(raw).film.frames;
  assert.equal(frames({ seconds: '2.5', fps: '24', 'zoom-end': '1e3' }), 60);
  assert.equal(frames({ zoom: '1', 'zoom-end': '1024', speed: '2', fps: '30' }), 151);
  assert.equal(frames({ zoom: '1024', 'zoom-end': '1', speed: '10', fps: '10' }), 11);
});

test('parts of a film keep its frames', () => {
  const whole = { zoom: '1', 'zoom-end': '1e9', frames: '100', xpos: '-0.5' };
  const part = parseRequest({ ...whole, 'frames-from': '40', 'frames-to': '59' });
  assert.deepEqual([part.film.first, part.film.last, part.film.frames], [40, 59, 100]);
  for (const frame of [40, 50, 59]) assert.deepEqual(viewAt(part, frame), viewAt(parseRequest(whole), frame));
});

test('what contradicts itself is refused, with the flags that do', () => {
  const julia = '{"keyframes": [{"time": 9, "julia-re": 0, "julia-im": 1}]}';
  const between =
    '{"keyframes": [{"time": 0, "xpos": 0, "ypos": 0, "zoom": 1}, {"time": 5, "zoom": 1e9}, {"time": 9, "xpos": 1, "ypos": 0, "zoom": 1}]}';
  for (const [raw, why] of [
    [{ frames: '9', seconds: '3' }, /--frames and --seconds both set the length/],
    [{ seconds: '9', speed: '3', 'zoom-end': '1e9' }, /--seconds and --speed/],
    [{ speed: '3' }, /--speed is that of a zoom: give --zoom-end, too/],
    [{ 'rotate-end': '9' }, /--rotate-end is for films: give --frames of at least 2, or --seconds/],
    [{ 'julia-im-end': '1', frames: '9' }, /--julia-im-end changes a Julia set: give --formula julia/],
    [
      { 'offset-end': '1', frames: '9', 'color-mode': '3' },
      /--offset-end moves the palette, which --color-mode 3 does not/,
    ],
    [{ ease: '0.5', 'ease-power': '2', frames: '9' }, /--ease and --ease-power/],
    [{ path: PATH, 'zoom-end': '3' }, /--path has all of the way: leave out --zoom-end/],
    [{ path: julia }, /--path changes the constant of a Julia set: give --formula julia/],
    [{ path: '{"keyframes": [{"time": 1, "slope-angle": 3}]}' }, /--path turns the light of slopes: give --slope/],
    [
      { path: between },
      /between keyframes 1 and 3 the centre moves while the zoom rises and falls: give keyframe 2 xpos and ypos/,
    ],
    [
      { path: between.replace('"zoom": 1}', '"zoom": 1, "journey": true}') },
      /keyframe 1 begins a journey.* up to keyframe 3: keyframe 2 has a zoom/,
    ],
    [{ frames: '9', 'frames-from': '9' }, /--frames-from 9: the last frame of 9 is 8/],
    [{ frames: '9', 'frames-to': '20' }, /--frames-to 20: the last frame of 9 is 8/],
    [{ frames: '9', 'frames-from': '5', 'frames-to': '3' }, /--frames-from 5 lies behind --frames-to 3/],
    [{ speed: '1e-6', 'zoom-end': '1e90' }, /would have \d+ frames, at most 1000000/],
  ] as const)
    assert.throws(() => parseRequest(raw as RawRequest), why);
});

test('a centre with fewer digits than its zoom is named with the first frame that lacks them', () => {
  const path = (end: string) =>
    parseRequest({
      path: `{"keyframes": [{"time": 0, "xpos": -0.75, "ypos": 0, "zoom": 1}, {"time": 100, "xpos": ${end}, "ypos": 0, "zoom": 1e50}, {"time": 200, "zoom": 1e60}]}`,
    });
  assert.equal(digitsMissing(path(`-0.${'3'.repeat(60)}`)), undefined);
  const short = path(`-0.${'3'.repeat(55)}`);
  const text = digitsMissing(short) ?? '';
  const [, frame] =
    /^this zoom needs 60 digits behind the point, xpos of -0\.3+\.\.\. has 55: .* from frame (\d+) on$/.exec(text) ??
    [];
  assert.ok(depthAt(short, Number(frame)) >= 56 && depthAt(short, Number(frame) - 1) < 56, text);
  const straight = digitsMissing(
    parseRequest({ xpos: '-0.5', ypos: '0', zoom: '1', 'zoom-end': '1e20', frames: '21' }),
  );
  assert.match(straight ?? '', /needs 20 digits .*--xpos has 1: .* from frame 6 on$/);
});
