/**
 * A durable queue of jobs with their history and events: the interface of a backend. What it has accepted or changed when a
 * promise resolves is on the disk. The rules are elsewhere (life.ts, fair.ts): a backend stores, finds, and compares versions.
 * test/service/queue.test.ts is the contract.
 */

import type { EventBody, Job, JobEvent, JobState, Progress, Submission } from './job.js';

export interface Queue {
  /**
   * Stores a new job, its first event, and the key by which a client may send it again, together.
   * @throws FractalError KEY_REUSED when the key belongs to another body, QUOTA when the owner has too many jobs waiting
   */
  accept(submission: Submission, options: AcceptOptions): Promise<Accepted>;
  get(id: string): Promise<Job | undefined>;
  list(query: Query): Promise<Page>;
  /** Of each owner with queued jobs the first one: of the highest priority, of these the oldest. */
  waiting(): Promise<readonly Job[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** How much work waits, by state and owner; those without jobs are left out. It does not read the jobs. */
  work(): Promise<readonly WaitingWork[]>;
  /**
   * Replaces a job by what `act` makes of it, with an event, in one commit. `act` may be called again, and returns undefined
   * to leave the job as it is. `version`: it must have this one.
   * @returns the job as it is now, or undefined when there is none
   * @throws FractalError JOB_CHANGED for another version; what `act` throws
   */
  change(id: string, act: (job: Job) => Revision | undefined, version?: number): Promise<Job | undefined>;
  /** Adds an event. All but the latest `MOST_EVENTS` of a job are removed. */
  note(id: string, event: EventBody): Promise<void>;
  /** In order, those after `after`, at most `limit`. */
  events(id: string, after: number, limit: number): Promise<readonly JobEvent[]>;
  /** Removes jobs with their events and keys. */
  remove(ids: readonly string[]): Promise<void>;
  /** Jobs in the state running or pausing whose service does not exist any more. */
  abandoned(): Promise<readonly Job[]>;
  /** Calls `act` after each change, of whichever service, with the job as it is then. Returns a function that ends this. */
  watch(act: (id: string, job: Job | undefined) => void): () => void;
  /** Between the services of a queue that several can have open. */
  readonly shared?: SharedProgress;
  close(): Promise<void>;
}

/** How far runs are. Not on the disk: what is reported may be lost. */
export interface SharedProgress {
  /** Of a job that this service runs. Watchers of the others are called. */
  report(job: Pick<Job, 'id' | 'attempt'>, progress: Progress): Promise<void>;
  /** The latest of these jobs, by id, of their present attempts; none that is older than half a minute. */
  reported(jobs: readonly Job[]): Promise<ReadonlyMap<string, Progress>>;
}

export interface WaitingWork {
  readonly state: 'queued' | 'paused';
  readonly owner: string;
  readonly jobs: number;
  /** Of these jobs, those that were estimated, and what they take together. */
  readonly estimated: number;
  readonly coreSeconds: number;
}

export const MOST_EVENTS = 1_000;

/** What every backend is opened with. */
export interface QueueOptions {
  /** The name under which this service runs jobs: a new one for each process. */
  readonly service: string;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface AcceptOptions {
  /** Waiting jobs that an owner may have. */
  readonly mostWaiting: number;
  /** `body`: a digest of all that was sent. */
  readonly key?: { readonly text: string; readonly body: string };
}

export interface Accepted {
  readonly job: Job;
  /** false: it was accepted earlier, with the same key. */
  readonly isNew: boolean;
}

/** `event` absent: nothing is noted. */
export interface Revision {
  readonly job: Job;
  readonly event?: EventBody;
}

export interface Query {
  /** Absent: of any. */
  readonly states?: readonly JobState[];
  readonly owner?: string;
  readonly sort: Sort;
  readonly descending: boolean;
  /** 1 to 1000. */
  readonly limit: number;
  /** Behind this job, with its value of the field that is sorted by. */
  readonly after?: Cursor;
}

/** Jobs that have the same value are in the order of submission. Jobs that have none come first. */
export type Sort = (typeof SORTS)[number];
export const SORTS = ['submitted', 'priority', 'ended'] as const;

export interface Cursor {
  readonly value: number;
  readonly id: string;
}

export interface Page {
  readonly jobs: readonly Job[];
  /** Absent: these are the last. */
  readonly next?: Cursor;
}
