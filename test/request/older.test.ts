import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FractalError } from '../../src/errors.js';
import { parseRequestFile } from '../../src/request/file.js';
import { parseRequest } from '../../src/request/parse.js';

const read = (text: string) => parseRequestFile(text, 'r.json');

test('a file of the first service has its defaults for what is missing', () => {
  const defaults = {
    xpos: '-1.338238635',
    ypos: '-0.057237059',
    frames: '20',
    width: '1000',
    height: '1000',
    iters: '1000',
    fps: '15',
    'view-width': '2.5',
    'view-width-end': '1e-5',
  };
  assert.deepEqual(read('{"point": "-1.338238635,-0.057237059"}'), defaults);
  assert.deepEqual(read('{"num_frames": 50, "fps": 20}'), { ...defaults, frames: '50', fps: '20' });
  assert.deepEqual(read('{maxiter: 5e2, point: " 0.25 , -1e-3"}'), {
    ...defaults,
    iters: '5e2',
    xpos: '0.25',
    ypos: '-1e-3',
  });
  assert.deepEqual(read('{"fps": 20}'), { fps: '20' });
});

test('a film of one frame is a still where the film starts', () => {
  const request = parseRequest(read('{"point": "-0.75,0.1", "num_frames": 1, "start_delta": 0.5}'));
  assert.equal(request.film.frames, 1);
  // 4 / zoom is the height, here also the width.
  assert.equal(Number(request.zoom), 8);
});

test('the request that the second service prints is understood as it is printed', () => {
  const text = `{
  START: [0.29340, -1.3941],
  ZOOM: "8x",
  NUM_FRAMES: 128,
  FPS: 20,
  THEME: "Galaxy",
  FORMAT: "mp4"
}`;
  assert.deepEqual(read(text), {
    xpos: '0.29340',
    ypos: '-1.3941',
    zoom: '1',
    frames: '128',
    fps: '20',
    'zoom-end': '8',
    palette: 'Galaxy',
    outfile: 'fractal.mp4',
  });
  assert.equal(parseRequest(read(text)).film.end.zoom, '8');
});

test('one frame with ZOOM is a still at that zoom', () => {
  for (const frames of ['', 'NUM_FRAMES: 1,', 'NUM_FRAMES: 1.0,']) {
    const { zoom, film, outfile } = parseRequest(read(`{START: "0.25,0", ${frames} ZOOM: 8, FORMAT: "png"}`));
    assert.deepEqual([zoom, film.frames, film.end.zoom, outfile], ['8', 1, '8', 'fractal.png']);
  }
  const { zoom, outfile } = parseRequest(read('{START: [0, 0], NUM_FRAMES: 3, ZOOM: "2 X", FORMAT: "png"}'));
  assert.deepEqual([zoom, outfile], ['1', 'fractal-%05d.png']);
});

test('keys that an older service does not have are errors, and so are impossible values', () => {
  const wrong: readonly [text: string, line: RegExp][] = [
    ['{"point": "1,2", "num_frame": 5}', /"num_frame" is not known here: did you mean "num_frames"\?/],
    ['{"point": "1,2", "zoom": 5}', /"zoom" is not known here/],
    ['{"maxiter": 5, "constructor": 5}', /"constructor" is not known here/],
    ['{"point": "1"}', /"point" is not a pair/],
    ['{START: [1, 2], ZOM: "8x"}', /"ZOM" is not known here: did you mean "ZOOM"\?/],
    ['{START: [1, 2], ZOOM: "eight"}', /"ZOOM" "eight" is not a magnification/],
    ['{START: [1, 2], ZOOM: "-8x"}', /"ZOOM" "-8x" is not a magnification/],
    ['{START: [1, 2], FORMAT: "../x"}', /"FORMAT" "\.\.\/x" is not a file type such as "mp4"/],
    ['{"num_frames": 2, "X": 5}', /"X" is not known here$/],
    ['{ZOOM: "8x"}', /"START", the centre, is missing/],
    ['{START: [1, 2], START: [3, 4]}', /r\.json:1:17: .*"START" stands twice/],
  ];
  for (const [text, line] of wrong) {
    assert.throws(
      () => read(text),
      (error) => error instanceof FractalError && error.code === 'REQUEST_FILE' && line.test(error.message),
      text,
    );
  }
});
