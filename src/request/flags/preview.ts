/** Flags about small renderings before the film itself. */

import type { FlagTable } from './flag.js';
import { file, yesNo } from './schemas.js';

const group = 'Preview';
const COMPUTING = ['leader'] as const;

export const PREVIEW_FLAGS = {
  preview: {
    group,
    commands: COMPUTING,
    schema: yesNo,
    describe: 'render all at a quarter of the width and height first, into NAME.preview.mp4',
  },
  'contact-sheet': {
    group,
    commands: COMPUTING,
    value: 'FILE',
    schema: file,
    describe: 'write 24 small frames of the film to one picture; the film itself only with --outfile',
  },
} as const satisfies FlagTable;
