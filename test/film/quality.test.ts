/** Films from keyframes, one sample a pixel, against frames of several samples: noise, and flicker from frame to frame. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Camera, similarity } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import { DEEP, SHALLOW, zoomPath } from './paths.js';
import { PAINT, psnr, type Scene, studio } from './rendering.js';
import { residual } from './residual.js';

const size = { width: 160, height: 90, samples: 1 };
const frames = 61;

/** Turns by 40 degrees and moves by half of the last view while it zooms by three octaves. */
const turning: FilmPath = {
  frames,
  at(frame): Camera {
    const from = { re: '-0.74414', im: '0.13182', zoom: '250' };
    const place = zoomPath(from, { ...SHALLOW, zoom: '2000' }, frames).at(frame);
    return { ...place, rotation: (40 * frame) / (frames - 1) };
  },
};
const scenes: Readonly<Record<string, Scene>> = {
  shallow: {
    path: zoomPath({ ...SHALLOW, zoom: '250' }, { ...SHALLOW, zoom: '2000' }, frames),
    ...{ size, iterations: 3000, perturbed: false, paint: PAINT },
  },
  'turned and panned': { path: turning, ...{ size, iterations: 3000, perturbed: false, paint: PAINT } },
  deep: {
    path: zoomPath({ ...DEEP, zoom: '12.5e12' }, { ...DEEP, zoom: '1e14' }, frames),
    ...{ size, iterations: 4036, perturbed: true, paint: PAINT },
  },
};

for (const [name, scene] of Object.entries(scenes)) {
  test(`a film from keyframes is better than 4 samples a pixel, and flickers half as much: ${name}`, async () => {
    const { still, film } = studio(scene);
    const { path } = scene;
    const moved = (frame: number) => similarity(path.at(frame), path.at(frame - 1), size.height);
    const looked = [10, 30, 50];
    const sums = { film: 0, four: 0, eight: 0, filmFlicker: 0, fourFlicker: 0 };
    let frame = 0;
    let before: Uint8Array | undefined;
    for await (const rgb of film()) {
      if (looked.includes(frame) && before) {
        const truth = await still(frame, 64);
        const four = await still(frame, 4);
        sums.film += psnr(rgb, truth);
        sums.four += psnr(four, truth);
        sums.eight += psnr(await still(frame, 8), truth);
        sums.filmFlicker += residual(before, rgb, moved(frame), size);
        sums.fourFlicker += residual(await still(frame - 1, 4), four, moved(frame), size);
      }
      before = rgb;
      frame++;
    }
    assert.equal(frame, scene.path.frames);
    const n = looked.length;
    const means = `${(sums.film / n).toFixed(1)}, 4: ${(sums.four / n).toFixed(1)}, 8: ${(sums.eight / n).toFixed(1)} dB`;
    assert.ok(sums.film > sums.four + n, means);
    assert.ok(sums.film > sums.eight - 1.5 * n, means);
    assert.ok(sums.filmFlicker < sums.fourFlicker / 2, `${sums.filmFlicker / n} against ${sums.fourFlicker / n}`);
  });
}
