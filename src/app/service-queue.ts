/** The queue of `fractal serve`: a file of its own, or a Redis that several services share. */

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
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

/** The file with the name of a folder that services of a Redis share. */
const NAME = 'queue.id';

/** @throws FractalError REQUEST_INVALID, QUEUE_AWAY, DATA_IN_USE, DISK */
export async function openQueue(
  { queue: url, data }: QueuePlace,
  { warn, ...options }: QueueOptions & { warn(text: string): void },
): Promise<Queue> {
  if (url === undefined) {
    if (existsSync(join(data, NAME))) throw inUse(data, 'belongs to a queue in Redis: give the service that --queue');
    return openSqliteQueue(data, options);
  }
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

/**
 * Services of one queue give out one another's outputs: the folder has a name, on which they agree in the queue. A folder
 * with outputs of another queue is refused, since outputs of unknown jobs are removed.
 */
async function requireSameFolder(queue: RedisQueue, data: string): Promise<void> {
  const isNew = (await queue.agreed('data')) === undefined;
  if (isNew && (await readdir(join(data, 'outputs')).catch(() => [])).length > 0) {
    throw inUse(data, 'has outputs of another queue: give the service that --queue, or another --data');
  }
  const name = await nameOf(data);
  if ((await queue.agree('data', name)) === name) return;
  const way = 'give all of them the same one, on a shared file system';
  throw inUse(data, `is not the folder of the other services of this queue: ${way}`);
}

function inUse(data: string, why: string): FractalError {
  return new FractalError('DATA_IN_USE', `--data ${data} ${why}`);
}

async function nameOf(data: string): Promise<string> {
  const path = join(data, NAME);
  const name = randomUUID();
  const draft = join(data, `${NAME}.${name}`);
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
