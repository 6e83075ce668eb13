/** `--contact-sheet` and `--preview`, as a user runs them. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { folder, fractal } from './processes.js';

const BOUNDED = { timeout: 120_000 };
const FILM = ['--zoom', '3', '--zoom-end', '300', '-x', '-0.7436', '-y', '0.1318', '--iters', '300', '--frames', '30'];
const LEADER = ['leader', '--local', '1', '--no-store', '--width', '128', '--height', '72', ...FILM];

test('a contact sheet comes without the film, and has its frames', BOUNDED, async (t) => {
  const at = folder(t);
  const { code, stdout, stderr } = await fractal(t, [...LEADER, '--contact-sheet', 'sheet.png'], at);
  assert.deepEqual([code, stdout], [0, 'sheet.png\n'], stderr);
  assert.deepEqual(readdirSync(at), ['sheet.png']);
  assert.match(stderr, /^sheet\.png: 24 frames of 32x18, .*; all computed at this size$/m);
  const { data, info } = await sharp(join(at, 'sheet.png')).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [4 + 6 * 36, 4 + 4 * (18 + 7 + 12)]);
  // The fifth frame on it is frame 5 of the film, at the small size.
  const small = ['--width', '32', '--height', '18', '--assembly', 'frames', '--palette-filter', '-o', 'f-%02d.png'];
  const frames = await fractal(t, ['leader', '--local', '1', '--no-store', ...FILM, ...small], at);
  assert.equal(frames.code, 0, frames.stderr);
  const picture = await sharp(join(at, 'f-05.png')).raw().toBuffer();
  const [x, y] = [4 + 4 * 36, 4];
  for (let row = 0; row < 18; row++) {
    const start = 3 * ((y + row) * info.width + x);
    assert.deepEqual(data.subarray(start, start + 96), picture.subarray(96 * row, 96 * (row + 1)), `row ${row}`);
  }
  // The film can be rendered from it.
  const plan = await fractal(t, ['leader', '--local', '1', '--location', 'sheet.png', '--dry-run'], at);
  assert.match(plan.stdout, /^frames: 30 of 128x72, .* at most 300 iterations$/m);
});

test('sheet, preview and film follow one another, each with its last line; JSON is of the film', BOUNDED, async (t) => {
  const at = folder(t);
  const all = [...LEADER, '--contact-sheet', 'sheet.png', '--preview', '-o', 'zoom.mp4'];
  const { code, stdout, stderr } = await fractal(t, all, at);
  assert.deepEqual([code, stdout], [0, 'sheet.png\nzoom.preview.mp4\nzoom.mp4\n'], stderr);
  const lines = stderr.split('\n').filter((line) => line.includes('; took '));
  assert.match(lines[0] ?? '', /^sheet\.png: 24 frames of 32x18, /);
  assert.match(lines[1] ?? '', /^zoom\.preview\.mp4: 32x18, 30 frames, 1 s at 30 frames a second, /);
  assert.match(lines[2] ?? '', /^zoom\.mp4: 128x72, 30 frames, 1 s at 30 frames a second, /);
  const json = await fractal(t, [...LEADER, '--preview', '-o', 'again.mp4', '--json'], at);
  assert.deepEqual(JSON.parse(json.stdout).files, ['again.mp4']);
  assert.ok(existsSync(join(at, 'again.preview.mp4')));
});

test(
  'a sheet of a still, of a film or beside an outfile of the same name is refused in one line',
  BOUNDED,
  async (t) => {
    const at = folder(t);
    for (const [words, line] of [
      [['leader', '--contact-sheet', 'x.png'], 'REQUEST_INVALID: --contact-sheet shows frames of a film'],
      [[...LEADER, '--contact-sheet', 'x.mp4'], 'OUTFILE_FORMAT: "x.mp4": a contact sheet is one picture'],
      [
        [...LEADER, '--contact-sheet', 'x-%d.png', '-o', 'x-%d.png'],
        'REQUEST_INVALID: --contact-sheet and --outfile both name',
      ],
      [[...LEADER, '--preview', '-o', '/dev/stdout'], 'REQUEST_INVALID: --preview writes a file beside the outfile'],
    ] as const) {
      const { code, stderr } = await fractal(t, [...words], at);
      assert.notEqual(code, 0);
      assert.ok(stderr.trimEnd().split('\n').at(-1)?.startsWith(`error: ${line}`), stderr);
      assert.deepEqual(readdirSync(at), []);
    }
  },
);
