/** One attempt at a job: how app starts it, and how it ends. */

import { asResourceError, FractalError, messageOf } from '../errors.js';
import type { Job, JobError, Output, Progress } from './job.js';
import type { Outcome } from './life.js';

/** Begins to render a job. What it computes is kept, so that a later run goes on from there. */
export type StartRun = (job: Job, reports: RunReports) => Run;

export interface Run {
  /** The complete files; `stopped`: it was ended by `stop`. Rejects when the job has failed. */
  readonly result: Promise<readonly Output[] | 'stopped'>;
  /** The run is to end soon; may be called again. `pause`: shards in progress may be finished. */
  stop(how: 'pause' | 'cancel' | 'close'): void;
  /** Priority or owner of the job have changed. */
  revised(job: Job): void;
  /** What each worker has done for it so far. Absent: it is not known. */
  workers?(): readonly WorkerPart[];
  /** The files that were complete when it ended without success. Absent: none. */
  left?(): Promise<readonly Output[]>;
  /** What there is to be seen of it: WebP. undefined: nothing yet. It takes bounded time, however often it is asked for. */
  picture(): Promise<Uint8Array | undefined>;
}

export interface WorkerPart {
  /** host:port. */
  readonly name: string;
  readonly shards: number;
  readonly samples: number;
  /** Computing time of its slots. */
  readonly busySeconds: number;
}

export interface RunReports {
  /** Called often. */
  progress(progress: Progress): void;
  log(level: 'warn' | 'info', text: string): void;
}

/** Never rejects. */
export async function outcomeOf({ result, left = async () => [] }: Run): Promise<Outcome> {
  // A folder that cannot be read has nothing for clients.
  const complete = async () => {
    const outputs = await left().catch(() => []);
    return outputs.length > 0 ? { outputs } : {};
  };
  try {
    const outputs = await result;
    return outputs === 'stopped' ? { kind: 'stopped', ...(await complete()) } : { kind: 'succeeded', outputs };
  } catch (error) {
    return { kind: 'failed', error: errorOf(error), ...(await complete()) };
  }
}

/** Why a job fails at this time: its deadline. undefined: it has none, or time left. */
export function overdue({ deadline = Infinity }: Job, now: number): JobError | undefined {
  if (now < deadline) return undefined;
  return { code: 'TIMEOUT', message: `not finished by its deadline, ${new Date(deadline).toISOString()}` };
}

function errorOf(error: unknown): JobError {
  const known = error instanceof FractalError ? error : asResourceError(error);
  return known ? { code: known.code, message: known.message } : { code: 'INTERNAL', message: messageOf(error) };
}
