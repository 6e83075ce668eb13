/**
 * A palette from a file: .json (stops, or colours), .map (Fractint), .ugr (Ultra Fractal), .gpl and .ggr (GIMP), .cpt (GMT), or
 * the colours of a picture. What it returns needs no file: `textOf` the stops is what `findPalette` reads.
 */

import { FractalError, messageOf } from '../../errors.js';
import { decodeText, readAtMost } from '../../text.js';
import { listOf, stopsOf } from '../palette.js';
import { badFile, type ReadPalette } from './file.js';
import { readMap } from './fractint.js';
import { readGimpGradient } from './gimp-gradient.js';
import { readGimpPalette } from './gimp-palette.js';
import { readGmt } from './gmt.js';
import { readUltraFractal } from './ultra-fractal.js';

/** Of a file that is text. */
const MAX_BYTES = 1 << 20;

type Reader = (text: string, path: string, name?: string) => ReadPalette;

const READERS: Readonly<Record<string, Reader>> = {
  json: readJson,
  map: readMap,
  ugr: readUltraFractal,
  gpl: readGimpPalette,
  ggr: readGimpGradient,
  cpt: readGmt,
};
const PICTURE = /^(png|jpe?g|webp|tiff?|gif|avif)$/;

interface PaletteFile {
  readonly path: string;
  /** In small letters, without the dot. */
  readonly extension: string;
  /** Which palette of the file. */
  readonly name?: string;
}

/** What stands behind --palette as a file, "file.ugr:Name" too; undefined: it is none. .kfr and .kfp are files, too. */
export function paletteFileOf(spec: string): PaletteFile | undefined {
  const text = spec.trim();
  const gradients = /^(.*\.ugr):(.+)$/is.exec(text);
  const path = gradients?.[1] ?? text;
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  if (
    /^[[{#]/.test(text) ||
    !(Object.hasOwn(READERS, extension) || PICTURE.test(extension) || /^kf[rp]$/.test(extension))
  )
    return undefined;
  return { path, extension, ...(gradients ? { name: gradients[2]! } : {}) };
}

/**
 * Not of .kfr and .kfp, which hold more than a palette. `content`: of the file, where it is not on this machine.
 * @throws FractalError PALETTE_INVALID, naming the line
 */
export async function readPalette({ path, extension, name }: PaletteFile, content?: Uint8Array): Promise<ReadPalette> {
  if (PICTURE.test(extension)) return (await import('./picture.js')).readPicture(path, content);
  const read = READERS[extension] as Reader;
  return read(await readText(path, content), path, name);
}

/** `content`: as `readPalette` has it. @throws FractalError PALETTE_INVALID */
export async function readText(path: string, content?: Uint8Array): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = content ?? (await readAtMost(path, MAX_BYTES));
    if (bytes.length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
  } catch (error) {
    if (error instanceof FractalError) throw error;
    throw badFile(path, `the palette cannot be read: ${messageOf(error)}`, undefined, error);
  }
  const text = decodeText(bytes);
  if (text.includes('\0')) throw badFile(path, 'it is not text');
  return text;
}

function readJson(text: string, path: string): ReadPalette {
  const what = `the palette file "${path}"`;
  return { stops: stopsOf(listOf(text, what), what), notes: [] };
}
