/** `fractal palettes`: swatches in the terminal, or as a PNG, or a place in all palettes. */

import { availableParallelism } from 'node:os';
import { paletteNames, swatchesAnsi, writeSwatches } from '../src/app/palettes.js';
import { usesColours } from './environment.js';
import { interrupts } from './interrupts.js';
import type { EarlyWorkers } from './local.js';
import { terminal } from './terminal.js';

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

/** A place in all palettes. `location`: a file. */
export async function previewPalettes(location: string, outfile: string, early: EarlyWorkers): Promise<number> {
  const { writePaletteSheet } = await import('../src/app/palette-sheet.js');
  const stop = interrupts(0);
  const screen = terminal(process.stderr, 'warn');
  try {
    const local = early.take(availableParallelism());
    const files = await writePaletteSheet({ location, outfile }, local, { emit: screen.emit, signal: stop.signal });
    for (const { path } of files) process.stdout.write(`${path}\n`);
    return 0;
  } finally {
    stop.release();
    screen.close();
  }
}
