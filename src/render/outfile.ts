/** The name of an outfile: its format by extension, and the pattern of names for the frames of a film. */

import { extname } from 'node:path';
import { FractalError } from '../errors.js';

const STILLS = {
  '.png': 'png',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
} as const;
const FILMS = {
  '.mp4': 'mp4',
  '.mov': 'mov',
  '.mkv': 'matroska',
  '.webm': 'webm',
  '.gif': 'gif',
  '.apng': 'apng',
} as const;

export type Still = (typeof STILLS)[keyof typeof STILLS];
/** ffmpeg's names of its containers. */
export type Film = (typeof FILMS)[keyof typeof FILMS];

export type Format =
  | { readonly kind: 'still'; readonly still: Still }
  | { readonly kind: 'film'; readonly film: Film }
  | { readonly kind: 'npy' }
  | { readonly kind: 'exr' };

export interface Outfile {
  readonly format: Format;
  /** A pattern: every frame has a file of its own. */
  readonly many: boolean;
  /** The path of a frame's file; a film has one path for all. */
  path(index: number): string;
}

/** The longest side that a format can hold, where that is within reach. */
const LONGEST: Readonly<Record<string, number>> = { webp: 16383, jpeg: 65500, gif: 65535 };
const PATTERN = /%(0?)(\d{0,2})d/;

/** Throws OUTFILE_FORMAT for a name that cannot hold so many frames of such a size. */
export function outfileOf(name: string, frames: number, width: number, height: number): Outfile {
  if (/[\uFFFD\0]/.test(name))
    throw refuse(
      `"${name.replaceAll('\0', '\\0')}": the name is not UTF-8 text, or has a zero in it; use another name`,
    );
  const format = formatOf(name);
  const type = format.kind === 'still' ? format.still : format.kind === 'film' ? format.film : format.kind;
  const longest = LONGEST[type];
  if (longest !== undefined && Math.max(width, height) > longest)
    throw refuse(
      `"${name}": ${type} holds at most ${longest} pixels a side, not ${width}x${height}; use .png or .tiff`,
    );
  const pattern = PATTERN.exec(name);
  if (format.kind === 'film') {
    if (pattern) throw refuse(`"${name}": a film is one file; leave out ${pattern[0]}, or use .png for a file a frame`);
    return { format, many: false, path: () => name };
  }
  if (!pattern) {
    if (frames > 1)
      throw refuse(
        `"${name}" holds one frame, not ${frames}; use a film such as .mp4, or a file a frame: ${suggest(name)}`,
      );
    return { format, many: false, path: () => name };
  }
  if (PATTERN.test(name.replace(PATTERN, '')) || /[/\\]/.test(name.slice(pattern.index)))
    throw refuse(`"${name}": put one number such as %05d, into the file's own name`);
  const [, zero, digits] = pattern;
  return {
    format,
    many: true,
    path: (index) => name.replace(PATTERN, String(index).padStart(Number(digits), zero ? '0' : ' ')),
  };
}

/** Whether it holds all of its samples: their distances to the set and phases, which are computed for it. */
export function holdsSamples(name: string): boolean {
  return extname(name).toLowerCase() === '.exr';
}

/** Whether raw samples are written to it. */
export function isRaw(name: string): boolean {
  return holdsSamples(name) || extname(name).toLowerCase() === '.npy';
}

/** Throws OUTFILE_FORMAT for an unknown extension. */
export function formatOf(name: string): Format {
  const extension = extname(name).toLowerCase();
  if (extension in STILLS) return { kind: 'still', still: STILLS[extension as keyof typeof STILLS] };
  if (extension in FILMS) return { kind: 'film', film: FILMS[extension as keyof typeof FILMS] };
  if (extension === '.npy') return { kind: 'npy' };
  if (extension === '.exr') return { kind: 'exr' };
  const known = [...Object.keys(STILLS), ...Object.keys(FILMS), '.npy', '.exr'].join(' ');
  throw refuse(
    `"${name}": ${extension === '' ? 'it has no extension' : `"${extension}" is unknown`}; known are ${known}`,
  );
}

function suggest(name: string): string {
  const extension = extname(name);
  return `${name.slice(0, -extension.length)}-%05d${extension}`;
}

function refuse(message: string): FractalError {
  return new FractalError('OUTFILE_FORMAT', message);
}
