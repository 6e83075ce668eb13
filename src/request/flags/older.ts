/** Flags of the commands for users of older systems. */

import type { FlagTable } from './flag.js';
import { address, file, someText, yesNo } from './schemas.js';

export const OLDER_FLAGS = {
  args: {
    group: 'Picture',
    commands: ['mpi'],
    value: 'WORDS',
    schema: someText('the arguments of the older renderer'),
    describe: 'arguments of the older renderer, one a line; more simply all words behind --',
  },
  request: {
    group: 'Request',
    commands: ['request'],
    value: 'FILE',
    schema: file,
    describe: 'request file, - reads stdin: more simply the first word; without it, each value is asked for',
  },
  to: {
    group: 'Request',
    commands: ['request'],
    value: 'HOST:PORT',
    schema: address,
    describe: 'address of a service that was started with --socket',
    default: '127.0.0.1:65432',
  },
  outfile: {
    group: 'Request',
    commands: ['request'],
    value: 'FILE',
    schema: file,
    describe: 'where to write the film or picture',
    alias: 'o',
    default: 'received_video.mp4',
  },
  quiet: { group: 'Request', commands: ['request'], schema: yesNo, describe: 'print errors only', alias: 'q' },
} as const satisfies FlagTable;
