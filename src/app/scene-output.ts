/** The files that the frames of a scene are written to. */

import { FractalError } from '../errors.js';
import { formatOf } from '../render/outfile.js';
import { type Output, openOutputs } from '../render/output.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import { COUNTS } from '../view/channels.js';
import { logTo } from './events.js';
import type { Context } from './stage.js';

/**
 * Opens them before anything is rendered. Release them with `abort`.
 * @throws FractalError OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING, ENCODER_UNFIT, AUDIO_INVALID
 */
export async function sceneOutput(
  request: SceneRequest,
  { emit, signal, background = false }: Context,
): Promise<Output> {
  const { outfiles, width, height, film, encoding } = request;
  for (const name of outfiles) refuseSamples(name);
  return openOutputs({
    ...{ outfiles, width, height, fps: film.fps, perPixel: 1, channels: COUNTS, dither: false },
    ...{ frames: film.last - film.first + 1, first: film.first },
    ...encoding,
    warn: logTo(emit, 'warn'),
    ...{ signal, background },
  });
}

/** Of a channel of a pixel. */
export function bitsOf({ wants }: Output): 8 | 16 {
  return wants.kind === 'pixels' ? wants.levels.bits : 8;
}

function refuseSamples(name: string): void {
  if (!/\.(npy|exr)$/i.test(name)) return;
  const { kind } = formatOf(name);
  throw new FractalError(
    'OUTFILE_FORMAT',
    `"${name}": an .${kind} holds samples of fractals; use .png with --depth 16`,
  );
}
