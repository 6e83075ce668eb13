/** Frames to files on disk: stills, a file a frame, films, or raw samples. A file appears whole or not at all. */

import { extname, resolve } from 'node:path';
import { FractalError } from '../errors.js';
import type { Frame } from '../shard/frame.js';
import { type Encoding, encode, findFfmpeg } from './ffmpeg.js';
import { recipe } from './film.js';
import { flawOf } from './film-check.js';
import { npyPieces } from './npy.js';
import { type Film, type Outfile, outfileOf } from './outfile.js';
import { withPngText } from './picture-text.js';
import { encodeStill, loadSharp } from './stills.js';
import { streamTarget } from './stream-target.js';
import { type Temporary, temporary, type Written, writePieces } from './temporary.js';
import { writeError } from './write-error.js';

export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export type { Written } from './temporary.js';

export interface OutputOptions {
  /** .png .webp .tiff .jpg .npy, also as a pattern such as f-%05d.png, or .mp4 .mov .mkv .webm .gif. */
  readonly outfile: string;
  /** Pixels of a frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Samples a pixel: an axis of an .npy, when above 1. */
  readonly perPixel: number;
  /** Numbers a raw sample has: 1, or 3, nu and the vector of the distance, of which an .npy gets nu and the length. */
  readonly channels: number;
  readonly fps: number;
  readonly codec?: string;
  readonly crf?: number;
  /** Seconds without a sign of life after which an ffmpeg is given up. */
  readonly patience?: number;
  /** Path of an ffmpeg. */
  readonly ffmpeg?: string;
  /** Told what the user should know though it stops nothing. */
  readonly warn?: (line: string) => void;
  /** Ends what takes long: an encoder that completes its file, the waiting for a program that reads a pipe. */
  readonly signal?: AbortSignal;
}

/** The parameters of one frame, or of the whole film. */
export type ParametersOf = (of: 'frame' | 'film') => string;

/** Under which a PNG carries its parameters. */
export const KEYWORD = 'fractal';

export interface Output {
  /** The kind of answer that the frames must hold. */
  readonly wants: 'pixels' | 'samples';
  /**
   * Takes the next frame, in order, one call at a time; resolves when the next one may come, while this one is still
   * being encoded: its bytes must not change any more. Rejects when an earlier frame failed, too. `parameters`: what a
   * still, or a film with its first frame, carries so that it can be rendered again: ASCII.
   */
  write(frame: Frame, parameters?: ParametersOf): Promise<void>;
  /** Completes everything; resolves with the files that were published. */
  close(): Promise<Written[]>;
  /** Stops and removes what is incomplete; a file of an earlier run stays. Whole frames of a pattern stay. Does nothing after `close`. */
  abort(): Promise<void>;
}

/**
 * Opens the output, and finds out before anything is rendered whether it can be written.
 * Throws OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING.
 */
export async function openOutput(options: OutputOptions): Promise<Output> {
  const outfile = outfileOf(await namedFormat(options), options.frames, options.width, options.height);
  return outfile.format.kind === 'film' ? film(options, outfile.format.film) : files(options, outfile);
}

/** The outfile with an extension: a device such as /dev/stdout, which has none, receives the default format. */
async function namedFormat({ outfile, frames }: OutputOptions): Promise<string> {
  if (extname(outfile) !== '') return outfile;
  // One that is refused is refused for what it is, not for its name.
  const target = await streamTarget(outfile);
  return target ? `${outfile}${frames > 1 ? '.mp4' : '.png'}` : outfile;
}

/** Encoded at a time: enough to overlap computing, few enough to bound memory. */
const AT_ONCE = 2;

async function files(options: OutputOptions, outfile: Outfile): Promise<Output> {
  const { format } = outfile;
  if (format.kind === 'still') loadSharp().catch(() => undefined);
  // Made at once, to find out whether the folder can be written; the first frame takes it.
  const made = (frame: number) => temporary(outfile.many ? outfile.path(frame) : options.outfile, placing(options));
  let ready: Temporary | undefined = await made(0);
  /** The one file of a single frame, complete, until `close` publishes it. */
  let whole: Temporary | undefined;
  const encoding = new Set<Promise<void>>();
  const published: Written[] = [];
  let failure: { readonly error: unknown } | undefined;
  let aborted = false;
  const carried = carrier(options, format.kind === 'still' ? format.still : 'npy');

  const encodeFrame = async (frame: Frame, parameters: Text | undefined, first: Temporary | undefined) => {
    const path = outfile.many ? outfile.path(frame.index) : options.outfile;
    const file = first ?? (await made(frame.index));
    try {
      await writePieces(file.path, await piecesOf(frame, parameters));
      if (!outfile.many) whole = file;
      else if (aborted) await file.discard();
      else published[frame.index] = await file.publish();
    } catch (error) {
      const reason = await writeError(path, file.path, error);
      await file.discard();
      throw reason;
    }
  };
  const piecesOf = async (frame: Frame, parameters: Text | undefined): Promise<Iterable<Uint8Array>> => {
    if (format.kind !== 'still') return npyPieces(samplesOf(frame, options.channels), shapeOf(options));
    const text = carried(parameters);
    const png = format.still === 'png';
    const bytes = await encodeStill({ ...frame, rgb: pixelsOf(frame) }, format.still, png ? undefined : text);
    return png && text !== undefined ? withPngText(bytes, { keyword: KEYWORD, text }) : [bytes];
  };
  /** Waits until fewer frames than this are being encoded, at least until one is done. */
  const fewerThan = async (below: number) => {
    while (encoding.size >= below && encoding.size > 0) await Promise.race(encoding);
    if (failure) throw failure.error;
  };
  return {
    wants: format.kind === 'npy' ? 'samples' : 'pixels',
    write: async (frame, parameters) => {
      if (failure) throw failure.error;
      const first = frame.index === 0 ? ready : undefined;
      if (first) ready = undefined;
      const task: Promise<void> = encodeFrame(frame, parameters && (() => parameters('frame')), first)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => encoding.delete(task));
      encoding.add(task);
      await fewerThan(AT_ONCE);
    },
    close: async () => {
      await fewerThan(1).finally(() => ready?.discard());
      if (whole) published.push(await whole.publish());
      return published.filter((file) => file !== undefined);
    },
    abort: async () => {
      aborted = true;
      await Promise.all(encoding);
      await Promise.all([ready?.discard(), whole?.discard()]);
    },
  };
}

/** Frames a second above which players show a GIF more slowly: its frames last a multiple of 1/100 s, at least 2. */
const FASTEST_GIF = 50;

async function film(options: OutputOptions, container: Film): Promise<Output> {
  const { outfile, width, height, frames, fps, signal } = options;
  const how = recipe({ film: container, ...options });
  if (container === 'gif' && fps > FASTEST_GIF)
    options.warn?.(
      `a .gif of more than ${FASTEST_GIF} frames a second plays more slowly: most players show frames shorter than 0.02 s for 0.1 s; use --fps ${FASTEST_GIF}, or an .mp4`,
    );
  const ffmpeg = await findFfmpeg({ encoder: how.encoder, ...(options.ffmpeg ? { path: options.ffmpeg } : {}) });
  const carried = carrier(options, container);
  const file = await temporary(outfile, placing(options));
  const target = resolve(file.path);
  let encoding: Promise<Encoding> | undefined;
  const start = (comment: string | undefined) =>
    encode(ffmpeg, {
      width,
      height,
      fps,
      container,
      recipe: how,
      ...(comment === undefined ? {} : { comment }),
      target,
      ...(options.patience === undefined ? {} : { stallSeconds: options.patience }),
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
  /** Stops, and finds out why. */
  const failed = async (error: unknown): Promise<never> => {
    const reason = await writeError(outfile, target, error);
    await abort();
    throw reason;
  };
  return {
    wants: 'pixels',
    write: async (frame, parameters) => {
      try {
        // With the first frame: the film's parameters may not be known before.
        encoding ??= start(carried(parameters && (() => parameters('film'))));
        await (await encoding).write(pixelsOf(frame));
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

function placing({ signal, warn }: OutputOptions): Parameters<typeof temporary>[1] {
  return { signal, note: warn };
}

/**
 * The longest text that a format carries; absent: none. XMP is one segment of a JPEG, a film's comment one word of
 * ffmpeg's command line, of which Linux takes 131,072 bytes.
 */
const LONGEST_TEXT: Readonly<Record<string, number>> = {
  ...{ png: 2 ** 21, webp: 2 ** 21, tiff: 2 ** 21, jpeg: 45_000 },
  ...{ mp4: 120_000, mov: 120_000, matroska: 120_000, webm: 120_000 },
};

type Text = () => string;

/** The parameters of a frame, or of a film, where the format can carry them; what is left out is told, once. */
function carrier({ warn, outfile }: OutputOptions, type: string): (parameters: Text | undefined) => string | undefined {
  let told = false;
  const longest = LONGEST_TEXT[type];
  return (parameters) => {
    const text = longest === undefined ? undefined : parameters?.();
    if (text === undefined || text.length <= (longest as number)) return text;
    const size = `${text.length} characters, a ${type} takes ${longest}`;
    if (!told) warn?.(`${outfile} will not carry its parameters, for they are too long: ${size}; a .png takes them`);
    told = true;
    return undefined;
  };
}

function pixelsOf({ answer, width, height }: Frame): Uint8Array {
  if (answer.kind !== 'pixels' || answer.rgb.length !== width * height * 3)
    throw new TypeError(`a picture of ${width}x${height} needs ${width * height * 3} bytes of pixels`);
  return answer.rgb;
}

function samplesOf({ answer, width, height, perPixel }: Frame, channels: number): Float64Array {
  const count = width * height * perPixel * channels;
  if (answer.kind !== 'samples' || answer.values.length !== count)
    throw new TypeError(`raw samples of ${width}x${height} need ${count} numbers`);
  return channels === 1 ? answer.values : pairs(answer.values);
}

/** nu and the distance, of triples of nu and the distance's vector. */
function pairs(triples: Float64Array): Float64Array {
  const values = new Float64Array((triples.length / 3) * 2);
  for (let i = 0, k = 0; k < triples.length; i += 2, k += 3) {
    const [right, up] = [triples[k + 1] as number, triples[k + 2] as number];
    values[i] = triples[k] as number;
    values[i + 1] = Math.sqrt(right * right + up * up);
  }
  return values;
}

function shapeOf({ width, height, perPixel, channels }: OutputOptions): number[] {
  return [height, width, ...[perPixel, channels > 1 ? 2 : 1].filter((axis) => axis > 1)];
}
