/** Films from keyframes against frames of several samples: noise, and flicker from frame to frame. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILMS, size } from './films.js';
import { foundPaint } from './found-paint.js';
import { lookedAt, stillsOf } from './judged.js';

interface Bounds {
  /** Of the film less that of 8 samples a pixel frame by frame, dB: without and with the palette filter. */
  readonly plain: number;
  readonly filtered: number;
  /** In the colours that the program finds, with 8 samples a pixel and the palette filter. */
  readonly eight: number;
}
const bounds: Readonly<Record<keyof typeof FILMS, Bounds>> = {
  shallow: { plain: 1.5, filtered: 3.2, eight: 7 },
  'turned and panned': { plain: 1.1, filtered: 3.1, eight: 6.8 },
  'to 1e14': { plain: 1.2, filtered: 1.9, eight: 6 },
  'to 1e50': { plain: -1.1, filtered: -0.8, eight: 4 },
};

for (const [name, scene] of Object.entries(FILMS)) {
  const { plain, filtered, eight } = bounds[name as keyof typeof FILMS];
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

  test(`in the default colours a film with 8 samples a pixel is 3 dB better than frame by frame: ${name}`, async () => {
    const painted = { ...scene, paint: await foundPaint(scene), size: { ...size, samples: 8 } };
    const stills = await stillsOf(painted);
    const found = await lookedAt({ ...painted, filter: true }, stills.truth);
    const figures =
      `${found.quality.toFixed(2)}, frame by frame ${stills.eight.toFixed(2)} dB; ` +
      `flicker ${(found.flicker / stills.flicker).toFixed(2)} of 4 samples`;
    assert.ok(found.quality > stills.eight + eight, figures);
    assert.ok(found.flicker < stills.flicker / 2, figures);
  });
}

test('a film to 1e50 is better than 8 samples a pixel frame by frame with two samples, by 2.5 dB with four', async () => {
  const scene = FILMS['to 1e50'];
  const { truth, eight } = await stillsOf(scene);
  for (const [samples, gain] of [
    [2, 0.8],
    [4, 2.5],
  ] as const) {
    const { quality } = await lookedAt({ ...scene, size: { ...size, samples }, filter: true }, truth);
    const found = `${samples} samples ${quality.toFixed(2)}, 8 frame by frame ${eight.toFixed(2)} dB`;
    assert.ok(quality > eight + gain, found);
  }
});
