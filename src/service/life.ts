/**
 * The life of a job as a pure state machine: the time is an argument, and nothing is stored here.
 *
 *     queued ⇄ paused          begin: queued → running → succeeded, failed
 *     running → pausing → paused (when its last shards are finished)
 *     any of these → cancelled;  an ended job is queued again by requeue, under the same id
 */

import { FractalError } from '../errors.js';
import {
  type EventBody,
  hasEnded,
  isUnderWay,
  type Job,
  type JobError,
  type JobState,
  type Output,
  type Progress,
} from './job.js';

/** What a client asks for. */
export type Command = 'pause' | 'resume' | 'cancel' | 'requeue';
export const COMMANDS: readonly Command[] = ['pause', 'resume', 'cancel', 'requeue'];

/**
 * How an attempt ended. `stopped`: it was paused or cancelled, or its service ended; what it computed is in the store.
 * `outputs`: the files that were complete by then, as the frames of a film in single files.
 */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly outputs: readonly Output[] }
  | { readonly kind: 'failed'; readonly error: JobError; readonly outputs?: readonly Output[] }
  | { readonly kind: 'stopped'; readonly outputs?: readonly Output[] };

/** A job with its changes, and what is noted of them. */
export interface Change {
  readonly job: Job;
  readonly event: EventBody;
}

const NEXT: Readonly<Record<Command, Readonly<Partial<Record<JobState, JobState>>>>> = {
  pause: { queued: 'paused', running: 'pausing', pausing: 'pausing', paused: 'paused' },
  resume: { paused: 'queued', pausing: 'running', queued: 'queued', running: 'running' },
  cancel: {
    ...{ queued: 'cancelled', running: 'cancelled', pausing: 'cancelled', paused: 'cancelled' },
    cancelled: 'cancelled',
  },
  requeue: { succeeded: 'queued', failed: 'queued', cancelled: 'queued' },
};

/** undefined: the job is as the command wants it. @throws FractalError JOB_STATE */
export function command(job: Job, name: Command, now: number): Change | undefined {
  const state = NEXT[name][job.state];
  if (state === undefined) {
    const possible = COMMANDS.filter((one) => NEXT[one][job.state] !== undefined && NEXT[one][job.state] !== job.state);
    const way = possible.length > 0 ? `: it can be changed by ${possible.join(', ')}` : '';
    throw new FractalError('JOB_STATE', `${name} is not possible for job ${job.id}, which is ${job.state}${way}`);
  }
  if (state === job.state) return undefined;
  if (name === 'requeue') {
    const { endedAt, error, expired, progress, ...rest } = job;
    return changed({ ...rest, outputs: [] }, state);
  }
  if (state !== 'cancelled') return changed(job, state);
  const { runner, ...rest } = job;
  return changed({ ...rest, endedAt: now }, state);
}

/** A service begins to run a waiting job. undefined: it does not wait. */
export function begin(job: Job, runner: string, now: number): Change | undefined {
  if (job.state !== 'queued') return undefined;
  return changed({ ...job, attempt: job.attempt + 1, startedAt: now, runner }, 'running');
}

/** An attempt has ended. undefined: it does not count, since the job was cancelled or began again meanwhile. */
export function ended(
  job: Job,
  attempt: number,
  outcome: Outcome,
  now: number,
  progress?: Progress,
): Change | undefined {
  if (job.attempt !== attempt) return undefined;
  if (job.state === 'cancelled' && outcome.kind === 'stopped') return leaving(job, outcome.outputs ?? []);
  if (!isUnderWay(job)) return undefined;
  const { runner, ...rest } = { ...job, ...(progress ? { progress } : {}) };
  switch (outcome.kind) {
    case 'succeeded':
      return changed({ ...rest, outputs: outcome.outputs, endedAt: now }, 'succeeded');
    case 'failed':
      return changed({ ...rest, error: outcome.error, outputs: outcome.outputs ?? [], endedAt: now }, 'failed');
    case 'stopped':
      return changed(rest, job.state === 'pausing' ? 'paused' : 'queued');
  }
}

/** A cancelled job has files, once its run has ended. undefined: it has none. */
function leaving(job: Job, outputs: readonly Output[]): Change | undefined {
  if (outputs.length === 0 || job.outputs.length > 0) return undefined;
  const text = `${outputs.length} ${outputs.length === 1 ? 'file was' : 'files were'} complete`;
  return { job: { ...job, outputs, version: job.version + 1 }, event: { kind: 'log', level: 'info', text } };
}

/** What fails before it runs. undefined: it does not wait. */
export function failWaiting(job: Job, error: JobError, now: number): Change | undefined {
  return job.state === 'queued' ? changed({ ...job, error, endedAt: now }, 'failed') : undefined;
}

/** Another priority or owner. undefined: nothing changes. @throws FractalError JOB_STATE for a job that has ended */
export function revise(job: Job, wanted: Partial<Pick<Job, 'priority' | 'owner'>>): Change | undefined {
  const { priority = job.priority, owner = job.owner } = wanted;
  if (priority === job.priority && owner === job.owner) return undefined;
  if (hasEnded(job)) {
    throw new FractalError(
      'JOB_STATE',
      `job ${job.id} is ${job.state}: requeue it before its priority or owner changes`,
    );
  }
  return {
    job: { ...job, priority, owner, version: job.version + 1 },
    event: { kind: 'changed', priority, owner },
  };
}

/** The outputs of an ended job were removed. undefined: it has none. */
export function expire(job: Job): Job | undefined {
  return hasEnded(job) && job.outputs.length > 0
    ? { ...job, outputs: [], expired: true, version: job.version + 1 }
    : undefined;
}

function changed(job: Job, state: JobState): Change {
  const { error } = job;
  return {
    job: { ...job, state, version: job.version + 1 },
    event: { kind: 'state', state, ...(error ? { error } : {}) },
  };
}
