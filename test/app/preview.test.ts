import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewOf, sheetOf } from '../../src/app/preview.js';
import { parseRequest } from '../../src/request/parse.js';

test('a preview is a quarter as wide and as high, in a file beside the outfile', () => {
  const sizes = { '1280x720': [320, 180], '1920x1080': [480, 270], '101x57': [26, 16], '20x8': [16, 8] };
  for (const [size, small] of Object.entries(sizes)) {
    const [width, height] = size.split('x') as [string, string];
    const request = parseRequest({ width, height, frames: '9', 'zoom-end': '1e3', outfile: 'a.b/zoom.film.mp4' });
    const preview = previewOf(request);
    assert.deepEqual([preview.width, preview.height], small);
    const outfile = 'a.b/zoom.film.preview.mp4';
    assert.deepEqual(preview, { ...request, width: small[0], height: small[1], outfile, outfiles: [outfile] });
  }
  assert.equal(previewOf(parseRequest({ outfile: 'f-%05d.png' })).outfile, 'f-%05d.preview.png');
  assert.throws(() => previewOf(parseRequest({ outfile: '/dev/stdout' })), { code: 'REQUEST_INVALID' });
});

test('a contact sheet has the first and the last frame and others between them, with time and zoom', () => {
  const film = parseRequest({ frames: '301', fps: '30', zoom: '1', 'zoom-end': '1e30', outfile: 'x.mp4' });
  const { request, sheet } = sheetOf(film, 'sheet.png');
  assert.deepEqual([request.outfile, request.width, request.film.frames], ['sheet.png', 320, 301]);
  assert.deepEqual(sheet.size, { width: 1280, height: 720 });
  assert.equal(sheet.frames.length, 24);
  assert.deepEqual([sheet.frames[0], sheet.frames[1], sheet.frames.at(-1)], [0, 13, 300]);
  assert.deepEqual(
    [sheet.captions[0], sheet.captions[1], sheet.captions.at(-1)],
    ['0.0s  x1', '0.4s  x20', '10.0s  x1.0e30'],
  );
  assert.deepEqual(sheetOf(parseRequest({ frames: '2', 'zoom-end': '9' }), 's.png').sheet.frames, [0, 1]);
});
