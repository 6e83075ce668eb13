/** The queue of `fractal serve`: a file of its own, or a Redis that several services share. */

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FractalError, messageOf } from '../errors.js';
import type { Queue, QueueOptions } from '../service/queue.js';
import { openRedisQueue, type RedisQueue } from '../service/redis/queue.js';
import { openSqliteQueue } from '../service/sqlite/queue.js';

export interface QueuePlace {
  /** URL of a Redis; absent: a file in `data`. */
  readonly queue?: string;
  readonly data: string;
}

/** @throws FractalError REQUEST_INVALID, QUEUE_AWAY, DATA_IN_USE, DISK */
export async function openQueue(
  { queue: url, data }: QueuePlace,
  { warn, ...options }: QueueOptions & { warn(text: string): void },
): Promise<Queue> {
  if (url === undefined) return openSqliteQueue(data, options);
  const queue = await openRedisQueue(url, options);
  try {
    await requireSameFolder(queue, data);
    for (const text of await queue.dangers()) warn(text);
    return queue;
  } catch (error) {
    await queue.close();
    throw error;
  }
}

/** Services of one queue give out one another's outputs: the folder has a name, on which they agree in the queue. */
async function requireSameFolder(queue: RedisQueue, data: string): Promise<void> {
  const name = await nameOf(data);
  if ((await queue.agree('data', name)) === name) return;
  const why = `--data ${data} is not the folder of the other services of this queue: give all of them the same one`;
  throw new FractalError('DATA_IN_USE', `${why}, on a shared file system`);
}

async function nameOf(data: string): Promise<string> {
  const path = join(data, 'queue.id');
  const name = randomUUID();
  const draft = join(data, `queue.id.${name}`);
  try {
    await mkdir(data, { recursive: true });
    await writeFile(draft, name, { flush: true });
    // Of services that start at once one makes it, complete.
    await link(draft, path).catch(unlessExists);
    await unlink(draft);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FractalError('DISK', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
