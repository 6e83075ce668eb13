/** `fractal palettes`: swatches in the terminal, and as a PNG. */

import { swatchesAnsi, swatchesPng } from '../src/render/swatches.js';
import { writeWhole } from '../src/render/temporary.js';

export async function palettes(outfile: string | undefined): Promise<number> {
  if (outfile === undefined) {
    process.stdout.write(swatchesAnsi(Math.min(100, process.stdout.columns ?? 80)));
    return 0;
  }
  await writeWhole(outfile, await swatchesPng());
  process.stdout.write(`${outfile}\n`);
  return 0;
}
