/** `fractal palettes`: swatches in the terminal, and as a PNG. */

import { writeFile } from 'node:fs/promises';
import { FractalError, messageOf } from '../src/errors.js';
import { swatchesAnsi, swatchesPng } from '../src/render/swatches.js';

export async function palettes(outfile: string | undefined): Promise<number> {
  if (outfile === undefined) {
    process.stdout.write(swatchesAnsi(Math.min(100, process.stdout.columns ?? 80)));
    return 0;
  }
  try {
    await writeFile(outfile, await swatchesPng());
  } catch (error) {
    throw new FractalError('OUTFILE_UNWRITABLE', `${outfile} cannot be written: ${messageOf(error)}`, { cause: error });
  }
  process.stdout.write(`${outfile}\n`);
  return 0;
}
