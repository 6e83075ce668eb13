/** How good the frames of a film from keyframes are, and how much they flicker, against frames of several samples. */

import assert from 'node:assert/strict';
import { similarity } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import { LOOKED, size } from './films.js';
import { psnr, type Scene, studio } from './rendering.js';
import { residual } from './residual.js';

/** Of the frames that are looked at, each computed as a picture of its own. */
export interface Stills {
  /** With 64 samples a pixel. */
  readonly truth: readonly Uint8Array[];
  /** The mean PSNR of 8 samples a pixel, dB. */
  readonly eight: number;
  /** The sum of what is not the frame before, moved, with 4 samples a pixel. */
  readonly flicker: number;
}

export async function stillsOf(scene: Scene): Promise<Stills> {
  const { still } = studio(scene);
  const truth: Uint8Array[] = [];
  let [eight, flicker] = [0, 0];
  for (const frame of LOOKED) {
    const one = await still(frame, 64);
    truth.push(one);
    eight += psnr(await still(frame, 8), one) / LOOKED.length;
    flicker += residual(await still(frame - 1, 4), await still(frame, 4), moved(scene.path, frame), size);
  }
  return { truth, eight, flicker };
}

/** The mean PSNR of some frames, and the sum of what is not the frame before, moved. */
export async function lookedAt(
  scene: Scene,
  truth: readonly Uint8Array[],
): Promise<{ quality: number; flicker: number }> {
  const sum = { quality: 0, flicker: 0 };
  let frame = 0;
  let before: Uint8Array | undefined;
  for await (const rgb of studio(scene).film()) {
    const k = LOOKED.indexOf(frame);
    if (k >= 0 && before) {
      sum.quality += psnr(rgb, truth[k] as Uint8Array) / LOOKED.length;
      sum.flicker += residual(before, rgb, moved(scene.path, frame), size);
    }
    before = rgb;
    frame++;
  }
  assert.equal(frame, scene.path.frames);
  return sum;
}

function moved(path: FilmPath, frame: number) {
  return similarity(path.at(frame), path.at(frame - 1), size.height);
}
