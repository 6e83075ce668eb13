/** A contact sheet: some frames of a film in rows on one picture, each with a caption below it. */

import { extname } from 'node:path';
import { FractalError } from '../errors.js';
import { COUNTS } from '../view/channels.js';
import { ADVANCE, drawText, LINE } from './caption.js';
import type { Text } from './carried-parameters.js';
import { mirrored } from './conversion.js';
import { outfileOf } from './outfile.js';
import { openOutput } from './output.js';
import { type Output, type OutputOptions, pixelsOf } from './output-options.js';

/** Between pictures, and around them. */
const GAP = 4;
/** Columns for each row. */
const WIDER = 1.5;
/** Where a caption of so many characters fits twice as large, it is. */
const CAPTION = 18;
const BACKGROUND = 24;

interface Layout {
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  /** Height of a row. */
  readonly row: number;
  readonly scale: number;
}

/**
 * An output that takes `frames` pictures of `width` x `height` and writes one file, when it is closed: with the parameters
 * of the film. `captions`: of the pictures, in order, in characters that caption.ts has.
 * @throws FractalError OUTFILE_FORMAT for what is no picture, and what `openOutput` throws
 */
export async function openContactSheet(options: OutputOptions, captions: readonly string[]): Promise<Output> {
  const { outfile, width, height } = options;
  refuseOthers(outfile);
  const { columns, row, scale, ...size } = layoutOf(captions.length, width, height);
  const { fps, warn, signal, dither = false, flip = false } = options;
  const of = { fps, ...(warn ? { warn } : {}), ...(signal ? { signal } : {}) };
  const output = await openOutput({ ...of, outfile, ...size, frames: 1, perPixel: 1, channels: COUNTS });
  const rgb = new Uint8Array(3 * size.width * size.height).fill(BACKGROUND);
  let film: Text | undefined;
  const sheet: Output = {
    wants: { kind: 'pixels', levels: { bits: 8, dither } },
    async write(frame, parameters) {
      film ??= parameters && (() => parameters('film'));
      const pixels = pixelsOf(frame, 8);
      const x = GAP + (frame.index % columns) * (width + GAP);
      const y = GAP + Math.floor(frame.index / columns) * row;
      for (let line = 0; line < height; line++) {
        rgb.set(pixels.subarray(3 * line * width, 3 * (line + 1) * width), 3 * ((y + line) * size.width + x));
      }
      const below = { x, y: y + height + GAP, scale, room: width };
      drawText({ rgb, width: size.width }, captions[frame.index] ?? '', below);
    },
    async close() {
      const picture = { index: 0, ...size, perPixel: 1, answer: { kind: 'pixels', rgb } } as const;
      await output.write(picture, film);
      return output.close();
    },
    abort: () => output.abort(),
  };
  return flip ? mirrored(sheet) : sheet;
}

function layoutOf(count: number, width: number, height: number): Layout {
  const columns = Math.min(count, Math.ceil(Math.sqrt(count * WIDER)));
  const rows = Math.ceil(count / columns);
  const scale = width >= 2 * CAPTION * ADVANCE ? 2 : 1;
  const row = height + LINE * scale + 3 * GAP;
  return { columns, row, scale, width: GAP + columns * (width + GAP), height: GAP + rows * row };
}

function refuseOthers(outfile: string): void {
  if (extname(outfile) === '') return;
  const { format, many } = outfileOf(outfile, 1, 1, 1);
  if (format.kind === 'still' && !many) return;
  throw new FractalError('OUTFILE_FORMAT', `"${outfile}": a contact sheet is one picture, such as sheet.png`);
}
