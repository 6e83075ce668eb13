/** The colours of a file that `--palette` names, as flags. */

import { textOf } from '../render/palette.js';
import { paletteFileOf, readPalette, readText } from '../render/palette-files/read.js';
import { readKallesColours } from './location/kalles.js';
import type { RawFlags } from './values.js';

export interface ImportedColours {
  /** As `findPalette` reads it. */
  readonly palette: string;
  /** What the file holds besides: other flags of colours. */
  readonly flags: RawFlags;
  /** Lines for the user: what of the file is not used, or differs. */
  readonly notes: readonly string[];
}

/**
 * `palette`: of the command line or a file. `content`: of the file that it names, where that is not on this machine. Undefined:
 * it names no file. @throws FractalError PALETTE_INVALID, LOCATION_FILE
 */
export async function importedColours(palette: string, content?: Uint8Array): Promise<ImportedColours | undefined> {
  const file = paletteFileOf(palette);
  if (!file) return undefined;
  if (/^kf[rp]$/.test(file.extension)) return ofKalles(file.path, content);
  const { stops, interpolation, notes } = await readPalette(file, content);
  return {
    palette: textOf(stops),
    flags: interpolation ? { interpolation } : {},
    notes: notes.map((note) => `${file.path}: ${note}`),
  };
}

async function ofKalles(path: string, content: Uint8Array | undefined): Promise<ImportedColours> {
  const { raw, notes } = readKallesColours(await readText(path, content), path);
  const { palette = '', ...flags } = raw;
  return { palette, flags, notes: notes.map((note) => `${path}: ${note}`) };
}
