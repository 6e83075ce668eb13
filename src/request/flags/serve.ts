/** Flags of `fractal serve` alone. */

import type { FlagTable } from './flag.js';
import { address, byteSize, file, text, whole, yesNo } from './schemas.js';

const commands = ['serve'] as const;

export const SERVE_FLAGS = {
  http: {
    group: 'Clients',
    commands,
    value: 'HOST:PORT',
    schema: address,
    describe: 'address on which clients are answered',
    default: '127.0.0.1:8080',
  },
  'webhook-allow-private': {
    group: 'Clients',
    commands,
    schema: yesNo,
    describe: 'webhooks may be at addresses of this machine and of private networks',
  },
  'http-cert': {
    group: 'Clients',
    commands,
    value: 'FILE',
    schema: file,
    describe: 'certificate for clients, PEM: the service speaks HTTPS',
  },
  'http-key': { group: 'Clients', commands, value: 'FILE', schema: file, describe: 'private key of --http-cert, PEM' },
  owners: {
    group: 'Jobs',
    commands,
    value: 'FILE',
    schema: file,
    describe: 'file with a line "OWNER WEIGHT SLOTS" for each owner: its share, and how many slots it may use at once',
  },
  'job-pixels': {
    group: 'Clients',
    commands,
    value: 'N',
    schema: whole(1, 2 ** 50),
    describe: 'pixels that a job may have in all its frames',
    default: String(10 ** 13),
  },
  'owner-jobs': {
    group: 'Clients',
    commands,
    value: 'N',
    schema: whole(1, 10_000_000),
    describe: 'jobs of an owner that may wait',
    default: '10000',
  },
  'owner-files': {
    group: 'Clients',
    commands,
    value: 'BYTES',
    schema: byteSize,
    describe: 'size of all files that an owner may have sent for POV-Ray scenes',
    default: '20G',
  },
  data: {
    group: 'Jobs',
    commands,
    value: 'FOLDER',
    schema: file,
    describe: 'folder of the queue and of the files that jobs make; without --queue one service has it at a time',
    defaultText: "fractal in the user's data folder",
  },
  queue: {
    group: 'Jobs',
    commands,
    value: 'URL',
    schema: text.refine((v) => /^rediss?:\/\/./.test(v), { message: 'a URL such as redis://127.0.0.1:6379' }),
    describe: 'Redis that has the queue, which several services share; they also share --data and --store',
    defaultText: 'a file in --data',
  },
  jobs: {
    group: 'Jobs',
    commands,
    value: 'N',
    // As many as a session with a worker may have: BOUNDS of cluster/bounds.ts.
    schema: whole(1, 16),
    describe: 'jobs that run at once',
    default: '4',
  },
  'keep-days': {
    group: 'Jobs',
    commands,
    value: 'N',
    schema: whole(1, 36_500),
    describe: 'remove jobs and their files so many days after their end',
    default: '30',
  },
  'keep-jobs': {
    group: 'Jobs',
    commands,
    value: 'N',
    schema: whole(0, 10_000_000),
    describe: 'keep so many jobs that have ended; older ones are removed',
    default: '100000',
  },
  'keep-size': {
    group: 'Jobs',
    commands,
    value: 'BYTES',
    schema: byteSize,
    describe: 'keep so many bytes of files; the oldest are removed, their jobs stay',
    default: '100G',
  },
  'tile-memory': {
    group: 'Clients',
    commands,
    value: 'BYTES',
    schema: byteSize,
    describe: 'memory for pieces of pictures that viewers of the explorer have looked at',
    default: '256M',
  },
  socket: {
    group: 'Older systems',
    commands,
    value: 'HOST:PORT',
    schema: address,
    describe: 'address on which a JSON request is answered with its film, for "fractal request" and older clients',
  },
  'redis-tasks': {
    group: 'Older systems',
    commands,
    value: 'URL',
    optional: true,
    schema: text.regex(/^(true|rediss?:\/\/\S+)$/, { message: 'a URL such as redis://127.0.0.1:6379' }),
    describe:
      'take tasks from the lists pending_tasks and mpi_jobs of this Redis; without URL that of REDIS_URL or REDIS_HOST',
  },
  older: {
    group: 'Older systems',
    commands,
    schema: yesNo,
    describe: 'answer PUT /api/submit-job, GET /api/get-image/UUID, POST /api/request, and show the form at /form',
  },
} as const satisfies FlagTable;
