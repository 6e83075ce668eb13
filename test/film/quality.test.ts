/** Films from keyframes, one sample a pixel, against frames of several samples: noise, and flicker from frame to frame. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { similarity } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import { FILMS, LOOKED, size } from './films.js';
import { psnr, type Scene, studio } from './rendering.js';
import { residual } from './residual.js';

interface Bounds {
  /** Of the film less that of 8 samples a pixel frame by frame, dB: without and with the palette filter. */
  readonly plain: number;
  readonly filtered: number;
}
const bounds: Readonly<Record<keyof typeof FILMS, Bounds>> = {
  shallow: { plain: 1.5, filtered: 3 },
  'turned and panned': { plain: 1.1, filtered: 2.8 },
  'to 1e14': { plain: 1.2, filtered: 1.7 },
  'to 1e50': { plain: -1.1, filtered: -0.9 },
};

for (const [name, scene] of Object.entries(FILMS)) {
  const { plain, filtered } = bounds[name as keyof typeof FILMS];
  test(`a film from keyframes is about as good as 8 samples a pixel, and flickers half as much as 4: ${name}`, async () => {
    const { still } = studio(scene);
    const { path } = scene;
    const stills = { truth: [] as Uint8Array[], eight: 0, flicker: 0 };
    for (const frame of LOOKED) {
      const truth = await still(frame, 64);
      stills.truth.push(truth);
      stills.eight += psnr(await still(frame, 8), truth) / LOOKED.length;
      stills.flicker += residual(await still(frame - 1, 4), await still(frame, 4), moved(path, frame), size);
    }
    const found = await lookedAt({ ...scene, footprint: true }, stills.truth);
    const averaged = await lookedAt({ ...scene, filter: true }, stills.truth);
    const figures =
      `${found.quality.toFixed(2)}, filtered ${averaged.quality.toFixed(2)}, 8 samples ${stills.eight.toFixed(2)} dB; ` +
      `flicker ${(found.flicker / stills.flicker).toFixed(2)} and ${(averaged.flicker / stills.flicker).toFixed(2)} of 4 samples`;
    assert.ok(found.quality > stills.eight + plain, figures);
    assert.ok(averaged.quality > stills.eight + filtered, figures);
    assert.ok(found.flicker < stills.flicker / 2 && averaged.flicker < stills.flicker / 2, figures);
  });
}

test('a film to 1e50 is better than 8 samples a pixel frame by frame with two samples, by 3 dB with eight', async () => {
  const scene = FILMS['to 1e50'];
  const { still } = studio(scene);
  const truth: Uint8Array[] = [];
  let eight = 0;
  for (const frame of LOOKED) {
    const frameTruth = await still(frame, 64);
    truth.push(frameTruth);
    eight += psnr(await still(frame, 8), frameTruth) / LOOKED.length;
  }
  for (const [samples, gain] of [
    [2, 0.5],
    [8, 3],
  ] as const) {
    const { quality } = await lookedAt({ ...scene, size: { ...size, samples }, filter: true }, truth);
    const found = `${samples} samples ${quality.toFixed(2)}, 8 frame by frame ${eight.toFixed(2)} dB`;
    assert.ok(quality > eight + gain, found);
  }
});

/** The mean PSNR of some frames, and the sum of what is not the frame before, moved. */
async function lookedAt(scene: Scene, truth: readonly Uint8Array[]): Promise<{ quality: number; flicker: number }> {
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
