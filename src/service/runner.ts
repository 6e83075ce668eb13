/**
 * Runs the jobs of a queue, several at once. It follows the queue: whatever changes a job there, a client or another service,
 * `watch` reports it, and the run is stopped or ranked again. A service claims a job by changing it to `running`; with several
 * services on one queue only one of them succeeds, and they take over the jobs of one that is gone.
 */

import { Elsewhere } from './elsewhere.js';
import { Shares } from './fair.js';
import { isUnderWay, type Job, type JobError, type Progress } from './job.js';
import { begin, ended, failWaiting } from './life.js';
import type { Meter } from './meter.js';
import type { Queue } from './queue.js';
import { outcomeOf, overdue, type Run, type StartRun, type WorkerPart } from './run.js';

export interface RunnerOptions {
  readonly queue: Queue;
  /** As the queue was opened with. */
  readonly service: string;
  readonly start: StartRun;
  /** Reads each run while it lasts. */
  readonly meter?: Pick<Meter, 'begun' | 'ended'>;
  /** A run has made all outputs of a job. */
  succeeded?(job: Job, progress: Progress | undefined, parts: readonly WorkerPart[]): void;
  /** Jobs that run at once. */
  readonly atMost: number;
  /** Of an owner, 1 to 1000; absent: all are equal. */
  weightOf?(owner: string): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** The queue cannot be read or written at the moment; it is tried again. */
  failed(error: unknown): void;
}

export interface Runner {
  /** Of a job that runs here. */
  progressOf(id: string): Progress | undefined;
  /** Of a job that runs here: WebP. undefined: there is nothing to be seen yet. */
  pictureOf(id: string): Promise<Uint8Array | undefined>;
  /** Calls `act` with the id of a job when its progress has changed. Returns a function that ends this. */
  watch(act: (id: string) => void): () => void;
  /** Of a run that has not ended, though its job may have been cancelled or removed: it may still write files. */
  ending(id: string): Promise<void> | undefined;
  /** Stops all runs; their jobs go on when a service starts again. Resolves when they have ended. */
  close(): Promise<void>;
}

interface Active {
  readonly job: Job;
  readonly run: Run;
  progress?: Progress;
  /** When its progress was reported to other services. */
  reportedAt?: number;
  /** Its deadline has passed. */
  failure?: JobError;
}

/** How often it is looked whether a service that shares the queue does not exist any more. */
const TAKE_OVER_MS = 1_000;
/** After an error of the queue. */
const RETRY_MS = 1_000;
/** Other services read the progress of a run so often. */
const REPORT_MS = 1_000;
/** Runs of other services that are counted. */
const MOST_ELSEWHERE = 1_000;
/** The longest time of a timer in Node. */
const LONGEST_MS = 2 ** 31 - 1;

/** Jobs of services that do not exist any more go on first. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { queue, service, start, meter, atMost, now, failed } = options;
  const active = new Map<string, Active>();
  /** Of the runs that have not ended, by job. */
  const endings = new Map<string, Promise<void>>();
  const watchers = new Set<(id: string) => void>();
  const shares = new Shares(options.weightOf);
  const elsewhere = new Elsewhere(service, (job) => shares.charge(job.owner, secondsOf(job)));
  const closing = new AbortController();
  let filling: Promise<void> | undefined;
  let changed = false;

  /** Jobs whose claim was not answered: they may run under the name of this service. */
  const doubtful = new Set<string>();

  async function takeOver(): Promise<void> {
    for (const { id, attempt } of await queue.abandoned()) {
      await queue.change(id, (job) => ended(job, attempt, { kind: 'stopped' }, now()));
    }
  }

  await takeOver();
  let takingOver: Promise<void> | undefined;
  const takeOverAgain = () => {
    takingOver ??= takeOver()
      .catch(failed)
      .finally(() => {
        takingOver = undefined;
      });
  };
  const watching = setInterval(takeOverAgain, TAKE_OVER_MS).unref();

  /** Begins jobs until all places are taken or none waits. */
  function fill(): void {
    changed = true;
    filling ??= tirelessly(async () => {
      do {
        changed = false;
        await settleClaims();
        while (active.size < atMost && !closing.signal.aborted && (await beginNext()));
      } while (changed && !closing.signal.aborted);
    }).finally(() => {
      filling = undefined;
      if (changed && !closing.signal.aborted) fill();
    });
  }

  /** Again after an error of the queue, until the service ends. */
  async function tirelessly(act: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await act();
        return;
      } catch (error) {
        failed(error);
        if (closing.signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** false: no job waits. */
  async function beginNext(): Promise<boolean> {
    // A job may wait again while its earlier run is still ending.
    const heads = (await queue.waiting()).filter(({ id }) => !active.has(id));
    const runs = [...[...active.values()].map(({ job }) => job), ...elsewhere.running];
    const running = runs.map((job) => [job.owner, secondsOf(job)] as const);
    const next = shares.next(heads, running);
    if (!next) return false;
    const late = overdue(next, now());
    let claimed = false;
    doubtful.add(next.id);
    const job = await queue.change(next.id, (latest) => {
      const change = late ? failWaiting(latest, late, now()) : begin(latest, service, now());
      claimed = change !== undefined && !late;
      return change;
    });
    doubtful.delete(next.id);
    if (job && claimed) launch(job);
    return true;
  }

  /** A claim whose answer was lost may have been stored. */
  async function settleClaims(): Promise<void> {
    for (const id of doubtful) {
      const job = await queue.get(id);
      doubtful.delete(id);
      if (job?.runner === service && !active.has(id)) launch(job);
    }
  }

  function secondsOf({ startedAt = 0 }: Job): number {
    return Math.max(0, now() - startedAt) / 1000;
  }

  function launch(job: Job): void {
    const { id, deadline } = job;
    const run = start(job, {
      progress(progress) {
        one.progress = progress;
        report(one, progress);
        for (const act of watchers) act(id);
      },
      log: (level, text) => void queue.note(id, { kind: 'log', level, text }).catch(failed),
    });
    const one: Active = { job, run };
    active.set(id, one);
    meter?.begun(id, () => run.workers?.() ?? []);
    const expire = () => {
      const late = overdue(job, now());
      if (!late) return;
      one.failure = late;
      run.stop('cancel');
    };
    const timer = deadline === undefined ? undefined : setTimeout(expire, Math.min(LONGEST_MS, deadline - now()));
    const ending = finish(one).finally(() => {
      clearTimeout(timer);
      if (endings.get(id) === ending) endings.delete(id);
    });
    endings.set(id, ending);
    // What has changed since the claim was not followed.
    queue.get(id).then((latest) => follow(id, latest), failed);
  }

  /** A report that is lost is followed by another one. */
  function report(one: Active, progress: Progress): void {
    const at = now();
    if (!queue.shared || at - (one.reportedAt ?? -Infinity) < REPORT_MS) return;
    one.reportedAt = at;
    queue.shared.report(one.job, progress).catch(() => undefined);
  }

  async function finish(one: Active): Promise<void> {
    const { job, run } = one;
    const outcome = await outcomeOf(run);
    meter?.ended(job.id);
    if (outcome.kind === 'succeeded') options.succeeded?.(job, one.progress, run.workers?.() ?? []);
    // A job that is stopped with the service keeps its state, and goes on when one starts.
    if (outcome.kind !== 'stopped' || !closing.signal.aborted) {
      const { failure } = one;
      const result =
        failure && outcome.kind === 'stopped' ? ({ ...outcome, kind: 'failed', error: failure } as const) : outcome;
      await tirelessly(() => queue.change(job.id, (latest) => ended(latest, job.attempt, result, now(), one.progress)));
    }
    shares.charge(job.owner, secondsOf(job));
    active.delete(job.id);
    fill();
  }

  function follow(id: string, latest: Job | undefined): void {
    elsewhere.follow(id, latest);
    const one = active.get(id);
    if (!one) {
      if (latest?.state === 'queued') fill();
    } else if (!latest || latest.attempt !== one.job.attempt || !isUnderWay(latest)) {
      one.run.stop('cancel');
    } else if (latest.state === 'pausing') {
      one.run.stop('pause');
    } else {
      one.run.revised(latest);
    }
  }

  const unwatch = queue.watch(follow);
  const query = { states: ['running', 'pausing'], sort: 'submitted', descending: false } as const;
  for (const job of (await queue.list({ ...query, limit: MOST_ELSEWHERE })).jobs) elsewhere.follow(job.id, job);
  fill();
  return {
    progressOf: (id) => active.get(id)?.progress,
    pictureOf: async (id) => active.get(id)?.run.picture(),
    ending: (id) => endings.get(id),
    watch(act) {
      watchers.add(act);
      return () => watchers.delete(act);
    },
    async close() {
      closing.abort();
      unwatch();
      clearInterval(watching);
      await filling;
      await takingOver;
      for (const { run } of active.values()) run.stop('close');
      await Promise.all(endings.values());
      watchers.clear();
    },
  };
}
