/** The frames of a scene: how they are divided, rendered, kept, compared, and handed to the output. */

import type { Fleet } from '../leader/fleet/fleet.js';
import type { Output } from '../render/output.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import { POVRAY_BLOCK, POVRAY_KERNEL } from '../work/povray/scene.js';
import { reportingRecalls } from './archive.js';
import { type ComputeOptions, compute, verificationOf } from './compute.js';
import type { Emit } from './events.js';
import { logTo } from './events.js';
import { outlineOf } from './outline.js';
import { keepTrial, recallTrial, sceneArchive, sceneKey, type Trial } from './scene-archive.js';
import { type Compared, compared } from './scene-compare.js';
import { divisionOf, hintIn, isTried } from './scene-division.js';
import { type SceneWorkOptions, sceneJob } from './scene-job.js';
import type { SceneOrder } from './scene-order.js';
import { surveyed } from './scene-survey.js';
import { trialJob } from './scene-trial.js';
import { type Context, inStage } from './stage.js';
import { tracking } from './tracking.js';
import { samplesOf, wantedPixels } from './wanted.js';

/** Divided pictures differ from the whole; the message says by how much. */
export class BandsDiffer extends Error {}

export interface SceneRun {
  readonly order: SceneOrder;
  readonly workers: ComputeOptions['workers'];
  readonly fleet: Fleet;
  readonly store: Store | undefined;
  readonly bits: 8 | 16;
  /** How long the store may take to write what it has. */
  flushMs(): number;
}

/** Writes all frames to the output. @throws FractalError, BandsDiffer, or the signal's reason */
export async function renderFrames(run: SceneRun, output: Output, context: Context): Promise<void> {
  const { order, store, fleet } = run;
  const { request, files, cluster } = order;
  const { film, split } = request;
  const work = { request, files, bits: run.bits };
  const { fingerprint, slots } = await inStage('kernel', context, () => surveyed(fleet, cluster, context.signal));
  const key = sceneKey(work, fingerprint);
  const hint = hintIn(files);
  const trial = isTried(request, hint)
    ? await inStage('prepare', context, () => trialOf(run, work, key, fingerprint, context))
    : undefined;
  const division = divisionOf(request, hint, trial, slots);
  if (division.why !== undefined) logTo(context.emit, division.differs ? 'warn' : 'info')(division.why);

  const isDivided = division.grain !== 'undivided';
  const renders = compared(film.first, film.last, request, isDivided);
  const rows = request.blockSize && POVRAY_BLOCK * Math.ceil(request.blockSize / POVRAY_BLOCK);
  const job = sceneJob(work, renders.parts, division.grain, rows);
  const archive = store && sceneArchive(store, key, work, renders.parts, isDivided ? 'bands' : 'whole');
  let told = division.differs === true;
  const differs = (frame: number, pixels: number, of: number) => {
    const text = `${pixels} of ${of} pixels of frame ${frame} that were rendered twice, in bands of other borders, differ`;
    if (split !== 'bands') {
      // The next run does not try bands again.
      if (trial) keepTrial(store, key, { ...trial, differing: Math.max(1, trial.differing), seen: text });
      throw new BandsDiffer(text);
    }
    if (!told) logTo(context.emit, 'warn')(`${text}: --split bands divides them all the same`);
    told = true;
  };
  await rendered({ ...run, job, archive, fingerprint, renders }, output, differs, context);
}

/** Tried before, or now. */
async function trialOf(
  { order, workers, fleet, store }: SceneRun,
  work: SceneWorkOptions,
  key: ReturnType<typeof sceneKey>,
  fingerprint: string,
  { emit, signal }: Context,
): Promise<Trial> {
  const known = await recallTrial(store, key);
  if (known) return known;
  const { first, last } = order.request.film;
  const { job, result } = trialJob(work, first + ((last - first) >> 1));
  const quiet: Emit = (event) => event.kind === 'log' && event.level === 'warn' && emit(event);
  const numerics = { kernel: POVRAY_KERNEL, fingerprint };
  const options = { workers, fleet, use: order.cluster, numerics, verify: {}, metrics: false, progress() {} };
  const computation = await compute(job, options, { emit: quiet, signal });
  try {
    const trial = await result(computation.frames);
    keepTrial(store, key, trial);
    return trial;
  } finally {
    computation.close();
  }
}

interface Rendering extends SceneRun {
  readonly job: ReturnType<typeof sceneJob>;
  readonly archive: ReturnType<typeof sceneArchive> | undefined;
  readonly fingerprint: string;
  readonly renders: Compared;
}

async function rendered(
  { order, workers, fleet, store, flushMs, job, archive, fingerprint, renders }: Rendering,
  output: Output,
  differs: Parameters<Compared['frames']>[1],
  context: Context,
): Promise<void> {
  const { request, cluster, metrics, started } = order;
  const { emit, signal } = context;
  if (archive) await archive.expects(job.renders.length);
  const frames = request.film.last - request.film.first + 1;
  const outline = outlineOf(job, { frames, pixels: request.width * request.height, needed: renders.needed });
  const track = tracking(outline, samplesOf(job), emit);
  const recalled: Emit = (event) => {
    track.searched();
    emit(event);
  };
  const pixelsOf = (render: number) => wantedPixels(job.renders[render] as (typeof job.renders)[0]);
  const kept = archive ? { archive: reportingRecalls(archive, pixelsOf, recalled) } : {};
  const computation = await compute(
    { ...job, ...verificationOf(cluster.verify), ...kept },
    {
      ...{ workers, fleet, use: cluster, numerics: { kernel: POVRAY_KERNEL, fingerprint }, verify: {}, metrics },
      ...{ progress: track.computed, started },
    },
    context,
  );
  let written = 0;
  try {
    await inStage('compute', context, async () => {
      for await (const frame of renders.frames(computation.frames, differs)) {
        signal.throwIfAborted();
        await output.write(frame satisfies Frame);
        written++;
        track.frameWritten();
        order.wrote?.(frame.index, frame);
      }
    });
    track.done();
  } catch (error) {
    archive?.suspend();
    await store?.written(flushMs());
    const { frames: _, ...event } = track.kept((archive && store?.keeps) ?? 'none');
    if (signal.aborted) emit({ ...event, ...(frames > 1 ? { frames: { done: written, all: frames } } : {}) });
    throw error;
  } finally {
    archive?.suspend();
    computation.close();
  }
}
