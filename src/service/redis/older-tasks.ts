/**
 * Tasks that clients of the older MPI renderer put into Redis: taken first in, first out, rendered as jobs of the service,
 * tried three times. A service that ends in between goes on with its tasks when it starts again.
 */

import { createHash, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { messageOf, oneLine } from '../../errors.js';
import { type MpiTask, readMpiTask } from '../../request/mpi-task.js';
import { orderSubmission } from '../../request/submission.js';
import { ANONYMOUS } from '../http/tokens.js';
import type { Job, Submission } from '../job.js';
import { ended, firstFile } from '../older/ended.js';
import { sendPicture } from '../older/network-output.js';
import type { Service } from '../service.js';
import { type OlderLists, olderLists, PENDING, type Running, takenKey } from './older-lists.js';

export interface OlderTasksOptions {
  /** redis://, rediss:// */
  readonly url: string;
  readonly service: Pick<Service, 'submit' | 'get' | 'act' | 'watch' | 'files'>;
  /** The same each time this service starts, and of no other one. */
  readonly name: string;
  readonly namespace: string;
  /** Tasks in progress at once. */
  readonly atMost: number;
  readonly mostPixels: number;
  now(): number;
  failed(error: unknown): void;
}

const ATTEMPTS = 3;
const KEPT_MS = 3_600_000;
const FORGET_MS = 60_000;
const MOST_BYTES = 64 << 10;
const OUTFILE = 'fractal.png';

/** Begins at once, and goes on when Redis is away for a time. Returns a function that ends it. */
export function serveOlderTasks(options: OlderTasksOptions): () => Promise<void> {
  const { url, name, namespace, atMost, now, failed } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const connections = Array.from({ length: 1 + PENDING.length }, () => new Redis(url, { maxRetriesPerRequest: null }));
  const [redis, ...takers] = connections as [Redis, ...Redis[]];
  const lists = olderLists(redis, name);
  const underWay = new Map<string, Promise<void>>();
  const free = () => underWay.size < atMost;
  const report = (error: unknown): void => {
    if (!signal.aborted) failed(error);
  };

  const start = (running: Running) => {
    if (underWay.has(running.uuid)) return;
    const ends = runTask(running, { ...options, lists, signal }).catch(report);
    underWay.set(
      running.uuid,
      ends.finally(() => underWay.delete(running.uuid)).then(() => undefined),
    );
  };
  const begin = async (raw: Buffer) => {
    let task: MpiTask;
    try {
      task = checkedTask(raw, options);
    } catch (error) {
      return lists.refuse(raw, oneLine(messageOf(error)));
    }
    const uuid = task.uuid ?? randomUUID();
    if (underWay.has(uuid)) return lists.refuse(raw, `a task with the uuid ${uuid} is in progress`);
    const running: Running = { uuid, task: raw.toString(), status: '', namespace, service: name, failures: 0 };
    await lists.begin(raw, running);
    start(running);
  };
  // One after another: what was taken is begun once, and in order.
  let beginning = Promise.resolve();
  const beginTaken = () => {
    beginning = beginning
      .then(async () => {
        for (const raw of await lists.taken()) await begin(raw);
      })
      .catch(report);
    return beginning;
  };
  /** Those of this service that are in progress, and that it does not work on. */
  const goOn = async () => {
    for (const running of await lists.running()) start(running);
  };
  const take = async (taker: Redis, list: string) => {
    while (!signal.aborted) {
      if (!free()) await Promise.race(underWay.values());
      else if ((await taker.blmoveBuffer(list, takenKey(name), 'LEFT', 'RIGHT', 0)) !== null) await beginTaken();
    }
  };
  let isAway = false;
  redis.on('ready', () => {
    isAway = false;
    // Also what was moved while the connection broke.
    void beginTaken().then(goOn);
  });
  for (const one of connections) {
    one.on('error', (error) => {
      if (!isAway) report(new Error(`Redis at ${hostOf(url)}: ${messageOf(error)}: trying again`));
      isAway = true;
    });
  }
  const forget = () => lists.forget(now() - KEPT_MS).catch(report);
  void forget();
  const timer = setInterval(forget, FORGET_MS);
  const resume = async () => {
    await goOn();
    await Promise.all(takers.map((taker, k) => take(taker, PENDING[k] as string)));
  };
  resume().catch(report);
  // Commands that are under way may have no answer any more: each step is complete in itself, so nothing waits for them.
  return async () => {
    stop.abort(new Error('the service ends'));
    clearInterval(timer);
    for (const one of connections) one.disconnect();
  };
}

interface TaskContext extends Pick<OlderTasksOptions, 'service' | 'mostPixels' | 'now'> {
  readonly lists: OlderLists;
  readonly signal: AbortSignal;
}

/** The uuid stays the same through all attempts, and so does the job. */
async function runTask(first: Running, context: TaskContext): Promise<void> {
  const { service, lists, signal, now } = context;
  let running = first;
  try {
    const { submission, output } = checkedTask(Buffer.from(running.task), context);
    const { uuid } = running;
    const { job } = await service.submit(submission, keyOf(uuid, submission));
    let last = await ended(service, job.id, signal);
    while (last.state === 'failed' && running.failures + 1 < ATTEMPTS) {
      const before = running;
      running = { ...before, failures: before.failures + 1 };
      await lists.replace(before, running);
      await service.act(job.id, 'requeue');
      last = await ended(service, job.id, signal);
    }
    const picture = await pictureOf(service, last);
    if (output.kind === 'network') await sendPicture({ ...output, uuid }, picture);
    await lists.complete(running, picture, now());
  } catch (error) {
    signal.throwIfAborted();
    await lists.fail(running, oneLine(messageOf(error)));
  }
}

/** @throws FractalError of a wrong task */
function checkedTask(raw: Buffer, { mostPixels }: Pick<OlderTasksOptions, 'mostPixels'>) {
  if (raw.length > MOST_BYTES) throw new Error(`the task has ${raw.length} bytes, and ${MOST_BYTES} are allowed`);
  const task = readMpiTask(raw.toString());
  const { pixels, ...rest } = orderSubmission({ ...task.order, outfile: OUTFILE });
  if (pixels > mostPixels) throw new Error(`the task has ${pixels} pixels, and ${mostPixels} are allowed`);
  const submission: Submission = { ...rest, owner: ANONYMOUS };
  return { ...task, submission };
}

/** @throws FractalError unless the job has succeeded */
async function pictureOf(service: Pick<Service, 'files'>, job: Job): Promise<Buffer> {
  const { bytes, read } = await firstFile(service, job);
  return buffer(read(0, bytes - 1));
}

function keyOf(uuid: string, { order }: Submission) {
  return { text: `redis task ${uuid}`, body: createHash('sha256').update(JSON.stringify(order)).digest('hex') };
}

/** Without a password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
}
