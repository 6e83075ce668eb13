/** The queues that every test of the contract runs on. */

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Queue } from '../../src/service/queue.js';
import { openRedisQueue } from '../../src/service/redis/queue.js';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { folder } from '../e2e/processes.js';
import { emptyMemory, memoryQueue } from './memory-queue.js';
import { NO_REDIS, type RedisServer, redisServer } from './redis-server.js';

/** One place of storage, which services open one after another. */
export interface Place {
  open(service: string): Promise<Queue>;
}

/** A clock that only tests move. */
export interface Clock {
  time: number;
}

export interface Backend {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly skip?: string | false;
  place(t: TestContext, clock: Clock): Place;
}

export const BACKENDS: readonly Backend[] = [
  {
    name: 'sqlite',
    place(t, clock) {
      const path = join(folder(t), 'data');
      return { open: async (service) => openSqliteQueue(path, { service, now: () => clock.time }) };
    },
  },
  {
    name: 'redis',
    skip: NO_REDIS,
    place(t, clock) {
      let server: RedisServer | undefined;
      return {
        async open(service) {
          server ??= await redisServer(t);
          return openRedisQueue(server.url, { service, now: () => clock.time });
        },
      };
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
