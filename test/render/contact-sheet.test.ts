/** Contact sheets as files, read back by sharp. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { ADVANCE, drawText, LINE } from '../../src/render/caption.js';
import { openContactSheet } from '../../src/render/contact-sheet.js';
import { COUNTS } from '../../src/view/channels.js';
import { folder } from '../e2e/processes.js';

const SIZE = { width: 40, height: 20 };
const OPTIONS = { ...SIZE, perPixel: 1, channels: COUNTS, fps: 30 };

/** A picture of one colour. */
const filled = (index: number, colour: readonly number[]) => {
  const rgb = Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, k) => colour[k % 3] as number);
  return { index, ...SIZE, perPixel: 1, answer: { kind: 'pixels', rgb } } as const;
};

test('pictures stand in rows, whole, with their captions below them', async (t) => {
  const outfile = join(folder(t), 'sheet.png');
  const colours = [
    [200, 0, 0],
    [0, 200, 0],
    [0, 0, 200],
    [90, 90, 0],
    [0, 90, 90],
  ] as const;
  const captions = colours.map((_, k) => `${k}.0s`);
  const output = await openContactSheet({ ...OPTIONS, outfile, frames: 5 }, captions);
  for (const [k, colour] of colours.entries()) await output.write(filled(k, colour));
  const [file] = await output.close();
  assert.equal(file?.path, outfile);
  const { data, info } = await sharp(outfile).raw().toBuffer({ resolveWithObject: true });
  // Three columns and two rows, with gaps of 4 pixels.
  assert.deepEqual([info.width, info.height], [4 + 3 * 44, 4 + 2 * (20 + LINE + 12)]);
  const at = (x: number, y: number) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
  for (const [k, colour] of colours.entries()) {
    const [left, top] = [4 + (k % 3) * 44, 4 + Math.floor(k / 3) * (20 + LINE + 12)];
    for (const [x, y] of [
      [left, top],
      [left + 39, top + 19],
    ] as const)
      assert.deepEqual(at(x, y), colour, `picture ${k}`);
    assert.deepEqual(at(left - 1, top), [24, 24, 24]);
    const caption = new Uint8Array(3 * 40 * LINE).fill(24);
    drawText({ rgb: caption, width: 40 }, captions[k] ?? '', { x: 0, y: 0, scale: 1, room: 40 });
    for (let y = 0; y < LINE; y++) {
      const start = 3 * ((top + 24 + y) * info.width + left);
      assert.deepEqual(
        [...data.subarray(start, start + 120)],
        [...caption.subarray(120 * y, 120 * (y + 1))],
        `caption ${k}`,
      );
    }
  }
  assert.deepEqual(at(4 + 2 * 44, 4 + 20 + LINE + 12), [24, 24, 24], 'the last place is empty');
});

test('text stays within its room, in dots of any size', () => {
  for (const scale of [1, 2, 3]) {
    const width = 60;
    const rgb = new Uint8Array(3 * width * 30);
    drawText({ rgb, width }, '88888888888888888888', { x: 3, y: 2, scale, room: 50 });
    const lit = [...rgb.keys()].filter((k) => k % 3 === 0 && rgb[k] === 255).map((k) => k / 3);
    const columns = lit.map((k) => k % width);
    const rows = lit.map((k) => Math.floor(k / width));
    const fitting = Math.floor(50 / (ADVANCE * scale));
    assert.deepEqual([Math.min(...rows), Math.max(...rows)], [2, 2 + LINE * scale - 1]);
    assert.deepEqual([Math.min(...columns), Math.max(...columns)], [3, 3 + fitting * ADVANCE * scale - scale - 1]);
  }
});

test('what is no picture is refused before anything is made', async (t) => {
  const at = folder(t);
  for (const name of ['x.mp4', 'x.npy', 'x-%d.png', 'x.doc']) {
    await assert.rejects(openContactSheet({ ...OPTIONS, outfile: join(at, name), frames: 2 }, ['1s', '2s']), {
      code: 'OUTFILE_FORMAT',
    });
  }
  assert.deepEqual(readdirSync(at), []);
});
