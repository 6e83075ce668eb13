/** Frames to files on disk: stills, a file for each frame, films, or raw samples. A file appears complete or not at all. */

import { extname } from 'node:path';
import { openFilm } from './film-file.js';
import { outfileOf } from './outfile.js';
import type { Output, OutputOptions } from './output-options.js';
import { openStills } from './still-files.js';
import { streamTarget } from './stream-target.js';

export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export type { Output, OutputOptions } from './output-options.js';
export type { Written } from './temporary.js';

/**
 * Opens the output. Whether it can be written is checked here, before anything is rendered.
 * Throws OUTFILE_FORMAT, OUTFILE_UNWRITABLE, DISK, ENCODER_MISSING.
 */
export async function openOutput(options: OutputOptions): Promise<Output> {
  const outfile = outfileOf(await namedFormat(options), options.frames, options.width, options.height);
  return outfile.format.kind === 'film' ? openFilm(options, outfile.format.film) : openStills(options, outfile);
}

/** The outfile with an extension: a device such as /dev/stdout, which has none, receives the default format. */
async function namedFormat({ outfile, frames }: OutputOptions): Promise<string> {
  if (extname(outfile) !== '') return outfile;
  // A target that cannot be written is refused for its kind, not for its missing extension.
  const target = await streamTarget(outfile);
  return target ? `${outfile}${frames > 1 ? '.mp4' : '.png'}` : outfile;
}
