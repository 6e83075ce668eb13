/** Rectangles of POV-Ray scenes have the pixels that POV-Ray itself writes, and failures say what it says. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Rect } from '../../../src/shard/shard.js';
import { bytesOf, POVRAY, povrayPool, rendering, SIZE, SPHERES, sceneOf } from './scenes.js';

const run = promisify(execFile);

/** As POV-Ray writes it, as PNG: 3 bytes a pixel. */
async function pictureOf(scene: string, ...args: string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'fractal-test-povray-'));
  await writeFile(join(folder, 'scene.pov'), scene);
  const { width, height } = SIZE;
  await run('povray', ['+Iscene.pov', `+W${width}`, `+H${height}`, '-D', '+Oout.png', '+WT1', ...args], {
    cwd: folder,
  });
  return sharp(await readFile(join(folder, 'out.png')))
    .removeAlpha()
    .raw()
    .toBuffer();
}

function cropped(picture: Buffer, { x, y, width, height }: Rect): Buffer {
  const rows = Array.from({ length: height }, (_, row) => {
    const at = 3 * ((y + row) * SIZE.width + x);
    return picture.subarray(at, at + 3 * width);
  });
  return Buffer.concat(rows);
}

test('bands, columns, tiles and single pixels are those of the picture that POV-Ray writes', POVRAY, async (t) => {
  const whole = await pictureOf(SPHERES, '+A0.1');
  const pool = await povrayPool(t, 2);
  const { render } = rendering(pool, sceneOf({ 'scene.pov': SPHERES }, { options: ['+A0.1'] }));
  const { width, height } = SIZE;
  const rects: Rect[] = [
    { x: 0, y: 0, width, height },
    { x: 0, y: 0, width, height: 1 },
    { x: 0, y: 0, width, height: 11 },
    { x: 0, y: 11, width, height: 8 },
    { x: 0, y: height - 1, width, height: 1 },
    { x: 0, y: 0, width, height: 32 },
    { x: 0, y: 32, width, height: 32 },
    { x: 30, y: 31, width: 40, height: 34 },
    { x: 0, y: 0, width: 1, height },
    { x: width - 1, y: 0, width: 1, height },
    { x: 7, y: 5, width: 13, height: 9 },
    { x: 0, y: 0, width: 1, height: 1 },
    { x: width - 1, y: height - 1, width: 1, height: 1 },
  ];
  const answers = await Promise.all(rects.map((rect) => render({ rect })));
  for (const [k, rect] of rects.entries()) {
    assert.ok(bytesOf(answers[k] as (typeof answers)[0]).equals(cropped(whole, rect)), JSON.stringify(rect));
  }
  assert.ok(new Set(whole).size > 50, 'a picture with something in it');
});
