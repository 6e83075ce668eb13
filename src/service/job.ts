/** A job of the service: what was submitted, and how far it is. Data only; life.ts says how it changes. */

/** Flags by name, as text: coordinates keep all their digits. What request/submission.ts reads and checks. */
export type Order = Readonly<Record<string, string>>;

export interface Submission {
  readonly order: Order;
  /** 0 to 100: higher ones first. */
  readonly priority: number;
  /** Among the jobs of a priority, owners get equal shares. */
  readonly owner: string;
  /** URL that is called when the job has ended. */
  readonly webhook?: string;
  /** Milliseconds since 1970: a job that has not ended by then fails. */
  readonly deadline?: number;
}

export type JobState = 'queued' | 'running' | 'pausing' | 'paused' | Ended;
/** A job in these states changes only by requeueing it. */
export type Ended = (typeof ENDED)[number];
export const ENDED = ['succeeded', 'failed', 'cancelled'] as const;
export const STATES: readonly JobState[] = ['queued', 'running', 'pausing', 'paused', ...ENDED];

export interface Job extends Submission {
  /** Letters and digits. In the order of submission. */
  readonly id: string;
  /** Grows by 1 with each change. */
  readonly version: number;
  readonly state: JobState;
  /** How often it began to run. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  /** Of the latest attempt. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** What it takes in all, in core-seconds, estimated while it waited. */
  readonly estimate?: number;
  /** The service that runs it. */
  readonly runner?: string;
  /** Where its latest attempt stopped. While it runs, the runner has newer figures. */
  readonly progress?: Progress;
  /** Of a failed job. */
  readonly error?: JobError;
  /** Complete files, by name. */
  readonly outputs: readonly Output[];
  /** Its outputs were removed: they were too old, or took too much space. */
  readonly expired?: true;
  /** The attempt whose end was told to the webhook, or was not, after the last try. */
  readonly notified?: number;
}

export interface JobError {
  /** As in docs/errors.md. */
  readonly code: string;
  readonly message: string;
}

export interface Output {
  /** Without a folder. */
  readonly name: string;
  readonly bytes: number;
}

/** Counts of frames and samples done, and of all. */
export interface Progress {
  readonly framesDone: number;
  readonly frames: number;
  readonly samplesDone: number;
  readonly samples: number;
  /** Slots that compute for it now. */
  readonly slots: number;
  /** Estimate of the computing time of slots that is left; absent before the first shard. */
  readonly coreSecondsLeft?: number;
}

/** Core-seconds that are left of a job, as far as its record says. undefined: it was not estimated. */
export function workLeft({ progress, estimate }: Pick<Job, 'progress' | 'estimate'>): number | undefined {
  return progress?.coreSecondsLeft ?? estimate;
}

export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return (ENDED as readonly JobState[]).includes(state);
}

/** A service runs it, or should. */
export function isUnderWay({ state }: Pick<Job, 'state'>): boolean {
  return state === 'running' || state === 'pausing';
}

/** Something that happened to a job. `seq`: from 1, without gaps. */
export type JobEvent = EventBody & { readonly seq: number; readonly time: number };

export type EventBody =
  | { readonly kind: 'state'; readonly state: JobState; readonly error?: JobError }
  /** Priority or owner. */
  | { readonly kind: 'changed'; readonly priority: number; readonly owner: string }
  | { readonly kind: 'log'; readonly level: 'warn' | 'info'; readonly text: string };
