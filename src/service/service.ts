/** What clients do with jobs, whichever protocol they use: the queue, the runner and the outputs as one. */

import { FractalError } from '../errors.js';
import { type Retention, removeStray, sweep } from './history.js';
import { hasEnded, type Job, type JobState, type Submission } from './job.js';
import { type Command, command, revise } from './life.js';
import { type Meter, openMeter } from './meter.js';
import type { Outputs } from './outputs.js';
import type { Accepted, AcceptOptions, Page, Query, Queue } from './queue.js';
import type { StartRun } from './run.js';
import { type RunnerOptions, startRunner } from './runner.js';

export interface ServiceOptions extends Omit<RunnerOptions, 'start' | 'meter'> {
  readonly start: StartRun;
  readonly outputs: Outputs;
  readonly keep: Retention;
  /** Jobs of an owner that may wait. */
  readonly mostWaiting: number;
}

/** A job as clients see it: while it runs, with its latest progress. */
export interface Service {
  submit(submission: Submission, key?: AcceptOptions['key']): Promise<Accepted>;
  /** @throws FractalError JOB_MISSING, as everything that takes an id */
  get(id: string): Promise<Job>;
  list(query: Query): Promise<Page>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** @throws FractalError JOB_STATE, JOB_CHANGED for another version */
  act(id: string, name: Command, version?: number): Promise<Job>;
  /** @throws FractalError JOB_STATE, JOB_CHANGED */
  revise(id: string, wanted: Partial<Pick<Job, 'priority' | 'owner'>>, version?: number): Promise<Job>;
  /** Its events and outputs, too. @throws FractalError JOB_STATE unless it has ended, JOB_CHANGED */
  remove(id: string, version?: number): Promise<void>;
  readonly events: Queue['events'];
  readonly files: Pick<Outputs, 'open'>;
  /** How fast jobs and workers were lately. */
  readonly meter: Pick<Meter, 'recent' | 'day' | 'jobs' | 'workers' | 'watch'>;
  /** The picture as far as it is, or was at the end of the latest run: WebP. undefined: there is nothing to be seen. */
  picture(id: string): Promise<Uint8Array | undefined>;
  /** Calls `act` after each change of a job, of its events, or of its progress. Returns a function that ends this. */
  watch(act: (id: string) => void): () => void;
  /** No job is begun any more, and those that run are stopped; they go on when a service starts again. The queue stays open. */
  close(): Promise<void>;
}

const SWEEP_MS = 60_000;

export async function startService(options: ServiceOptions): Promise<Service> {
  const { queue, outputs, keep, mostWaiting, now, failed } = options;
  await removeStray(queue, outputs);
  const meter = openMeter({ waiting: async () => (await queue.counts()).queued, now, failed });
  const runner = await startRunner({ ...options, meter });
  let sweeping = Promise.resolve();
  const sweepAgain = () => {
    sweeping = sweeping.then(() => sweep(queue, outputs, keep, now())).catch(failed);
  };
  sweepAgain();
  const timer = setInterval(sweepAgain, SWEEP_MS);

  const withProgress = (job: Job): Job => {
    const progress = runner.progressOf(job.id);
    return progress ? { ...job, progress } : job;
  };
  const found = (id: string, job: Job | undefined): Job => {
    if (job) return withProgress(job);
    throw new FractalError('JOB_MISSING', `there is no job "${id}": it was never submitted, or has been removed`);
  };
  return {
    submit: (submission, key) => queue.accept(submission, { mostWaiting, ...(key ? { key } : {}) }),
    get: async (id) => found(id, await queue.get(id)),
    async list(query) {
      const page = await queue.list(query);
      return { ...page, jobs: page.jobs.map(withProgress) };
    },
    counts: () => queue.counts(),
    act: async (id, name, version) => found(id, await queue.change(id, (job) => command(job, name, now()), version)),
    revise: async (id, wanted, version) => found(id, await queue.change(id, (job) => revise(job, wanted), version)),
    async remove(id, version) {
      const job = await queue.change(id, () => undefined, version);
      if (!hasEnded(found(id, job))) {
        throw new FractalError('JOB_STATE', `job ${id} is ${job?.state}: cancel it before it is deleted`);
      }
      await queue.remove([id]);
      await outputs.remove(id);
    },
    events: queue.events,
    files: outputs,
    meter,
    picture: async (id) => (await runner.pictureOf(id)) ?? outputs.picture(id),
    watch(act) {
      const ends = [queue.watch(act), runner.watch(act)];
      return () => {
        for (const end of ends) end();
      };
    },
    async close() {
      clearInterval(timer);
      meter.close();
      await runner.close();
      await sweeping;
    },
  };
}
