/** Frames to one film, through ffmpeg. */

import { resolve } from 'node:path';
import { FractalError } from '../errors.js';
import type { Frame } from '../shard/frame.js';
import { parameterLimit } from './carried-parameters.js';
import { checkEncoder } from './encoder-check.js';
import { type Encoding, encode } from './encoding.js';
import { findFfmpeg } from './ffmpeg.js';
import { encodersFor, recipe } from './film.js';
import { flawOf } from './film-check.js';
import type { Film } from './outfile.js';
import { type Output, type OutputOptions, pixelsOf, temporaryOptions } from './output-options.js';
import { soundOf } from './soundtrack.js';
import { temporary } from './temporary.js';
import { writeError } from './write-error.js';
import { planesOf } from './yuv.js';

/** Frames a second above which players show a GIF more slowly: its frames last a multiple of 1/100 s, at least 2. */
const FASTEST_GIF = 50;

/** A film: frames go to ffmpeg as they come; the file is checked and then published. */
export async function openFilm(options: OutputOptions, container: Film): Promise<Output> {
  const { outfile, width, height, frames, fps, signal } = options;
  const settings = { film: container, ...options };
  const encoders = encodersFor(settings);
  if (container === 'gif' && fps > FASTEST_GIF)
    options.warn?.(
      `a .gif of more than ${FASTEST_GIF} frames a second plays more slowly: most players show frames shorter than 0.02 s for 0.1 s; use --fps ${FASTEST_GIF}, or an .mp4`,
    );
  const ffmpeg = await findFfmpeg({ encoders, path: options.ffmpeg });
  const how = recipe(settings, encoders.find((one) => ffmpeg.encoders.has(one)) as string);
  const planes = how.input === 'yuv420p';
  await checkEncoder(ffmpeg, settings, how);
  const length = { from: (options.first ?? 0) / fps, seconds: frames / fps, lossless: how.lossless };
  const sound = options.audio === undefined ? undefined : await soundOf(ffmpeg, options.audio, container, length);
  const withinLimit = parameterLimit(options, container);
  const file = await temporary(outfile, temporaryOptions(options));
  const target = resolve(file.path);
  let encoding: Promise<Encoding> | undefined;
  const start = (comment: string | undefined) =>
    encode(ffmpeg, {
      width,
      height,
      fps,
      container,
      recipe: how,
      ...(sound ? { sound } : {}),
      ...(comment === undefined ? {} : { comment }),
      target,
      background: options.background === true,
      ...(options.stallTimeoutSeconds === undefined ? {} : { stallSeconds: options.stallTimeoutSeconds }),
    });
  const kill = async () => {
    await encoding?.then(
      (one) => one.kill(),
      () => undefined,
    );
  };
  const stop = () => void kill();
  signal?.addEventListener('abort', stop, { once: true });
  const abort = async () => {
    signal?.removeEventListener('abort', stop);
    await kill();
    await file.discard();
  };
  /** Stops; rejects with the reason. */
  const failed = async (error: unknown): Promise<never> => {
    const reason = await writeError(outfile, target, error);
    await abort();
    throw reason;
  };
  return {
    // A GIF's colours are dithered by ffmpeg.
    wants: { kind: 'pixels', levels: { bits: how.bits, dither: options.dither === true && container !== 'gif' } },
    ...(planes ? { takesPlanes: true } : {}),
    write: async (frame, parameters) => {
      try {
        // With the first frame: the film's parameters may not be known before.
        encoding ??= start(withinLimit(parameters && (() => parameters('film'))));
        const one = await encoding;
        await one.write(planes ? await yuvOf(frame) : pixelsOf(frame, how.bits));
      } catch (error) {
        await failed(error);
      }
    },
    close: async () => {
      try {
        await (await encoding)?.end();
        const flaw = await flawOf(ffmpeg.path, target, container, frames, signal);
        if (flaw) throw new FractalError('ENCODER_FAILED', `"${outfile}" is not published, since ${flaw}`);
        const written = await file.publish();
        signal?.removeEventListener('abort', stop);
        return [written];
      } catch (error) {
        return failed(error);
      }
    },
    abort,
  };
}

/** The planes of a frame of pixels of 8 bits, or of planes. */
async function yuvOf(frame: Frame): Promise<Uint8Array> {
  const { answer } = frame;
  const { yuv } = answer.kind === 'planes' ? answer : await planesOf(pixelsOf(frame, 8) as Uint8Array, frame);
  return yuv;
}
