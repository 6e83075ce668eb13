/** Films from keyframes, one sample a pixel, against frames of several samples: noise, and flicker from frame to frame. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILMS, size } from './films.js';
import { lookedAt, stillsOf } from './judged.js';

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
    const stills = await stillsOf(scene);
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
  const { truth, eight } = await stillsOf(scene);
  for (const [samples, gain] of [
    [2, 0.5],
    [8, 3],
  ] as const) {
    const { quality } = await lookedAt({ ...scene, size: { ...size, samples }, filter: true }, truth);
    const found = `${samples} samples ${quality.toFixed(2)}, 8 frame by frame ${eight.toFixed(2)} dB`;
    assert.ok(quality > eight + gain, found);
  }
});
