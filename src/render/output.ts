/** Frames to files on disk: stills, a file for each frame, films, or raw samples. A file appears complete or not at all. */

import { extname } from 'node:path';
import { FractalError } from '../errors.js';
import { mirrored } from './conversion.js';
import { openFilm } from './film-file.js';
import { type Format, formatOf, outfileOf } from './outfile.js';
import type { Output, OutputOptions } from './output-options.js';
import { several } from './several.js';
import { openStills } from './still-files.js';
import { streamTarget } from './stream-target.js';

export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export type { Output, OutputOptions } from './output-options.js';
export type { Written } from './temporary.js';

/** Of all outfiles: `outfiles` instead of one. */
export interface OutputsOptions extends Omit<OutputOptions, 'outfile'> {
  /** At least one, of different names. */
  readonly outfiles: readonly string[];
}

/**
 * Opens the outputs as one. Whether they can be written is checked here, before anything is rendered.
 * Throws OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING, ENCODER_UNFIT, AUDIO_INVALID.
 */
export async function openOutputs({ outfiles, ...options }: OutputsOptions): Promise<Output> {
  const named: [string, string][] = [];
  for (const outfile of outfiles) named.push([outfile, await namedFormat({ ...options, outfile })]);
  refuseUnused(
    named.map(([, name]) => formatOf(name)),
    options,
  );
  const outputs: [string, Output][] = [];
  try {
    for (const [outfile, name] of named) outputs.push([outfile, await openNamed({ ...options, outfile }, name)]);
  } catch (error) {
    await Promise.all(outputs.map(([, output]) => output.abort()));
    throw error;
  }
  const [only] = outputs;
  return outputs.length === 1 && only ? only[1] : several(outputs);
}

/** As `openOutputs`, for one outfile. */
export async function openOutput({ outfile, ...options }: OutputOptions): Promise<Output> {
  return openOutputs({ ...options, outfiles: [outfile] });
}

/** `name`: that of the outfile, with an extension. */
async function openNamed(options: OutputOptions, name: string): Promise<Output> {
  const outfile = outfileOf(name, options.frames, options.width, options.height);
  const { format } = outfile;
  const bits = isDeep(format) ? (options.bits ?? 8) : 8;
  const output =
    format.kind === 'film' ? await openFilm(options, format.film) : await openStills({ ...options, bits }, outfile);
  return options.flip ? mirrored(output) : output;
}

function isDeep(format: Format): boolean {
  return format.kind === 'still' && (format.still === 'png' || format.still === 'tiff');
}

/** Options that no outfile can follow. */
function refuseUnused(formats: readonly Format[], { bits, audio, pixelFormat, preset }: Partial<OutputOptions>): void {
  if (bits === 16 && !formats.some(isDeep))
    throw new FractalError('OUTFILE_FORMAT', '--depth 16 is for .png and .tiff; films have --pixel-format');
  if (formats.some(({ kind }) => kind === 'film')) return;
  const flags = { '--audio': audio, '--pixel-format': pixelFormat, '--preset': preset };
  const [flag] = Object.entries(flags).find(([, value]) => value !== undefined) ?? [];
  if (flag)
    throw new FractalError('OUTFILE_FORMAT', `${flag} is for films; leave it out, or write to a film such as .mp4`);
}

/** The outfile with an extension: a device such as /dev/stdout, which has none, receives the default format. */
async function namedFormat({ outfile, frames }: Pick<OutputOptions, 'outfile' | 'frames'>): Promise<string> {
  if (extname(outfile) !== '') return outfile;
  // A target that cannot be written is refused for its kind, not for its missing extension.
  const target = await streamTarget(outfile);
  return target ? `${outfile}${frames > 1 ? '.mp4' : '.png'}` : outfile;
}
