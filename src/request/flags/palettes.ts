/** Flags of `fractal palettes`. */

import * as z from 'zod';
import type { FlagTable } from './flag.js';
import { file } from './schemas.js';

const group = 'Output';
const commands = ['palettes'] as const;

export const PALETTES_FLAGS = {
  outfile: {
    group,
    commands,
    value: 'FILE',
    schema: file,
    describe: 'write swatches as a PNG, with names; with --preview a picture of any format',
    alias: 'o',
  },
  preview: {
    group,
    commands,
    value: 'LOCATION',
    schema: file,
    describe: 'a place in all palettes on one picture; a file that --location reads',
  },
  color: {
    group,
    commands,
    value: 'WHEN',
    schema: z.enum(['auto', 'always', 'never'], { message: 'auto, always or never' }),
    describe: 'colours in the terminal: always, never, auto (not into a file or pipe, nor with NO_COLOR)',
    default: 'auto',
  },
} as const satisfies FlagTable;
