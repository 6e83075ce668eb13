/** Flags of `fractal worker` alone; access.ts has those that the leader takes, too. */

import type { FlagTable } from './flag.js';
import { KERNELS } from './output.js';
import { address, byteSize, metricsFormat, oneOf, someText, whole, yesNo } from './schemas.js';

const commands = ['worker'] as const;

/** Those that have workers of their own. */
const POVRAY = ['worker', 'serve'] as const;

export const WORKER_FLAGS = {
  port: {
    group: 'Listening',
    commands,
    value: 'PORT',
    schema: whole(0, 65_535),
    describe: 'port to listen on; 0: any free one',
    defaultText: 'first free of 50051-50066',
  },
  host: {
    group: 'Listening',
    commands,
    value: 'ADDRESS',
    schema: someText('an address of this machine'),
    describe: 'address of this machine to listen on; 0.0.0.0: all of them',
    default: '127.0.0.1',
  },
  insecure: {
    group: 'Listening',
    commands,
    schema: yesNo,
    describe: 'accept leaders of other machines without certificate and token',
  },
  join: {
    group: 'Joining a leader',
    commands,
    value: 'HOST:PORT',
    schema: address,
    describe: 'register with a leader that was started with "--listen HOST:PORT"',
  },
  retries: {
    group: 'Joining a leader',
    commands,
    value: 'N',
    schema: whole(0, 1_000_000),
    describe: 'with --join: end after N further attempts in a row that failed',
    defaultText: 'no limit',
  },
  slots: {
    group: 'Computing',
    commands,
    value: 'N',
    schema: whole(1, 1_024),
    describe: 'shards computed at the same time, one thread each',
    defaultText: 'one for each core',
  },
  kernel: {
    group: 'Computing',
    commands,
    value: 'NAME',
    schema: oneOf(...KERNELS),
    describe: 'kernels to offer: simd, gpu, cpu; auto offers all',
    default: 'auto',
  },
  povray: {
    group: 'Computing',
    commands: POVRAY,
    schema: yesNo,
    on: {
      serve: {
        group: 'Cluster',
        describe: 'workers of --local render POV-Ray scenes, too; needs povray and bubblewrap',
      },
    },
    describe: 'render POV-Ray scenes, too: in a sandbox, one process a slot; needs povray and bubblewrap',
  },
  sandbox: {
    group: 'Computing',
    commands: POVRAY,
    schema: yesNo,
    describe: 'with --povray: scenes get nothing but their own files; --no-sandbox: all rights of the worker',
    on: { serve: { group: 'Cluster' } },
    default: 'true',
  },
  'scene-memory': {
    group: 'Computing',
    commands,
    value: 'BYTES',
    schema: byteSize,
    describe: 'memory for what leaders send for their jobs: palettes, reference orbits, files of scenes',
    default: '512M',
  },
  'drain-timeout': {
    group: 'Computing',
    commands,
    value: 'SECONDS',
    schema: whole(0, 1_000_000),
    describe: 'after Ctrl-C or SIGTERM, drop the shards that are not finished by then',
    default: '60',
  },
  metrics: {
    group: 'Reports',
    commands,
    value: 'FORMAT',
    optional: true,
    negatable: true,
    schema: metricsFormat,
    choices: ['text', 'json'],
    describe: 'print metrics at the end of each session with a leader, as text or json; without FORMAT text',
  },
  quiet: {
    group: 'Reports',
    commands,
    schema: yesNo,
    describe: 'print errors only, and metrics with --metrics',
    alias: 'q',
  },
} as const satisfies FlagTable;
