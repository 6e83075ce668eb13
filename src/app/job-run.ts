/** A job of the service as a command: it renders into a folder of its own, with the fleet and the store of all jobs. */

import { basename, join, sep } from 'node:path';
import { FractalError } from '../errors.js';
import type { RunningJob } from '../leader/job/job.js';
import type { Written } from '../render/output.js';
import { isScene, orderedScene } from '../request/povray/order.js';
import { orderedOptions, orderedRequest } from '../request/submission.js';
import type { Job, Output, Progress } from '../service/job.js';
import type { Outputs } from '../service/outputs.js';
import type { Run, RunReports, StartRun, WorkerPart } from '../service/run.js';
import type { Uploads } from '../service/uploads.js';
import type { AppEvent, ProgressEvent } from './events.js';
import { type Growing, growing } from './growing.js';
import type { StoreOptions } from './kept-place.js';
import { type RenderCluster, type RenderWorkers, render } from './render.js';
import { renderScene } from './scene.js';
import { filesOfScene } from './scene-uploads.js';
import type { Context } from './stage.js';
import { heldTexture } from './texture-uploads.js';

export interface JobRunOptions {
  readonly workers: RenderWorkers;
  readonly cluster: RenderCluster;
  readonly store: StoreOptions;
  readonly outputs: Pick<Outputs, 'prepare' | 'files' | 'keepPicture'>;
  /** Files of POV-Ray scenes. */
  readonly uploads: Pick<Uploads, 'path'>;
}

/** How often a pausing job is looked at. */
const PAUSE_MS = 50;

export function jobRuns(options: JobRunOptions): StartRun {
  return (job, reports): Run => {
    const stopped = new AbortController();
    const end = () => stopped.abort(new Error('the job was stopped'));
    let running: RunningJob | undefined;
    let latest = job;
    let pausing: NodeJS.Timeout | undefined;
    const rank = () => {
      running?.setPriority(latest.priority);
      running?.setOwner(latest.owner);
    };
    /** Shards under way are finished and kept; then the run ends, and takes no memory while the job is paused. */
    const pause = () => {
      if (!running) return end();
      running.pause();
      pausing ??= setInterval(() => running?.usage.underWay === 0 && end(), PAUSE_MS);
    };
    const goOn = () => {
      clearInterval(pausing);
      pausing = undefined;
      running?.resume();
    };
    const started = (one: RunningJob) => {
      running = one;
      rank();
    };
    const progress = (event: ProgressEvent) => reports.progress(progressOf(event, running));
    const seen = growing(() => performance.now());
    const context = { log: reports.log, progress, started, signal: stopped.signal, growing: seen };
    /** Only for looking at: a run that cannot keep it has not failed. */
    const keepPicture = async () => {
      const picture = await seen.last();
      if (picture) await options.outputs.keepPicture(job.id, picture);
    };
    return {
      result: renderJob(job, options, context).finally(() => {
        clearInterval(pausing);
        return keepPicture().catch(() => undefined);
      }),
      left: () => options.outputs.files(job),
      picture: () => seen.picture(),
      // What was computed is in the store, from which the next run takes it.
      stop: (how) => (how === 'pause' ? pause() : end()),
      revised(now) {
        latest = now;
        rank();
        if (pausing) goOn();
      },
      workers: () => running?.report.workers.map(partOf) ?? [],
    };
  };
}

interface RunContext extends Pick<RunReports, 'log'> {
  readonly signal: AbortSignal;
  progress(event: ProgressEvent): void;
  started(job: RunningJob): void;
  readonly growing: Growing;
}

async function renderJob(
  job: Job,
  options: JobRunOptions,
  { log, progress, signal, started, growing }: RunContext,
): Promise<readonly Output[] | 'stopped'> {
  // Clients see names of files, not where they are.
  let hidden = '';
  const shown = (text: string) => (hidden === '' ? text : text.replaceAll(hidden, ''));
  const emit = (event: AppEvent) => {
    if (event.kind === 'log') log(event.level, shown(event.text));
    if (event.kind === 'progress') progress(event);
  };
  try {
    const folder = await options.outputs.prepare(job);
    hidden = `${folder}${sep}`;
    const files = await (isScene(job.order) ? sceneFiles : pictureFiles)(job, folder, options, {
      ...{ started, growing },
      context: { emit, signal, background: true },
    });
    return files.map(({ path, bytes }) => ({ name: basename(path), bytes }));
  } catch (error) {
    if (signal.aborted) return 'stopped';
    if (error instanceof FractalError) throw new FractalError(error.code, shown(error.message), { cause: error });
    throw error;
  }
}

interface Making extends Pick<RunContext, 'started' | 'growing'> {
  readonly context: Context;
}

async function pictureFiles(
  { order, priority, owner }: Job,
  folder: string,
  { workers, cluster, store, uploads }: JobRunOptions,
  { started, growing, context }: Making,
): Promise<readonly Written[]> {
  const { verify, keepSamples } = orderedOptions(order);
  const request = orderedRequest(order);
  const release = await heldTexture(request, uploads);
  const { files } = await render(
    {
      request: { ...request, ...within(folder, request.outfiles) },
      notes: [],
      store: { ...store, samples: keepSamples },
      cluster: { ...cluster, verify, standing: { priority, owner } },
      metrics: false,
      started,
      growing,
    },
    workers,
    context,
  ).finally(release);
  return files;
}

async function sceneFiles(
  { order, priority, owner }: Job,
  folder: string,
  { workers, cluster, store, uploads }: JobRunOptions,
  { started, growing, context }: Making,
): Promise<readonly Written[]> {
  const { request, files } = orderedScene(order);
  const { verify } = orderedOptions(order);
  const { last } = request.film;
  const rendered = await renderScene(
    {
      request: { ...request, ...within(folder, request.outfiles) },
      files: await filesOfScene(files, uploads),
      ...{ notes: [], store, metrics: false },
      cluster: { ...cluster, verify, standing: { priority, owner } },
      started(job) {
        started(job);
        growing.renders(last, () => job.partial());
      },
      wrote: (_, frame) => growing.frame(frame),
    },
    workers,
    context,
  );
  return rendered.files;
}

function within(folder: string, names: readonly string[]): { readonly outfile: string; readonly outfiles: string[] } {
  const outfiles = names.map((name) => join(folder, name));
  return { outfile: outfiles[0] as string, outfiles };
}

function partOf({ name, shards, samples, busySeconds }: WorkerPart): WorkerPart {
  return { name, shards, samples, busySeconds };
}

function progressOf(
  { framesDone, outline, samplesDone, samples }: ProgressEvent,
  running: RunningJob | undefined,
): Progress {
  const { slots = 0, secondsLeft } = running?.usage ?? {};
  const left = secondsLeft === undefined ? {} : { coreSecondsLeft: secondsLeft };
  return { framesDone, frames: outline.frames, samplesDone, samples, slots, ...left };
}
