/** Flags about the workers of a leader; access.ts has those about certificates and tokens. */

import * as z from 'zod';
import type { FlagTable } from './flag.js';
import { address, file, oneOf, share, someText, whole, yesNo } from './schemas.js';

const group = 'Cluster';
const LEADER = ['leader'] as const;
const LEADERS = ['leader', 'scene'] as const;
/** Those that own a fleet. */
const FLEET = ['leader', 'scene', 'serve'] as const;
/** Those that name its workers. */
const WORKERS = ['leader', 'scene', 'serve', 'explore', 'mpi'] as const;

export const CLUSTER_FLAGS = {
  hostfile: {
    group,
    commands: WORKERS,
    value: 'FILE',
    schema: file,
    describe: 'hosts of the workers, in MPI syntax; - reads stdin',
    defaultText: './hostfile, if there is one',
  },
  host: {
    group,
    commands: WORKERS,
    value: 'HOSTS',
    schema: someText('a list of hosts'),
    describe: 'hosts of the workers: a:2,b is 2 slots of host a, all of host b',
  },
  np: {
    group,
    commands: WORKERS,
    value: 'N',
    schema: whole(1, 1_000_000),
    describe: 'use at most N slots',
    alias: 'n',
  },
  local: {
    group,
    commands: WORKERS,
    value: 'N',
    optional: true,
    schema: z.union([z.literal('true').transform(() => 'auto' as const), whole(1, 256)], {
      message: 'a whole number from 1 to 256',
    }),
    describe: 'start N workers of one slot here; without N one for each core',
  },
  'dry-run': {
    group,
    commands: LEADER,
    schema: yesNo,
    describe: 'print ranks, shards and estimated time; render nothing',
  },
  strict: {
    group,
    commands: LEADERS,
    schema: yesNo,
    describe: 'fail unless every host answers, and has the kernel of --kernel',
  },
  'min-workers': {
    group,
    commands: LEADERS,
    value: 'N',
    schema: whole(1, 65_536),
    describe: 'start rendering when N workers are ready',
    default: '1',
  },
  retries: {
    group,
    commands: [...FLEET, 'explore'],
    value: 'N',
    schema: whole(0, 1_000),
    describe: 'further attempts to reach a host before the leader stops waiting for it',
    default: '10',
  },
  verify: {
    group,
    commands: [...LEADERS, 'submit'],
    value: 'SHARE',
    schema: share,
    describe: 'compute this share of the shards on two workers and compare the results: 0.05 or 5%',
  },
  'assemble-on': {
    group,
    commands: LEADER,
    value: 'WHERE',
    schema: oneOf('auto', 'leader', 'workers'),
    describe: 'where frames are assembled from keyframes; auto: on workers where that is faster',
    default: 'auto',
  },
  listen: {
    group,
    commands: FLEET,
    value: 'HOST:PORT',
    schema: address,
    describe: 'accept workers that were started with "fractal worker --join HOST:PORT"',
  },
  insecure: {
    group,
    commands: FLEET,
    schema: yesNo,
    describe: 'with --listen: accept workers of other machines without certificate and token',
    on: {
      serve: {
        describe: 'accept workers of other machines without certificate and token, and clients without a token',
      },
    },
  },
} as const satisfies FlagTable;
