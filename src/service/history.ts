/** What is kept of jobs that have ended: bounded by age, by their number, and by the size of their outputs. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { digestsOf as filesOf } from '../request/submission.js';
import { ENDED, type Job } from './job.js';
import { expire } from './life.js';
import type { Outputs } from './outputs.js';
import type { Cursor, Query, Queue } from './queue.js';

export interface Retention {
  /** Since the job has ended. */
  readonly days: number;
  /** Of ended jobs. */
  readonly jobs: number;
  /** Of all outputs. */
  readonly bytes: number;
}

const PAGE = 200;
const DAY_MS = 86_400_000;

/** Removes ended jobs, or only their outputs, the newest of them last. */
export async function sweep(queue: Queue, outputs: Outputs, keep: Retention, now: number): Promise<void> {
  const gone: string[] = [];
  let [jobs, bytes] = [0, 0];
  for await (const job of newestFirst(queue)) {
    jobs++;
    bytes += job.outputs.reduce((sum, one) => sum + one.bytes, 0);
    if (jobs > keep.jobs || now - (job.endedAt ?? now) > keep.days * DAY_MS) gone.push(job.id);
    else if (bytes > keep.bytes && job.outputs.length > 0) await expireOne(queue, outputs, job);
  }
  // The record first: outputs without a job are removed by `removeStray`.
  for (let k = 0; k < gone.length; k += PAGE) await queue.remove(gone.slice(k, k + PAGE));
  for (const id of gone) await outputs.remove(id);
}

/** Removes outputs of jobs that do not exist. */
export async function removeStray(queue: Queue, outputs: Outputs): Promise<void> {
  for (const id of await outputs.list()) if (!(await queue.get(id))) await outputs.remove(id);
}

/** Digests of the files that jobs have, those that have ended among them, since they may be queued again. */
export async function digestsOf(queue: Queue): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for await (const { order } of jobsOf(queue, { sort: 'submitted', descending: false, limit: PAGE }))
    for (const digest of filesOf(order)) digests.add(digest);
  return digests;
}

async function expireOne(queue: Queue, outputs: Outputs, { id, version }: Job): Promise<void> {
  let isExpired = false;
  await queue.change(id, (latest) => {
    const job = latest.version === version ? expire(latest) : undefined;
    isExpired = job !== undefined;
    return job && { job };
  });
  // Requeued meanwhile, its folder is in use.
  if (isExpired) await outputs.remove(id);
}

function newestFirst(queue: Queue): AsyncGenerator<Job> {
  return jobsOf(queue, { states: ENDED, sort: 'ended', descending: true, limit: PAGE });
}

async function* jobsOf(queue: Queue, query: Query): AsyncGenerator<Job> {
  let after: Cursor | undefined;
  do {
    const { jobs, next } = await queue.list({ ...query, ...(after ? { after } : {}) });
    yield* jobs;
    after = next;
    // A queue may answer at once: requests come first.
    await nextTurn();
  } while (after);
}
