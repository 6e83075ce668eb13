/** Flags of a leader that begins when an HTTP client says so, and of what clients need for that. */

import * as z from 'zod';
import type { FlagTable } from './flag.js';
import { address, file } from './schemas.js';

/** Without a value: the port of an older system. */
const DEFAULT_START = { host: '127.0.0.1', port: 9092 };

export const START_FLAGS = {
  'wait-start': {
    group: 'Clients',
    commands: ['leader'],
    value: 'HOST:PORT',
    optional: true,
    schema: z.union([z.literal('true').transform(() => DEFAULT_START), address], {
      message: 'host:port: write 127.0.0.1:9092',
    }),
    describe: 'connect the workers, and begin at POST /start; without HOST:PORT at 127.0.0.1:9092',
  },
  'http-tokens': {
    group: 'Clients',
    commands: ['serve', 'leader'],
    value: 'FILE',
    schema: file,
    describe: 'file with a line "ROLE TOKEN OWNER" for each client; roles: view, submit, operate',
  },
} as const satisfies FlagTable;
