/** The colours that the program finds for a short film: `--colors auto`, its default. */

import { prepare } from '../../src/app/prepare.js';
import type { Context } from '../../src/app/stage.js';
import { prepare as paintOf } from '../../src/render/colours.js';
import type { Paint } from '../../src/render/paint.js';
import { parseRequest } from '../../src/request/parse.js';
import type { Scene } from './rendering.js';

const context: Context = { emit: () => undefined, signal: new AbortController().signal };

export async function foundPaint({ path, size, iterations, perturbed }: Scene): Promise<Paint> {
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
