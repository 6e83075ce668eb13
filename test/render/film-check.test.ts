import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFfmpeg } from '../../src/render/ffmpeg.js';
import { flawOf } from '../../src/render/film-check.js';
import type { Film } from '../../src/render/outfile.js';
import { openOutput } from '../../src/render/output.js';
import { COUNTS } from '../../src/view/channels.js';

const [WIDTH, HEIGHT, FRAMES] = [64, 48, 12];
const folder = mkdtempSync(join(tmpdir(), 'film-check-'));

async function filmOf(name: string, codec?: string): Promise<string> {
  const path = join(folder, name);
  const some = { width: WIDTH, height: HEIGHT, frames: FRAMES, perPixel: 1, channels: COUNTS, fps: 25 };
  const output = await openOutput({ outfile: path, ...some, ...(codec === undefined ? {} : { codec }) });
  for (let index = 0; index < FRAMES; index++) {
    const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * (index + 3)) & 255);
    await output.write({ index, width: WIDTH, height: HEIGHT, perPixel: 1, answer: { kind: 'pixels', rgb } });
  }
  await output.close();
  return path;
}

for (const [name, container, codec] of [
  ['x.mp4', 'mp4'],
  ['x.mov', 'mov'],
  ['x.mkv', 'matroska'],
  ['x.webm', 'webm'],
  ['vp8.webm', 'webm', 'vp8'],
  ['x.gif', 'gif'],
] as const)
  test(`${name}: a film that is cut short, has a hole or too few frames is detected`, async () => {
    const { path: ffmpeg } = await findFfmpeg();
    const path = await filmOf(name, codec);
    const bytes = readFileSync(path);
    const flaw = (changed: Uint8Array, frames = FRAMES) => {
      writeFileSync(`${path}.changed`, changed);
      return flawOf(ffmpeg, `${path}.changed`, container as Film, frames);
    };
    assert.equal(await flaw(bytes), undefined, 'the whole film');
    assert.match((await flaw(bytes, FRAMES + 1)) ?? '', new RegExp(`holds ${FRAMES} of ${FRAMES + 1} frames`));
    for (const length of [0, 1, 7, 40, bytes.length >> 2, bytes.length >> 1, bytes.length - 20, bytes.length - 1])
      assert.ok(await flaw(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`);
    const hole = [bytes.subarray(0, bytes.length >> 1), bytes.subarray((bytes.length >> 1) + 256)];
    assert.ok(await flaw(Buffer.concat(hole)), '256 bytes are missing in the middle');
  });
