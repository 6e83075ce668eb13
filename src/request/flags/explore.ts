/** Flags of `fractal explore` alone. */

import type { FlagTable } from './flag.js';
import { file, whole, yesNo } from './schemas.js';

const PAGE = { group: 'Page', commands: ['explore'] } as const;

/** The same each time, where it is free: what a page keeps in the browser is kept by its address. */
export const USUAL_PORT = 8437;

export const EXPLORE_FLAGS = {
  open: {
    ...PAGE,
    schema: yesNo,
    describe: 'open the page in the browser of this machine',
    default: 'true',
  },
  port: {
    ...PAGE,
    value: 'PORT',
    schema: whole(1, 65_535),
    describe: 'port of the page on this machine',
    defaultText: `${USUAL_PORT}, or a free one if that is in use`,
  },
  data: {
    ...PAGE,
    value: 'FOLDER',
    schema: file,
    describe: 'folder of the jobs and of what they make, kept for the next time',
    defaultText: 'a temporary folder, removed at the end',
  },
} as const satisfies FlagTable;
