/**
 * The Redis keys of the older MPI renderer, and how a task goes from one to the next. Each step is one command or one script,
 * so that a task is always in one of them. Its answer may be lost with the connection: the client of Redis then sends it
 * again, and a step that was carried out before changes nothing.
 */

import type { Redis } from 'ioredis';

/** Lists in which clients put tasks at the right end. */
export const PENDING = ['pending_tasks', 'mpi_jobs'] as const;
/** List of tasks in progress: JSON of `Running`. */
const RUNNING = 'running_tasks';
/** Hash from uuid to PNG; empty while there is none. */
const COMPLETED = 'completed_tasks';
/** Sorted set of the uuids in COMPLETED by the time of completion, milliseconds since 1970. */
const TIMES = 'completed_times';
/** List of JSON: what the task was, and why it failed. */
const FAILED = 'failed_tasks';

/** From one list to the end of another one, as another text. */
const MOVE = `if redis.call('LREM', KEYS[1], 1, ARGV[1]) > 0 then redis.call('RPUSH', KEYS[2], ARGV[2]) end`;
const BEGIN = `
if not redis.call('LPOS', KEYS[2], ARGV[2]) and redis.call('LREM', KEYS[1], 1, ARGV[1]) > 0 then
  redis.call('RPUSH', KEYS[2], ARGV[2])
  redis.call('HSET', KEYS[3], ARGV[3], '')
end`;
const COMPLETE = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('LREM', KEYS[3], 1, ARGV[4])`;
/** Without a picture its client stops waiting. */
const FAIL = `
if redis.call('LREM', KEYS[1], 1, ARGV[1]) > 0 then
  redis.call('RPUSH', KEYS[2], ARGV[2])
  redis.call('HDEL', KEYS[3], ARGV[3])
end`;

export interface Running {
  readonly uuid: string;
  /** The text of the task. */
  readonly task: string;
  /** Empty: it is in progress. */
  readonly status: '';
  readonly namespace: string;
  /** The service that has taken it. */
  readonly service: string;
  /** How often it has failed. */
  readonly failures: number;
}

export interface OlderLists {
  /** Of this service: tasks that were taken, and are in none of the other lists yet. */
  taken(): Promise<readonly Buffer[]>;
  /** Of this service. */
  running(): Promise<readonly Running[]>;
  begin(raw: Buffer, running: Running): Promise<void>;
  replace(before: Running, after: Running): Promise<void>;
  complete(running: Running, picture: Uint8Array, now: number): Promise<void>;
  /** Of a task that was only taken. */
  refuse(raw: Buffer, reason: string): Promise<void>;
  fail(running: Running, reason: string): Promise<void>;
  /** Removes pictures that were completed before this time. */
  forget(before: number): Promise<void>;
}

/** The list to which a service takes tasks. */
export function takenKey(service: string): string {
  return `taken_tasks:${service}`;
}

export function olderLists(redis: Redis, service: string): OlderLists {
  const TAKEN = takenKey(service);
  const text = (running: Running) => JSON.stringify(running);
  return {
    taken: () => redis.lrangeBuffer(TAKEN, 0, -1),
    async running() {
      const all = (await redis.lrange(RUNNING, 0, -1)).map(runningOf);
      return all.filter((one) => one !== undefined).filter((one) => one.service === service);
    },
    async begin(raw, running) {
      await redis.eval(BEGIN, 3, TAKEN, RUNNING, COMPLETED, raw, text(running), running.uuid);
    },
    async replace(before, after) {
      await redis.eval(MOVE, 2, RUNNING, RUNNING, text(before), text(after));
    },
    async complete(running, picture, now) {
      const step = [COMPLETED, TIMES, RUNNING, running.uuid, Buffer.from(picture), now, text(running)];
      await redis.eval(COMPLETE, 3, ...step);
    },
    async refuse(raw, reason) {
      await redis.eval(MOVE, 2, TAKEN, FAILED, raw, JSON.stringify({ task: raw.toString(), reason }));
    },
    async fail(running, reason) {
      const { uuid, task, failures } = running;
      const failed = JSON.stringify({ uuid, task, failures, reason });
      await redis.eval(FAIL, 3, RUNNING, FAILED, COMPLETED, text(running), failed, uuid);
    },
    async forget(before) {
      const old = await redis.zrangebyscore(TIMES, '-inf', `(${before}`, 'LIMIT', 0, 1_000);
      if (old.length > 0)
        await redis
          .multi()
          .hdel(COMPLETED, ...old)
          .zrem(TIMES, ...old)
          .exec();
    },
  };
}

/** undefined: an entry of another program. */
function runningOf(text: string): Running | undefined {
  try {
    const one = JSON.parse(text);
    return typeof one?.service === 'string' && typeof one.task === 'string' && typeof one.uuid === 'string'
      ? one
      : undefined;
  } catch {
    return undefined;
  }
}
