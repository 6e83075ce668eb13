/** What clients do with jobs, whichever protocol they use: the queue, the runner and the outputs as one. */

import { FractalError } from '../errors.js';
import { type Estimator, startEstimates } from './estimates.js';
import { digestsOf, type Retention, removeStray, sweep } from './history.js';
import { hasEnded, isUnderWay, type Job, type JobState, type Submission } from './job.js';
import { type Command, command, revise } from './life.js';
import { type Meter, openMeter } from './meter.js';
import type { Outputs } from './outputs.js';
import type { Accepted, AcceptOptions, Page, Query, Queue } from './queue.js';
import type { StartRun } from './run.js';
import { type RunnerOptions, startRunner } from './runner.js';
import type { Uploads } from './uploads.js';
import { type Work, workOf } from './work.js';

export interface ServiceOptions extends Omit<RunnerOptions, 'start' | 'meter' | 'succeeded'> {
  readonly start: StartRun;
  readonly outputs: Outputs;
  /** Files that clients have sent. Absent: none are kept. */
  readonly uploads?: Pick<Uploads, 'sweep'>;
  /** Closed with the service. */
  readonly estimator: Estimator;
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
  /** How much work there is. */
  work(): Promise<Work>;
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
/** A file that no job needs is removed so long after its latest use: the job that it was sent for may be still to come. */
const UNUSED_MS = 3_600_000;
const UNDER_WAY = ['running', 'pausing'] as const;
/** Of all services of a queue. */
const MOST_RUNNING = 1_000;

export async function startService(options: ServiceOptions): Promise<Service> {
  const { queue, outputs, uploads, keep, mostWaiting, now, failed } = options;
  await removeStray(queue, outputs);
  const meter = openMeter({ waiting: async () => (await queue.counts()).queued, now, failed });
  const runner = await startRunner({ ...options, meter, succeeded: (...run) => estimates.took(...run) });
  const estimates = startEstimates(options);
  let sweeping = Promise.resolve();
  const sweepAgain = () => {
    sweeping = sweeping
      .then(() => sweep(queue, outputs, keep, now()))
      .then(() => uploads?.sweep(() => digestsOf(queue), now() - UNUSED_MS))
      .catch(failed);
  };
  sweepAgain();
  const timer = setInterval(sweepAgain, SWEEP_MS);

  /** Of jobs that run elsewhere, as that service reported it. */
  const withProgress = async (jobs: readonly Job[]): Promise<readonly Job[]> => {
    const elsewhere = jobs.filter((job) => isUnderWay(job) && !runner.progressOf(job.id));
    const reported = elsewhere.length > 0 ? await queue.shared?.reported(elsewhere) : undefined;
    return jobs.map((job) => {
      const progress = runner.progressOf(job.id) ?? reported?.get(job.id);
      return progress ? { ...job, progress } : job;
    });
  };
  const found = async (id: string, job: Job | undefined): Promise<Job> => {
    if (job) return (await withProgress([job]))[0] as Job;
    throw new FractalError('JOB_MISSING', `there is no job "${id}": it was never submitted, or has been removed`);
  };
  return {
    async submit(submission, key) {
      const accepted = await queue.accept(submission, { mostWaiting, ...(key ? { key } : {}) });
      if (accepted.isNew) estimates.add(accepted.job.id);
      return accepted;
    },
    get: async (id) => found(id, await queue.get(id)),
    async list(query) {
      const page = await queue.list(query);
      return { ...page, jobs: await withProgress(page.jobs) };
    },
    counts: () => queue.counts(),
    async work() {
      const query = { states: UNDER_WAY, sort: 'submitted', descending: false, limit: MOST_RUNNING } as const;
      const [waiting, running] = await Promise.all([queue.work(), queue.list(query)]);
      return workOf(waiting, await withProgress(running.jobs), estimates.pace);
    },
    act: async (id, name, version) => found(id, await queue.change(id, (job) => command(job, name, now()), version)),
    revise: async (id, wanted, version) => found(id, await queue.change(id, (job) => revise(job, wanted), version)),
    async remove(id, version) {
      const job = await queue.change(id, () => undefined, version);
      if (!hasEnded(await found(id, job))) {
        throw new FractalError('JOB_STATE', `job ${id} is ${job?.state}: cancel it before it is deleted`);
      }
      await queue.remove([id]);
      const ending = runner.ending(id);
      if (ending) ending.then(() => outputs.remove(id)).catch(failed);
      else await outputs.remove(id);
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
      await estimates.close();
      await runner.close();
      await sweeping;
    },
  };
}
