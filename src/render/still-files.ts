/** Frames to files of pictures or of raw samples: one file, or a pattern with one for each frame. */

import type { Frame } from '../shard/frame.js';
import { type Channels, numbersOf } from '../view/channels.js';
import { KEYWORD, parameterLimit, type Text } from './carried-parameters.js';
import { exrOf } from './exr-frame.js';
import { npyChannels, npyChunks, npyNumbers } from './npy.js';
import type { Format, Outfile } from './outfile.js';
import { type Output, type OutputOptions, pixelsOf, type Raw, temporaryOptions, type Wants } from './output-options.js';
import { withPngText } from './picture-text.js';
import { encodeStill, loadSharp } from './stills.js';
import { type Temporary, temporary, type Written, writeChunks } from './temporary.js';
import { writeError } from './write-error.js';

/** Encoded at a time: enough to overlap computing, few enough to bound memory. */
const AT_ONCE = 2;

/** Stills, or raw samples: one file, or one for each frame. */
export async function openStills(options: OutputOptions, outfile: Outfile): Promise<Output> {
  const { format } = outfile;
  const { bits = 8 } = options;
  if (format.kind === 'still') loadSharp().catch(() => undefined);
  // Made at once, so that a folder without write access is an error before anything is computed; the first frame uses it.
  const { first: begin = 0 } = options;
  const pathOf = (index: number) => (outfile.many ? outfile.path(index) : options.outfile);
  const made = (index: number) => temporary(pathOf(index), temporaryOptions(options));
  let ready: Temporary | undefined = await made(begin);
  /** The one file of a single frame, complete, until `close` publishes it. */
  let whole: Temporary | undefined;
  const encoding = new Set<Promise<void>>();
  const published: Written[] = [];
  let failure: { readonly error: unknown } | undefined;
  let aborted = false;
  const withinLimit = parameterLimit(options, format.kind === 'still' ? format.still : format.kind);

  const encodeFrame = async (frame: Frame, parameters: Text | undefined, raw: Raw | undefined, first?: Temporary) => {
    const path = pathOf(frame.index);
    const file = first ?? (await made(frame.index));
    try {
      await writeChunks(file.path, await chunksOf(frame, parameters, raw));
      if (!outfile.many) whole = file;
      else if (aborted) await file.discard();
      else published[frame.index - begin] = await file.publish();
    } catch (error) {
      const reason = await writeError(path, file.path, error);
      await file.discard();
      throw reason;
    }
  };
  const chunksOf = async (frame: Frame, parameters: Text | undefined, raw: Raw | undefined) => {
    if (format.kind === 'npy') return npyChunks(samplesOf(frame, options.channels), shapeOf(options));
    const text = withinLimit(parameters);
    if (format.kind !== 'still') {
      if (!raw) throw new TypeError('an .exr needs the colours of its samples');
      return exrOf(frame, await raw.light(), { view: raw.view, parameters: text });
    }
    const png = format.still === 'png';
    const bytes = await encodeStill({ ...frame, rgb: pixelsOf(frame, bits) }, format.still, png ? undefined : text);
    return png && text !== undefined ? withPngText(bytes, { keyword: KEYWORD, text }) : [bytes];
  };
  /** Waits until fewer frames than this are being encoded, at least until one is done. */
  const fewerThan = async (below: number) => {
    while (encoding.size >= below && encoding.size > 0) await Promise.race(encoding);
    if (failure) throw failure.error;
  };
  return {
    wants: wantsOf(format, options),
    write: async (frame, parameters, raw) => {
      if (failure) throw failure.error;
      const first = frame.index === begin ? ready : undefined;
      if (first) ready = undefined;
      const task: Promise<void> = encodeFrame(frame, parameters && (() => parameters('frame')), raw, first)
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

function wantsOf(format: Format, { bits = 8, dither = false }: OutputOptions): Wants {
  if (format.kind !== 'still') return { kind: 'samples', light: format.kind === 'exr' };
  return { kind: 'pixels', levels: { bits, dither: dither && bits === 8 } };
}

function samplesOf({ answer, width, height, perPixel }: Frame, channels: Channels): Float64Array {
  const count = width * height * perPixel * numbersOf(channels);
  if (answer.kind !== 'samples' || answer.values.length !== count)
    throw new TypeError(`raw samples of ${width}x${height} need ${count} numbers`);
  return npyNumbers(answer.values, channels);
}

function shapeOf({ width, height, perPixel, channels }: OutputOptions): number[] {
  return [height, width, ...[perPixel, npyChannels(channels).length].filter((axis) => axis > 1)];
}
