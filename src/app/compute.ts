/** The computing of a job on workers: the order for the leader, and the events of what it reports. */

import { randomInt, randomUUID } from 'node:crypto';
import { PRIORITY } from '../cluster/messages.js';
import { addressText } from '../cluster/transport.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../leader/job/gathering.js';
import { type JobOptions, type Progress, type RunningJob, startJob } from '../leader/job/job.js';
import { bytesOfPixel } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import { FILM_KERNEL, measured } from '../work/film/measure.js';
import { fractalJob } from '../work/fractal/job.js';
import type { AssembleOn, AssemblyWorkers } from './assembly-place.js';
import { type Connected, connect } from './connected.js';
import { logTo } from './events.js';
import type { Picture } from './picture.js';
import type { Prepared } from './prepare.js';
import { referenceAround } from './references.js';
import { type Context, endingWith } from './stage.js';
import { pixelsOf } from './wanted.js';
import type { Workers } from './workers.js';

/** How a job uses its workers. */
export interface ClusterUse {
  /** At most so many slots; 0: all. */
  readonly np: number;
  /** Computing begins when so many workers are ready. */
  readonly minWorkers: number;
  /** Every worker must answer, and have the kernel of the request. */
  readonly strict: boolean;
  /** Further attempts to reach a worker before the job stops waiting for it. */
  readonly retries: number;
  /** While no worker is there, but one may come, the job waits instead of failing with NO_WORKER. */
  readonly waits?: boolean;
  /** Beside other jobs of the same fleet. */
  readonly standing?: Pick<JobOptions, 'priority' | 'owner' | 'maxSlots'>;
  /** Where the frames of films are assembled. */
  readonly assembleOn: AssembleOn;
}

export interface ComputeOptions {
  readonly workers: Workers;
  /** They are connected, and stay so; absent: they are connected for this job. */
  readonly fleet?: Fleet | undefined;
  readonly use: ClusterUse;
  readonly numerics: { readonly kernel: string; readonly fingerprint?: string };
  /** Of the frames that workers assemble. */
  readonly verify: Pick<RenderJob, 'verify'>;
  /** Workers report their metrics at the end. */
  readonly metrics: boolean;
  progress(progress: Progress): void;
  /** The job has begun, and can be changed while it runs. */
  started?: ((job: RunningJob) => void) | undefined;
}

export interface Computation {
  /** In order, to be read once. Throws NO_WORKER, WORKER_MISSING, SHARD_FAILED, FRAMES_DOUBTFUL, or the signal's reason. */
  readonly frames: AsyncIterable<Frame>;
  /** For the assembly of the film's frames beside the job. */
  readonly assembly: AssemblyWorkers;
  /** Stops following the signal; disconnects the workers that were connected for this job. */
  close(): void;
}

/** Memory that frames under way and frames waiting for the encoder may take. */
const FRAMES_BYTES = 512 << 20;

/** Begins to compute a job. The signal ends it. */
export async function compute(job: RenderJob, options: ComputeOptions, context: Context): Promise<Computation> {
  const { workers, use, numerics, metrics, progress } = options;
  const { emit } = context;
  const ending = endingWith(context.signal);
  const name = randomUUID().slice(0, 8);
  const { np, retries, minWorkers, strict, waits = false, standing } = use;
  const connection = { session: name, np, retries, emit, failed: ending.end };
  const { fleet, close } = options.fleet ? kept(options.fleet, ending.end) : await connect(workers, connection);
  const running = startJob(fleet, job, {
    ...{
      name,
      ...numerics,
      ...standing,
      minWorkers,
      strict,
      waits,
      metrics,
      signal: ending.signal,
      now: () => performance.now(),
    },
    note: logTo(emit, 'info'),
    progress,
    gathered(report) {
      emit({ kind: 'gathered', report, pixels: pixelsOf(job) });
    },
  });
  options.started?.(running);
  const forgetPool = workers.local?.whenBroken(ending.end);
  return {
    frames: running.frames,
    assembly: assemblyOn(fleet, options, context),
    close() {
      close();
      forgetPool?.();
      ending.release();
    },
  };
}

/** A fleet that stays after the job, which ends if its frames were not read. */
function kept(fleet: Fleet, end: (reason: unknown) => void): Connected {
  return { fleet, close: () => end(new Error('the frames of the job are not read any more')) };
}

/** So far ranks the assembly of frames above the job itself: a film waits for frames, keyframes are for later ones. */
const AHEAD = 10;

/** Workers of other processes assemble frames; those of this one would share the cores of the leader's own threads. */
function assemblyOn(
  fleet: Fleet,
  { workers, use, verify }: ComputeOptions,
  { emit, signal }: Context,
): AssemblyWorkers {
  const own = new Set(workers.local?.addresses.map(addressText));
  const note = logTo(emit, 'info');
  return {
    on: use.assembleOn,
    note,
    ready: () => fleet.workers.filter(({ name, state }) => state === 'ready' && !own.has(name)),
    start(job, progress) {
      const ending = endingWith(signal);
      const { fingerprint } = measured();
      const { frames } = startJob(
        fleet,
        { ...job, ...verify },
        {
          ...{
            name: `assembly-${randomUUID().slice(0, 8)}`,
            kernel: FILM_KERNEL,
            fingerprint,
            priority: Math.min(PRIORITY.max, (use.standing?.priority ?? PRIORITY.default) + AHEAD),
            ...(use.standing?.owner ? { owner: use.standing.owner } : {}),
          },
          ...{
            minWorkers: 1,
            strict: false,
            metrics: false,
            signal: ending.signal,
            now: () => performance.now(),
            progress,
          },
          takes: (worker) => !own.has(worker),
          note: (text) => note(`assembly: ${text}`),
          gathered() {},
        },
      );
      return {
        frames,
        end(reason) {
          ending.release();
          ending.end(reason);
        },
      };
    },
  };
}

/** What the leader is to compute: a scene for each reference orbit. */
export function jobOf(prepared: Prepared, picture: Picture): RenderJob {
  const { references } = prepared;
  const { shape, blockSize } = prepared.request;
  const { frames, width, height, perPixel, channels, viewOf } = picture;
  const { scene, answer, ...work } = fractalJob(picture, references[0]);
  const others = references.slice(1).map((reference) => fractalJob(picture, reference).scene);
  const frameBytes = width * height * bytesOfPixel(answer, picture);
  const renders = uniformRenders(frames, { width, height, perPixel, channels, answer });
  const sceneOf = (index: number) => Math.max(0, references.indexOf(referenceAround(viewOf(index), references)));
  return {
    ...work,
    renders: others.length > 0 ? renders.map((render, index) => ({ ...render, scene: sceneOf(index) })) : renders,
    scenes: [scene, ...others],
    shape,
    ...(blockSize === undefined ? {} : { blockSize }),
    window: Math.max(2, Math.floor(FRAMES_BYTES / frameBytes)),
  };
}

/** The seed is random for each job, so that workers cannot predict which of their shards are compared. `share`: 0 to 1. */
export function verificationOf(share: number): Pick<RenderJob, 'verify'> {
  return share > 0 ? { verify: { share, seed: randomInt(2 ** 31) } } : {};
}
