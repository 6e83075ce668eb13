/** Flags about how much is printed besides results: the same on leader and worker. */

import type { FlagTable } from './flag.js';
import { oneOf, yesNo } from './schemas.js';

const LOGGING = {
  group: 'Reports',
  commands: ['leader', 'scene', 'recolor', 'locate', 'worker', 'serve', 'explore'],
} as const;

/** From few lines to many. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export const LOG_FLAGS = {
  verbose: {
    ...LOGGING,
    schema: yesNo,
    describe: 'print what happens inside, too: the same as --log-level debug',
  },
  'log-level': {
    ...LOGGING,
    value: 'LEVEL',
    schema: oneOf(...LOG_LEVELS),
    describe: 'print lines of this level and of those before it: error, warn, info, debug',
    defaultText: 'info',
  },
} as const satisfies FlagTable;
