/** `fractal palettes`: swatches in the terminal, or as a PNG. */

import { paletteNames, swatchesAnsi, writeSwatches } from '../src/app/palettes.js';
import { usesColours } from './environment.js';

/** @throws FractalError OUTFILE_UNWRITABLE */
export async function palettes(outfile: string | undefined, color: 'auto' | 'always' | 'never'): Promise<number> {
  if (outfile === undefined) {
    const { stdout, env } = process;
    const painted = color === 'auto' ? usesColours(stdout, env) : color === 'always';
    const text = painted ? swatchesAnsi(Math.min(100, stdout.columns ?? 80)) : paletteNames().join('\n');
    stdout.write(`${text}\n`);
    return 0;
  }
  await writeSwatches(outfile, new AbortController().signal);
  process.stdout.write(`${outfile}\n`);
  return 0;
}
