/**
 * Frames of films from keyframes against frames of 8 samples a pixel, with the palette filter: in the colours that the program
 * finds, and in fixed ones.
 */

import { FILMS, size } from '../test/film/films.js';
import { foundPaint } from '../test/film/found-paint.js';
import { lookedAt, stillsOf } from '../test/film/judged.js';
import type { Scene } from '../test/film/rendering.js';
import { print } from './table.js';

const SAMPLES = [1, 4, 8];

export async function quality(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, scene] of Object.entries<Scene>(FILMS)) {
    for (const [colours, paint] of [
      ['fixed', scene.paint],
      ['auto', await foundPaint(scene)],
    ] as const) {
      const painted = { ...scene, paint };
      const stills = await stillsOf(painted);
      const cells: string[] = [];
      for (const samples of SAMPLES) {
        const found = await lookedAt({ ...painted, size: { ...size, samples }, filter: true }, stills.truth);
        const share = found.flicker / stills.flicker;
        cells.push(found.quality.toFixed(1), signed(found.quality - stills.eight), share.toFixed(2));
      }
      rows.push([name, colours, stills.eight.toFixed(1), ...cells]);
    }
  }
  const head = SAMPLES.flatMap((samples) => [
    `--samples ${samples}, dB`,
    'above 8 frame by frame',
    'flicker, of 4 frame by frame',
  ]);
  print(
    `Films from keyframes, ${size.width}x${size.height}: PSNR against 64 samples a pixel, of frames an octave or more before the end`,
    ['film', '--colors', '8 frame by frame, dB', ...head],
    rows,
  );
}

function signed(number: number): string {
  return `${number < 0 ? '' : '+'}${number.toFixed(1)}`;
}
