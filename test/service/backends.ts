/** The queues that every test of the contract runs on. */

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Queue } from '../../src/service/queue.js';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { folder } from '../e2e/processes.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';

/** One place of storage, which services open one after another. */
export interface Place {
  open(service: string): Promise<Queue>;
}

/** A clock that only tests move. */
export interface Clock {
  time: number;
}

export const BACKENDS: readonly { readonly name: string; place(t: TestContext, clock: Clock): Place }[] = [
  {
    name: 'sqlite',
    place(t, clock) {
      const path = join(folder(t), 'data');
      return { open: async (service) => openSqliteQueue(path, { service, now: () => clock.time }) };
    },
  },
  {
    name: 'memory',
    place(_, clock) {
      const memory = emptyMemory();
      return { open: async (service) => memoryQueue(memory, { service, now: () => clock.time }) };
    },
  },
];
