/** A job of the service as a command: it renders into a folder of its own, with the fleet and the store of all jobs. */

import { basename, join, sep } from 'node:path';
import { FractalError } from '../errors.js';
import type { RunningJob } from '../leader/job/job.js';
import { orderedOptions, orderedRequest } from '../request/submission.js';
import type { Job, Output } from '../service/job.js';
import type { Outputs } from '../service/outputs.js';
import type { Run, RunReports, StartRun } from '../service/run.js';
import type { StoreOptions } from './archive.js';
import type { AppEvent, ProgressEvent } from './events.js';
import { type RenderCluster, type RenderWorkers, render } from './render.js';

export interface JobRunOptions {
  readonly workers: RenderWorkers;
  readonly cluster: RenderCluster;
  readonly store: StoreOptions;
  readonly outputs: Pick<Outputs, 'prepare'>;
}

export function jobRuns(options: JobRunOptions): StartRun {
  return (job, reports): Run => {
    const stopped = new AbortController();
    let running: RunningJob | undefined;
    let { priority } = job;
    const started = (one: RunningJob) => {
      running = one;
      one.setPriority(priority);
    };
    return {
      result: renderJob(job, options, { reports, started, signal: stopped.signal }),
      // What was computed is in the store, from which the next run takes it.
      stop: () => stopped.abort(new Error('the job was stopped')),
      revised(latest) {
        if (latest.priority === priority) return;
        priority = latest.priority;
        running?.setPriority(priority);
      },
    };
  };
}

interface RunContext {
  readonly reports: RunReports;
  readonly signal: AbortSignal;
  started(job: RunningJob): void;
}

async function renderJob(
  { id, order }: Job,
  { workers, cluster, store, outputs }: JobRunOptions,
  { reports, signal, started }: RunContext,
): Promise<readonly Output[] | 'stopped'> {
  // Clients see names of files, not where they are.
  let hidden = '';
  const shown = (text: string) => (hidden === '' ? text : text.replaceAll(hidden, ''));
  const log: RunReports['log'] = (level, text) => reports.log(level, shown(text));
  try {
    const folder = await outputs.prepare(id);
    hidden = `${folder}${sep}`;
    const { verify, keepSamples } = orderedOptions(order);
    const request = orderedRequest(order);
    const outfiles = request.outfiles.map((name) => join(folder, name));
    const { files } = await render(
      {
        request: { ...request, outfile: outfiles[0] as string, outfiles },
        notes: [],
        store: { ...store, samples: keepSamples },
        cluster: { ...cluster, verify },
        metrics: false,
        started,
      },
      workers,
      { emit: (event) => report(event, { ...reports, log }), signal },
    );
    return files.map(({ path, bytes }) => ({ name: basename(path), bytes }));
  } catch (error) {
    if (signal.aborted) return 'stopped';
    if (error instanceof FractalError) throw new FractalError(error.code, shown(error.message), { cause: error });
    throw error;
  }
}

function report(event: AppEvent, { log, progress }: RunReports): void {
  if (event.kind === 'log') log(event.level, event.text);
  if (event.kind === 'progress') progress(progressOf(event));
}

function progressOf({ framesDone, outline, samplesDone, samples, slots }: ProgressEvent) {
  return { framesDone, frames: outline.frames, samplesDone, samples, slots };
}
