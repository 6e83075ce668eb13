/**
 * Shards that wait, and which of them is computed next. A free thread goes to the session with the fewest threads, in
 * turn where several have as few: priorities rank the jobs of one leader, never one leader above another. Within the
 * session it goes to the job of the highest priority, then to the one with the fewest threads, in turn.
 */

import type { Assignment } from '../cluster/messages.js';
import type { KernelUse, Kind } from '../work/kind.js';
import type { Holder, SharedScene } from './scenes.js';
import type { Done } from './thread-messages.js';

export type Outcome = Done | { readonly kind: 'failed'; readonly reason: string };

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
  priority: number;
  readonly waiting: Task[];
  /** Being computed, and not cancelled. */
  readonly running: Set<Task>;
  /** By number. */
  readonly scenes: Map<number, SharedScene>;
  /** By digest. */
  readonly assets: Map<string, Uint8Array>;
}

export interface SessionQueues extends Holder {
  readonly jobs: JobQueue[];
  /** Bytes of answers that its leader has not read. */
  unread: number;
  /** Threads that compute for it. */
  readonly running: number;
  /** Index of the job that is next where several rank equally. */
  nextJob: number;
}

export class Queues {
  readonly sessions: SessionQueues[] = [];
  private nextSession = 0;

  openSession(evict: (why: string) => void): SessionQueues {
    const session: SessionQueues = {
      jobs: [],
      unread: 0,
      nextJob: 0,
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

  openJob(session: SessionQueues, kernel: JobKernel, priority: number): JobQueue {
    const shards = { waiting: [], running: new Set<Task>() };
    const job = { session, ...kernel, priority, ...shards, scenes: new Map(), assets: new Map() };
    session.jobs.push(job);
    return job;
  }

  closeJob(job: JobQueue): void {
    const { session } = job;
    const at = session.jobs.indexOf(job);
    if (at >= 0) session.jobs.splice(at, 1);
    session.nextJob = 0;
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

  /** Removes the next shard for which `claim` returns a value; returns both. */
  next<T>(claim: (task: Task) => T | undefined): [T, Task] | undefined {
    for (const at of inTurn(this.sessions, this.nextSession, (a, b) => a.running - b.running)) {
      const session = this.sessions[at] as SessionQueues;
      for (const k of inTurn(session.jobs, session.nextJob, before)) {
        const { waiting } = session.jobs[k] as JobQueue;
        const [head] = waiting;
        const claimed = head && claim(head);
        if (!head || claimed === undefined) continue;
        waiting.shift();
        this.nextSession = (at + 1) % this.sessions.length;
        session.nextJob = (k + 1) % session.jobs.length;
        return [claimed, head];
      }
    }
    return undefined;
  }
}

function before(a: JobQueue, b: JobQueue): number {
  return b.priority - a.priority || a.running.size - b.running.size;
}

/** Indices in order; equal ones cyclically from `first` on. */
function inTurn<T>(all: readonly T[], first: number, compare: (a: T, b: T) => number): number[] {
  const indices = all.map((_, k) => (first + k) % all.length);
  return indices.sort((a, b) => compare(all[a] as T, all[b] as T));
}

export function taskOf(job: JobQueue, assignment: Assignment, scene: SharedScene, finish: Finish): Task {
  return { job, assignment, scene, finish, number: 0, since: 0, size: job.kind.taskBytes(assignment.work) };
}
