/**
 * The answers that a leader expects from a worker in one session: one of a known length for each assignment, and one report
 * for each job.
 */

import { FractalError } from '../errors.js';
import type { ToWorker } from './messages.js';

interface JobAnswers {
  /** Bytes of each, or at most, by epoch; undefined: of any length. Cancelled ones too: the answer may be on its way. */
  readonly due: Map<number, number | { readonly most: number } | undefined>;
  /** The digests of Open. */
  readonly assets: ReadonlySet<string>;
  /** The leader closed the job. */
  closed: boolean;
}

export class Answers {
  /** From the opening of a job to its last message, which is its report, or that it is unavailable. */
  private readonly jobs = new Map<number, JobAnswers>();

  /** A message is sent to the worker. */
  sent(message: ToWorker): void {
    if (message.kind === 'hello') return;
    if (message.kind === 'open') {
      this.jobs.set(message.job, { due: new Map(), assets: new Set(message.assets), closed: false });
      return;
    }
    const job = this.jobs.get(message.job);
    if (!job) return;
    if (message.kind === 'assign') job.due.set(message.assignment.epoch, message.answerBytes);
    if (message.kind === 'close') job.closed = true;
  }

  /** A chunk of an answer came. @throws FractalError PROTOCOL when it is not due, or has another length, or more bytes */
  check(job: number, epoch: number, total?: number): void {
    const due = this.jobs.get(job)?.due;
    if (!due?.has(epoch)) throw refused(`answers assignment ${epoch} of job ${job}, which it does not have`);
    const bytes = due.get(epoch);
    if (total === undefined || bytes === undefined) return;
    const [fits, wanted] =
      typeof bytes === 'number' ? [total === bytes, `${bytes}`] : [total <= bytes.most, `at most ${bytes.most}`];
    if (!fits)
      throw new FractalError('PROTOCOL', `the answer to assignment ${epoch} has ${total} bytes, not ${wanted}`);
  }

  /** The answer has arrived. */
  answered(job: number, epoch: number): void {
    this.jobs.get(job)?.due.delete(epoch);
  }

  /** How many of these epochs belong to no assignment that is due. */
  unexplained(job: number, epochs: readonly number[]): number {
    const due = this.jobs.get(job)?.due;
    return due ? epochs.filter((epoch) => !due.has(epoch)).length : epochs.length;
  }

  /** The worker opened the job. @throws FractalError PROTOCOL when the leader did not open it, or not with these assets */
  checkOpened(job: number, held: readonly string[]): void {
    const { assets } = this.jobOf(job);
    const other = held.find((digest) => !assets.has(digest));
    if (other !== undefined) throw refused(`has asset ${other}, which job ${job} does not name`);
  }

  /** The worker's last message about a job. @throws FractalError PROTOCOL when it is not due */
  checkLast(job: number, kind: 'report' | 'unavailable'): void {
    if (!this.jobOf(job).closed && kind === 'report') throw refused('sent a report before the end of the job');
    this.jobs.delete(job);
  }

  private jobOf(job: number): JobAnswers {
    const known = this.jobs.get(job);
    if (!known) throw refused(`names job ${job}, which it does not have`);
    return known;
  }
}

function refused(what: string): FractalError {
  return new FractalError('PROTOCOL', `the peer ${what}`);
}
