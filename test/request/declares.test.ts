/** What a path file gives the frames of a POV-Ray scene. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '../../src/request/parse.js';
import { declaresByFrame, declaresOf, framesOfPath } from '../../src/request/path/declares.js';
import { parsePathFile } from '../../src/request/path/path-file.js';

const parse = (path: unknown, fps = 25) =>
  parsePathFile(typeof path === 'string' ? path : JSON.stringify(path), 'film.json', fps);

test('keyframes declare variables, with the easing of the keyframe or their own', () => {
  const path = parse({
    bpm: 120,
    keyframes: [
      { time: 0, declare: { Height: 0, camera_x: { value: 1, ease: 'linear' } }, ease: 'hold' },
      { time: '0.16s', declare: { Height: '8', camera_x: 5 }, ease: 'linear' },
      { time: 8, declare: { Height: '0.5' } },
    ],
  });
  assert.equal(framesOfPath(path), 9);
  assert.deepEqual(declaresByFrame(path, 9), [
    { name: 'Height', values: ['0', '0', '0', '0', '8', '6.125', '4.25', '2.375', '0.5'] },
    { name: 'camera_x', values: ['1', '2', '3', '4', '5', '5', '5', '5', '5'] },
  ]);
  assert.deepEqual(declaresByFrame(parse({ keyframes: [{ time: 0, declare: { a: 3 } }] }), 5), [
    { name: 'a', values: ['3'] },
  ]);
  assert.deepEqual(parse(path.text), path);
});

test('without an easing a variable follows a curve through its keyframes without a swing', () => {
  const path = parse({ keyframes: [0, 1, 1, 5].map((v, k) => ({ time: 10 * k, declare: { v } })) });
  const values = Array.from({ length: 31 }, (_, k) => Number(declaresOf(path)(k)[0]?.value));
  assert.ok(
    values.every((value, k) => k === 0 || value >= (values[k - 1] as number)),
    String(values),
  );
  assert.deepEqual([values[10], values[15], values[20]], [1, 1, 1]);
});

test('the camera of a path has names of variables, so that one file drives a fractal and a scene', () => {
  const path = {
    keyframes: [
      { time: 0, xpos: '-0.5', ypos: '0', zoom: '1', declare: { sun: 1 }, ease: 'linear' },
      { time: 10, xpos: '-0.75', ypos: '0.1', zoom: '100', rotate: '90', declare: { sun: 2 } },
    ],
  };
  const at = declaresOf(parse(path));
  assert.deepEqual(at(0), [
    { name: 'sun', value: '1' },
    { name: 'path_xpos', value: '-0.5' },
    { name: 'path_ypos', value: '0' },
    { name: 'path_zoom', value: '1' },
    { name: 'path_rotate', value: '0' },
  ]);
  assert.equal(at(5).find(({ name }) => name === 'path_zoom')?.value, '10');
  assert.deepEqual(
    at(10).map(({ value }) => value),
    ['2', '-0.75', '0.1', '100', '90'],
  );
  // The same file as a fractal's: as if nothing were declared.
  const text = JSON.stringify(path);
  const without = JSON.stringify({ keyframes: path.keyframes.map(({ declare: _, ...rest }) => rest) });
  assert.equal(parseRequest({ path: text }).film.frames, 11);
  assert.deepEqual(
    parseRequest({ path: text }).film.path?.keyframes,
    parseRequest({ path: without }).film.path?.keyframes,
  );
});

test('what is wrong is one line that says where', () => {
  for (const [text, why] of [
    ['{"keyframes": [{"time": 0, "declare": 3}]}', /:1:28: keyframe 1: declare "3" is not an object of numbers/],
    ['{"keyframes": [{"time": 0, "declare": {"a b": 3}}]}', /:1:40: keyframe 1: "a b" is not the name of a variable/],
    ['{"keyframes": [{"time": 0, "declare": {"a": "x"}}]}', /:1:40: keyframe 1: a "x" is not a number from/],
    ['{"keyframes": [{"time": 0, "declare": {"a": {"valu": 3}}}]}', /keyframe 1: a is not a number from .*curve/],
    ['{"keyframes": [{"time": 0, "declare": {"a": 1, "a": 2}}]}', /"a" stands twice/],
    ['{"keyframes": [{"time": 0, "ease": {"curve": 0.5}}]}', /keyframe 1: ease is not linear/],
  ] as const)
    assert.throws(() => parse(text), why, text);
  assert.throws(() => declaresOf(parse({ keyframes: [{ time: 0, zoom: '1e400' }] })), /beyond a zoom of 1e99/);
  assert.throws(
    () => parseRequest({ path: '{"keyframes": [{"time": 0, "declare": {"a": 1}}]}' }),
    /--path changes variables of a POV-Ray scene only: give it to fractal scene/,
  );
});
