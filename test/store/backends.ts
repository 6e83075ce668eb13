/** The backends that every test of the contract and of the policy runs on. */

import type { TestContext } from 'node:test';
import type { Blobs } from '../../src/store/blobs.js';
import { diskBlobs } from '../../src/store/disk.js';
import { folder } from '../e2e/processes.js';
import { type Bucket, memoryBlobs } from './memory-blobs.js';

/** One place of storage, opened once for each program that uses it. */
export interface Place {
  open(): Promise<Blobs>;
}

export const BACKENDS: readonly { readonly name: string; place(t: TestContext, limit?: number): Place }[] = [
  {
    name: 'disk',
    place(t, limit = 2 ** 30) {
      const path = folder(t);
      return { open: () => diskBlobs(path, limit) };
    },
  },
  {
    name: 'memory',
    place(_, limit) {
      const bucket: Bucket = new Map();
      return { open: async () => memoryBlobs(bucket, limit) };
    },
  },
];
