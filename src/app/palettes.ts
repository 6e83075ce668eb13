/** `fractal palettes`: the names of the palettes, and swatches of them as text or as a PNG. */

import { paletteNames } from '../render/palette.js';
import { swatchesAnsi, swatchesPng } from '../render/swatches.js';
import { writeWhole } from '../render/temporary.js';

export { paletteNames, swatchesAnsi };

/** Writes swatches with names. @throws FractalError OUTFILE_UNWRITABLE, DISK, or the signal's reason */
export async function writeSwatches(outfile: string, signal: AbortSignal): Promise<void> {
  await writeWhole(outfile, await swatchesPng(), { signal });
}
