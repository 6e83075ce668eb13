/**
 * Frames of films from keyframes against frames of 8 samples a pixel, with the palette filter: in the colours that the program
 * finds, and in fixed ones.
 */

import { prepare } from '../src/app/prepare.js';
import type { Context } from '../src/app/stage.js';
import { prepare as paintOf } from '../src/render/colours.js';
import type { Paint } from '../src/render/paint.js';
import { parseRequest } from '../src/request/parse.js';
import { FILMS, size } from '../test/film/films.js';
import { lookedAt, stillsOf } from '../test/film/judged.js';
import type { Scene } from '../test/film/rendering.js';
import { print } from './table.js';

const SAMPLES = [1, 4, 8];
const context: Context = { emit: () => undefined, signal: new AbortController().signal };

export async function quality(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, scene] of Object.entries<Scene>(FILMS)) {
    for (const [colours, paint] of [
      ['fixed', scene.paint],
      ['auto', await autoPaint(scene)],
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

/** In the colours that the program finds for the film. */
async function autoPaint({ path, iterations, perturbed }: Scene): Promise<Paint> {
  const [first, last] = [path.at(0), path.at(path.frames - 1)];
  const { request } = await prepare(
    parseRequest({
      ...{ xpos: first.re, ypos: first.im, zoom: first.zoom, rotate: `${first.rotation}` },
      ...{ 'xpos-end': last.re, 'ypos-end': last.im, 'zoom-end': last.zoom, 'rotate-end': `${last.rotation}` },
      ...{ frames: `${path.frames}`, width: `${size.width}`, height: `${size.height}`, iters: `${iterations}` },
      ...{ colors: 'auto', method: perturbed ? 'perturbation' : 'direct' },
    }),
    context,
  );
  return paintOf(request.colours, size.height);
}
