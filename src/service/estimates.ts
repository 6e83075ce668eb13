/**
 * What waiting jobs will take, in core-seconds: estimated one job after another, beside everything else, and stored with the
 * job. How fast the workers are is learned from jobs that end: estimates suppose a core of a certain speed.
 */

import { isScene } from '../request/povray/order.js';
import { hasEnded, type Job, type Order, type Progress, workLeft } from './job.js';
import type { Cursor, Queue } from './queue.js';
import type { WorkerPart } from './run.js';

export interface Estimator {
  /** Core-seconds of a job, in bounded time. One at a time: wait for the answer before the next one. Never rejects. */
  of(order: Order): Promise<number>;
  /** An answer under way comes at once, and counts for nothing. */
  close(): void;
}

export interface EstimatesOptions {
  readonly queue: Queue;
  readonly estimator: Estimator;
  failed(error: unknown): void;
}

export interface Estimates {
  /** A job that waits. */
  add(id: string): void;
  /** A run has succeeded: what it took is compared with its estimate. */
  took(job: Job, progress: Progress | undefined, parts: readonly WorkerPart[]): void;
  /** Core-seconds of the workers for a core-second of an estimate, by the latest jobs; 1 before there are any. */
  readonly pace: number;
  /** Resolves when nothing is written any more. */
  close(): Promise<void>;
}

const PAGE = 200;
/** Jobs that the pace is learned from. */
const LEARNED = 32;
/** Shorter runs say nothing, nor do those for which this share of the samples was there already. */
const SHORTEST_SECONDS = 0.2;
const MOST_KEPT = 0.05;

/** Begins with the jobs of earlier services that were not estimated yet. */
export function startEstimates({ queue, estimator, failed }: EstimatesOptions): Estimates {
  const backlog: string[] = [];
  const ratios: number[] = [];
  let isClosed = false;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let id = backlog.shift(); id !== undefined && !isClosed; id = backlog.shift()) await one(id);
  }

  async function one(id: string): Promise<void> {
    const job = await queue.get(id);
    if (!job || !needs(job)) return;
    const seconds = await estimator.of(job.order);
    if (isClosed) return;
    // No change that a client could have to know: the version stays.
    await queue.change(id, (latest) => (hasEnded(latest) ? undefined : { job: { ...latest, estimate: seconds } }));
  }

  function wake(): void {
    working ??= work()
      .catch(failed)
      .finally(() => {
        working = undefined;
        if (backlog.length > 0 && !isClosed) wake();
      });
  }

  async function addAll(): Promise<void> {
    const query = { states: ['queued', 'paused'], sort: 'submitted', descending: false, limit: PAGE } as const;
    let after: Cursor | undefined;
    do {
      const page = await queue.list({ ...query, ...(after ? { after } : {}) });
      backlog.push(...page.jobs.filter(needs).map(({ id }) => id));
      after = page.next;
      wake();
    } while (after && !isClosed);
  }

  const adding = addAll().catch(failed);
  return {
    add(id) {
      backlog.push(id);
      wake();
    },
    took({ estimate: estimated = 0, attempt, order }, progress, parts) {
      // Of scenes nothing is known but their size.
      if (isScene(order)) return;
      const sum = (of: (part: WorkerPart) => number) => parts.reduce((all, part) => all + of(part), 0);
      const seconds = sum(({ busySeconds }) => busySeconds);
      const isWhole = sum(({ samples }) => samples) >= (1 - MOST_KEPT) * (progress?.samples ?? Infinity);
      if (attempt !== 1 || !isWhole || estimated < SHORTEST_SECONDS || seconds < SHORTEST_SECONDS) return;
      ratios.push(seconds / estimated);
      if (ratios.length > LEARNED) ratios.shift();
    },
    get pace() {
      // Not the mean: one job may be far from its estimate.
      return ratios.length === 0 ? 1 : ([...ratios].sort((a, b) => a - b)[ratios.length >> 1] as number);
    },
    async close() {
      isClosed = true;
      estimator.close();
      await adding;
      await working;
    },
  };
}

/** It waits, and nothing is known of it. */
function needs(job: Job): boolean {
  return (job.state === 'queued' || job.state === 'paused') && workLeft(job) === undefined;
}
