/**
 * Shards that wait, and which of them is computed next. A free thread goes to the session with the fewest threads, in
 * turn where several have as few: priorities rank the jobs of one leader, never one leader above another. Within the
 * session it goes to the jobs of the highest priority, among these to the owner that is behind its share (shares.ts), and of
 * its jobs to the one that was opened first. No clock: time is an argument, in milliseconds.
 */

import type { Assignment, Rank } from '../cluster/messages.js';
import type { KernelUse, Kind } from '../work/kind.js';
import type { Holder } from './memory.js';
import type { SharedScene } from './scenes.js';
import { compareRanks, type Share, Shares } from './shares.js';
import type { Done } from './thread-messages.js';

export type Outcome = Done | { readonly kind: 'failed'; readonly reason: string; readonly final?: true };

/** Takes the outcome of a shard; the result resolves once the leader has read it. */
export type Finish = (outcome: Outcome) => Promise<void> | undefined | void;

/** A shard that waits or is being computed. */
export interface Task {
  readonly job: JobQueue;
  readonly assignment: Assignment;
  readonly scene: SharedScene;
  readonly finish: Finish;
  /** Its number among all shards that began, used to stop it. */
  number: number;
  /** When it began, in milliseconds. */
  since: number;
  /** Which pays for its slot, from then on. */
  share: Share | undefined;
  /** Bytes that it takes while it is computed. */
  readonly size: number;
}

/** How a job is computed: its kernel, the kind of work with its name, and how that uses the kernel. */
export interface JobKernel {
  readonly kernel: string;
  readonly kind: Kind;
  readonly kindName: string;
  readonly use: KernelUse;
}

export interface JobQueue extends JobKernel {
  readonly session: SessionQueues;
  rank: Rank;
  share: Share;
  readonly waiting: Task[];
  /** Being computed, and not cancelled. */
  readonly running: Set<Task>;
  /** By number. */
  readonly scenes: Map<number, SharedScene>;
  /** By digest. */
  readonly assets: Map<string, Uint8Array>;
}

export interface SessionQueues extends Holder {
  /** In the order in which they were opened. */
  readonly jobs: JobQueue[];
  readonly shares: Shares;
  /** Bytes of answers that its leader has not read. */
  unread: number;
  /** Threads that compute for it. */
  readonly running: number;
}

export class Queues {
  readonly sessions: SessionQueues[] = [];
  private nextSession = 0;

  openSession(evict: (why: string) => void): SessionQueues {
    const session: SessionQueues = {
      jobs: [],
      shares: new Shares(),
      unread: 0,
      bytes: 0,
      evict,
      get running() {
        return this.jobs.reduce((sum, { running }) => sum + running.size, 0);
      },
      get idle() {
        return this.jobs.every(({ running, waiting }) => running.size + waiting.length === 0);
      },
    };
    this.sessions.push(session);
    return session;
  }

  closeSession(session: SessionQueues): void {
    const at = this.sessions.indexOf(session);
    if (at >= 0) this.sessions.splice(at, 1);
    this.nextSession = 0;
  }

  openJob(session: SessionQueues, kernel: JobKernel, rank: Rank): JobQueue {
    const shards = { waiting: [], running: new Set<Task>() };
    const share = session.shares.of(rank);
    const job = { session, ...kernel, rank, share, ...shards, scenes: new Map(), assets: new Map() };
    session.jobs.push(job);
    return job;
  }

  closeJob(job: JobQueue, now: number): void {
    const { session } = job;
    this.refresh(session, now);
    const at = session.jobs.indexOf(job);
    if (at >= 0) session.jobs.splice(at, 1);
    forgetShares(session, now);
  }

  /** Its shards that have begun stay with the share that they began in. */
  setRank(job: JobQueue, rank: Rank, now: number): void {
    const { session } = job;
    this.refresh(session, now);
    job.rank = rank;
    job.share = session.shares.of(rank);
    forgetShares(session, now);
  }

  /** Whether shards wait that may be delayed by those of other jobs. */
  get contended(): boolean {
    const jobs = this.sessions.flatMap((session) => session.jobs);
    return jobs.length > 1 && jobs.some(({ waiting }) => waiting.length > 0);
  }

  /** Sessions that have something to compute. */
  get active(): number {
    return this.sessions.filter(({ idle }) => !idle).length;
  }

  /** Removes and returns all waiting and running shards. */
  clear(): Task[] {
    const jobs = this.sessions.flatMap((session) => session.jobs);
    const tasks = jobs.flatMap(({ running, waiting }) => [...running, ...waiting]);
    for (const { running, waiting } of jobs) {
      running.clear();
      waiting.length = 0;
    }
    return tasks;
  }

  /** Removes the next shard for which `claim` returns a value, which begins; returns both. */
  next<T>(claim: (task: Task) => T | undefined, now: number): [T, Task] | undefined {
    for (const session of this.sessions) this.refresh(session, now);
    for (const at of inTurn(this.sessions, this.nextSession, (a, b) => a.running - b.running)) {
      const session = this.sessions[at] as SessionQueues;
      // The sort is stable: of equal jobs the one that was opened first comes first.
      for (const job of [...session.jobs].sort((a, b) => compareRanks(a, b, now))) {
        const [head] = job.waiting;
        const claimed = head && claim(head);
        if (!head || claimed === undefined) continue;
        this.nextSession = (at + 1) % this.sessions.length;
        begin(head, now);
        return [claimed, head];
      }
    }
    return undefined;
  }

  /** A shard that began is off its thread. Returns whether its job still wants it. */
  ended(task: Task, now: number): boolean {
    task.share?.end(task.since, now);
    task.share = undefined;
    return task.job.running.delete(task);
  }

  private refresh({ jobs, shares }: SessionQueues, now: number): void {
    const wanting = jobs.filter(({ waiting, share }) => waiting.length > 0 || share.running > 0);
    shares.refresh(new Set(wanting.map(({ share }) => share)), now);
  }
}

function begin(task: Task, now: number): void {
  const { job } = task;
  job.waiting.shift();
  job.running.add(task);
  task.since = now;
  task.share = job.share;
  task.share.begin(now);
}

function forgetShares({ jobs, shares }: SessionQueues, now: number): void {
  shares.forget(new Set(jobs.map(({ share }) => share)), now);
}

/** Indices in order; equal ones cyclically from `first` on. */
function inTurn<T>(all: readonly T[], first: number, compare: (a: T, b: T) => number): number[] {
  const indices = all.map((_, k) => (first + k) % all.length);
  return indices.sort((a, b) => compare(all[a] as T, all[b] as T));
}

export function taskOf(job: JobQueue, assignment: Assignment, scene: SharedScene, finish: Finish): Task {
  return {
    job,
    assignment,
    scene,
    finish,
    number: 0,
    since: 0,
    share: undefined,
    size: job.kind.taskBytes(assignment.work),
  };
}
