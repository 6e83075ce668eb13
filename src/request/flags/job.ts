/** What a job of `fractal serve` has beside the flags of its picture. */

import * as z from 'zod';
import type { FlagTable } from './flag.js';
import { text, whole } from './schemas.js';

const JOB = { group: 'Job', commands: ['submit'] } as const;

/** Names and mail addresses. */
const OWNER = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u;
const MAX_URL = 2_000;

export const JOB_FLAGS = {
  priority: {
    ...JOB,
    value: 'N',
    schema: whole(0, 100),
    describe: 'jobs of higher priority begin first, 0 to 100',
    default: '50',
  },
  owner: {
    ...JOB,
    value: 'NAME',
    schema: text.regex(OWNER, { message: 'a name of 1 to 64 letters, digits and ._@+-' }),
    describe: 'owners get equal shares',
    defaultText: 'that of the token',
  },
  webhook: {
    ...JOB,
    value: 'URL',
    schema: text
      .max(MAX_URL, { message: `a URL of at most ${MAX_URL} characters` })
      .refine((v) => /^https?:$/.test(URL.canParse(v) ? new URL(v).protocol : ''), { message: 'an http or https URL' }),
    describe: 'URL to call when the job has ended',
  },
  deadline: {
    ...JOB,
    value: 'TIME',
    schema: z.iso
      .datetime({ offset: true, message: 'a time such as 2030-01-31T12:00:00Z' })
      .transform((v) => Date.parse(v)),
    describe: 'the job fails when it has not ended by then',
  },
} as const satisfies FlagTable;
