/** The backends that every test of the contract and of the policy runs on. */

import { randomBytes } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import type { Blobs } from '../../src/store/blobs.js';
import { diskBlobs } from '../../src/store/disk.js';
import { s3Blobs } from '../../src/store/s3/blobs.js';
import { folder } from '../e2e/processes.js';
import { type Bucket, memoryBlobs } from './memory-blobs.js';
import { bucketAt, type S3Server, s3Server } from './s3-server.js';

/** One place of storage, opened once for each program that uses it. */
export interface Place {
  open(): Promise<Blobs>;
}

/** One server for all tests of a file, each with a prefix of its own. */
let server: Promise<S3Server> | undefined;
const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

function sharedServer(): Promise<S3Server> {
  server ??= s3Server({ after: (end: () => unknown) => ends.push(end) } as unknown as TestContext);
  return server;
}

export interface Backend {
  readonly name: string;
  /** It holds no more than a limit, and removes what was used longest ago. */
  readonly bounded: boolean;
  place(t: TestContext, limit?: number): Place;
}

export const BACKENDS: readonly Backend[] = [
  {
    name: 'disk',
    bounded: true,
    place(t, limit = 2 ** 30) {
      const path = folder(t);
      return { open: () => diskBlobs(path, limit) };
    },
  },
  {
    name: 'memory',
    bounded: true,
    place(_, limit) {
      const bucket: Bucket = new Map();
      return { open: async () => memoryBlobs(bucket, limit) };
    },
  },
  {
    name: 's3',
    bounded: false,
    place() {
      const prefix = `test/${randomBytes(4).toString('hex')}`;
      return { open: async () => s3Blobs(bucketAt((await sharedServer()).endpoint, prefix)) };
    },
  },
];
