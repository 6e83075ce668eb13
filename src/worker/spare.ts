/**
 * When a shard may run on a spare thread, beside others that have run for long, or at once where a viewer waits for it.
 * No clock: time is an argument.
 */

import { PRIORITY } from '../cluster/messages.js';
import type { JobQueue, Task } from './queues.js';

/** While a shard runs for more milliseconds, others may run on spare threads. */
export const LONG_MS = 1_000;

export interface Crowd {
  /** Threads that every shard may have, and those beside them. */
  readonly slots: number;
  readonly spare: number;
  /** Sessions, and those of them that have something to compute. */
  readonly sessions: number;
  readonly active: number;
  readonly now: number;
}

/**
 * An interactive job beside others of its session, at once, and while other sessions run long shards: up to the session's
 * share of the slots. While jobs of lower priority run long ones, or other owners of the same priority: one. `busy`: what all
 * threads compute.
 */
export function mayUseSpare(job: JobQueue, busy: readonly Task[], { slots, spare, sessions, active, now }: Crowd) {
  const { session } = job;
  const share = Math.max(1, Math.floor(slots / active));
  const isLong = ({ since }: Task) => now - since >= LONG_MS;
  const blocking = busy.filter((task) => task.job.session === session || !isLong(task)).length;
  if (session.running < share && blocking < slots) return true;
  const own = busy.filter((task) => task.job.session === session);
  // One spare thread for each session is reserved for the rule above.
  const left = spare - sessions - (busy.length - slots);
  if (isInteractive(job)) {
    const interactive = own.filter((task) => isInteractive(task.job)).length;
    if (interactive < share && own.length < 2 * share && left > 0) return true;
  }
  const outranks = job.share.running === 0 && own.every((task) => mayPass(job, task.job)) && own.some(isLong);
  return outranks && own.length <= share && left > 0;
}

/** How shards wait for viewers. */
export interface Holding {
  readonly slots: number;
  /** Viewers are being answered: no shard but theirs needs a core. */
  readonly answering: boolean;
  /** Whether none waits for that shard. */
  mayWait(task: Task): boolean;
}

/**
 * Shards that wait while viewers are served: of those sessions, the latest of the others, as many as there are more shards than slots;
 * all of them while viewers are answered.
 */
export function heldBack(busy: readonly Task[], { slots, answering, mayWait }: Holding): Task[] {
  if (answering) return busy.filter((task) => !isInteractive(task.job) && mayWait(task));
  const excess = busy.length - slots;
  if (excess <= 0) return [];
  const served = new Set(busy.filter(({ job }) => isInteractive(job)).map(({ job }) => job.session));
  const others = busy.filter((task) => served.has(task.job.session) && !isInteractive(task.job) && mayWait(task));
  return others.sort((a, b) => b.since - a.since).slice(0, excess);
}

/** Whether a viewer waits for its shards. */
export function isInteractive({ rank }: Pick<JobQueue, 'rank'>): boolean {
  return rank.priority >= PRIORITY.interactive;
}

/** Whether a job may compute beside another one of its session. */
function mayPass(job: JobQueue, other: JobQueue): boolean {
  return (
    other.rank.priority < job.rank.priority || (other.rank.priority === job.rank.priority && other.share !== job.share)
  );
}
