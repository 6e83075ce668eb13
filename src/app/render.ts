/**
 * `fractal leader`: renders a request to a picture or a film on workers. The stages run one after another, each
 * with the results of those before it; what they hold is released at the end in every case.
 */

import type { Address } from '../cluster/transport.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { RunningJob } from '../leader/job/job.js';
import { repainted } from '../render/colours.js';
import type { Written } from '../render/output.js';
import { frameCount, type Request, viewAt } from '../request/request.js';
import { withFixedSampling } from '../request/sampling.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import { numericsOf } from '../work/fractal/numerics.js';
import { reportingRecalls } from './archive.js';
import { type ClusterUse, compute, verificationOf } from './compute.js';
import { type Emit, logTo } from './events.js';
import { forecastOf } from './forecast.js';
import { type Growing, seenBy } from './growing.js';
import { noteGrid } from './kept-grid.js';
import { openStore, type StoreOptions } from './kept-place.js';
import { noteSamples } from './kept-samples.js';
import { withFittingKernel, withoutKernel } from './kernel-choice.js';
import type { LocalWorkers } from './local-workers.js';
import { type Making, makingOf } from './making.js';
import { type Film, outlineOf } from './outline.js';
import { outputOf, paintOf, readTextureOf, writeFrame } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import type { SheetOrder } from './preview.js';
import { openRegistration } from './registration.js';
import { type Resources, withResources } from './resources.js';
import { type Context, inStage, orAborted, untilClosed } from './stage.js';
import { tracking } from './tracking.js';
import { thisProgram } from './version.js';
import { samplesOf, wantedPixels } from './wanted.js';
import { blankWarnings, requestWarnings } from './warnings.js';
import type { WorkerSource } from './worker-source.js';

/** What is to be rendered, and how. */
export interface RenderOrder {
  readonly request: Request;
  /** Warnings about how the request was read; they are emitted once the outfile is known to be writable. */
  readonly notes: readonly string[];
  readonly store: StoreOptions;
  readonly cluster: RenderCluster;
  /** Workers report their metrics at the end. */
  readonly metrics: boolean;
  /** Frames of the film on one picture are rendered, instead of the film. */
  readonly sheet?: SheetOrder;
  /** An earlier rendering of the same has warned of what will be seen. */
  readonly warned?: boolean;
  /** The job has begun on the workers, and can be changed while it runs. */
  started?(job: RunningJob): void;
  /** A frame has been given to all outfiles. `index`: of the whole film. `request`: with its iteration limit. */
  wrote?(index: number, request: Request): void;
  /** Gets what there is to be seen of the picture or film while it is made. */
  readonly growing?: Growing;
}

export interface RenderCluster extends ClusterUse {
  /** Share of the shards that two workers compute and that are compared, 0 to 1. */
  readonly verify: number;
  /** Where workers may register; absent: nowhere. */
  readonly listen?: Address;
  /** Registration beyond the loopback interface without certificates and token. */
  readonly insecure: boolean;
}

/** What computes: hosts, and workers in this process, which stay open. */
export interface RenderWorkers extends Pick<WorkerSource, 'hosts' | 'file' | 'access'> {
  readonly local?: LocalWorkers | undefined;
  /** They are connected, and stay so after the command; absent: they are connected for it, and disconnected at its end. */
  readonly fleet?: Fleet;
}

export interface Rendered {
  /** With its method and iteration limit. */
  readonly request: Request;
  readonly files: readonly Written[];
  /** Of a film that was assembled. */
  readonly keyframes?: KeyframesMade;
  /** Frames on the contact sheet that was made instead. */
  readonly sheetFrames?: number;
}

export interface KeyframesMade {
  readonly count: number;
  /** Doublings of the zoom from the first to the last of them. */
  readonly octaves: number;
  /** Samples of all of them, computed or found, in pictures of the film's size. */
  readonly pictures: number;
}

/**
 * Renders to the request's outfile. On any error nothing incomplete is left on disk; entries of the store are kept. A job
 * for a kernel that no worker has is started again with the simd kernel; nothing was computed or written before.
 * @throws FractalError, or the signal's reason
 */
export async function render(order: RenderOrder, workers: RenderWorkers, context: Context): Promise<Rendered> {
  const fallback = { strict: order.cluster.strict, warn: logTo(context.emit, 'warn') };
  const request = withFittingKernel(evenly(order, context.emit), fallback);
  try {
    return await renderOnce({ ...order, request }, workers, context);
  } catch (error) {
    return await renderOnce({ ...order, request: withoutKernel(request, error, fallback) }, workers, context);
  }
}

/** Raw samples are kept as many of each pixel. */
function evenly({ request, store, sheet }: RenderOrder, emit: Emit): Request {
  if (!store.samples || sheet) return request;
  const fixed = withFixedSampling(request);
  const text = '--keep-samples keeps one sample of each pixel, not as many as its colours need; --samples N keeps more';
  if (fixed !== request) emit({ kind: 'log', level: 'info', text });
  return fixed;
}

/** @throws FractalError KERNEL_MISSING before anything is written */
async function renderOnce(order: RenderOrder, workers: RenderWorkers, context: Context): Promise<Rendered> {
  try {
    return await withResources((resources) => {
      const { emit } = resources.hold(untilClosed(context.emit), (one) => one.close());
      return stages(order, workers, { ...context, emit }, resources);
    });
  } catch (error) {
    // The same signal may have ended the encoder: that is not the reason.
    throw context.signal.aborted ? context.signal.reason : error;
  }
}

/** Renders whose keys are made beforehand, so that the store is as large as they need. */
const MOST_EXPECTED = 20_000;
const INTERRUPTED_FLUSH_MS = 10_000;

async function stages(
  order: RenderOrder,
  { local, fleet, ...source }: RenderWorkers,
  context: Context,
  resources: Resources,
): Promise<Rendered> {
  const { request, cluster } = order;
  const { emit, signal, background } = context;
  const warn = logTo(emit, 'warn');

  // A stale build ends here, before anything is opened.
  thisProgram();
  await requireKernel(request, cluster, local, signal);
  const { listen, insecure } = cluster;
  const registration = listen && (await openRegistration(listen, source.access, insecure, emit));
  resources.hold(registration, (one) => one?.close());

  const output = await inStage('open', context, async () => {
    await readTextureOf(request);
    return outputOf(request, context, order.sheet);
  });
  resources.hold(output, (one) => one.abort());
  // Errors in the colours are reported before anything is computed.
  const first = paintOf(request, output.wants);
  const warnings = order.warned ? [] : requestWarnings(request, order.notes);
  for (const text of warnings) warn(text);

  const store = await inStage('store', context, () => openStore(order.store, emit));
  resources.hold(store, (one) => one?.close(flushMs(signal)));

  const prepared = await inStage('prepare', context, () => prepareFitting(order, store, local, context));
  const paint = first && repainted(first, prepared.request.colours);
  const painted = output.wants.kind === 'pixels' ? paint : undefined;
  const film = request.film.frames > 1;
  const forecast = film ? await inStage('forecast', context, () => forecastOf(prepared, signal)) : undefined;
  if (forecast && !order.warned) for (const text of blankWarnings(prepared.request, forecast.blanks)) warn(text);

  const numerics = await inStage('kernel', context, () =>
    orAborted(signal, numericsOf(prepared.request.kernel, local?.offer)),
  );
  const shown = order.sheet?.frames;
  const keepsSamples = order.store.samples && !shown;
  const planes = output.takesPlanes;
  const ways = { store, paint: painted, planes, numerics, forecast, keepsSamples, shown, emit, signal, background };
  const making = await makingOf(prepared, ways);
  const { archive } = making;
  resources.hold(archive, (one) => one?.suspend());
  if (archive && store && keepsSamples) await noteSamples(store, prepared.request);
  if (archive && store && making.cover) await noteGrid(store, prepared, making.cover);

  const pixelsOf = (render: number) => wantedPixels(making.job.renders[render] as (typeof making.job.renders)[0]);
  const samples = samplesOf(making.job);
  const track = tracking(outlineOf(making.job, filmOf(prepared.request, making, shown)), samples, emit);
  const recalled: Emit = (event) => {
    track.searched();
    emit(event);
  };
  const job = {
    ...making.job,
    ...verificationOf(cluster.verify),
    ...(archive ? { archive: reportingRecalls(archive, pixelsOf, recalled) } : {}),
  };
  if (film && archive && job.renders.length <= MOST_EXPECTED) await archive.expects(job.renders.length);
  // For the time left only: a store that cannot be listed is reported where it is read.
  if (film) archive?.hasSome().then(track.expect, () => undefined);
  const started = (running: RunningJob) => {
    order.started?.(running);
    order.growing?.begins(prepared.request, running.partial, making);
  };
  const options = {
    ...{ workers: { ...source, local, registration }, fleet, use: cluster, numerics, metrics: order.metrics },
    ...{ verify: verificationOf(cluster.verify), progress: track.computed, started },
  };
  // The parameters in a contact sheet are those of the film.
  const written = { ...prepared.request, ...order.sheet?.size };
  const computation = await compute(job, options, context);
  resources.hold(computation, (one) => one.close());
  try {
    await inStage('compute', context, async () => {
      const made =
        making.assembled?.(seenBy(order.growing, computation.frames), computation.assembly) ??
        numbered(computation.frames, shown ? 0 : request.film.first);
      for await (const frame of made) {
        signal.throwIfAborted();
        order.growing?.frame(frame);
        await writeFrame(output, frame, written, paint);
        track.frameWritten();
        order.wrote?.(frame.index, prepared.request);
      }
    });
    const files = await inStage('close', context, () => output.close());
    track.done();
    const sheetFrames = shown ? { sheetFrames: shown.length } : {};
    return { request: prepared.request, files, ...keyframesOf(making, request, samples), ...sheetFrames };
  } catch (error) {
    archive?.suspend();
    await store?.written(flushMs(signal));
    if (signal.aborted) emit(track.kept((archive && store?.keeps) ?? 'none'));
    throw error;
  }
}

/** How long a store may take to write what it has: after Ctrl-C, no longer than a user waits. */
function flushMs({ aborted }: AbortSignal): number {
  return aborted ? INTERRUPTED_FLUSH_MS : Infinity;
}

/** Renders as frames of a film, of which the first one has this number. */
async function* numbered(renders: AsyncIterable<Frame>, first: number): AsyncGenerator<Frame> {
  for await (const render of renders) yield { ...render, index: first + render.index };
}

/** Fails early where no worker in this process has the kernel. @throws FractalError KERNEL_MISSING */
async function requireKernel(
  { kernel }: Request,
  { listen }: RenderCluster,
  local: LocalWorkers | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (local && !listen && kernel !== 'auto') await orAborted(signal, local.offer(kernel));
}

/** Prepares a request, once more for the simd kernel where the limit that was found is too high for its own. */
async function prepareFitting(
  { request, cluster }: RenderOrder,
  store: Store | undefined,
  local: LocalWorkers | undefined,
  context: Context,
): Promise<Prepared> {
  const options = { store, expectPerturbed: local?.expectPerturbed };
  const prepared = await prepare(request, context, options);
  const fallback = { strict: cluster.strict, warn: logTo(context.emit, 'warn') };
  const { kernel } = withFittingKernel(prepared.request, fallback);
  return kernel === prepared.request.kernel ? prepared : prepare({ ...request, kernel }, context, options);
}

function keyframesOf({ depths }: Making, { width, height }: Request, samples: number): Pick<Rendered, 'keyframes'> {
  if (!depths) return {};
  const octaves = (Math.max(...depths) - Math.min(...depths)) / Math.log10(2);
  return { keyframes: { count: depths.length, octaves, pictures: samples / (width * height) } };
}

function filmOf(
  request: Request,
  { needed, isKeyframe }: Pick<Making, 'needed' | 'isKeyframe'>,
  shown: readonly number[] | undefined,
): Film {
  const { film, width, height } = request;
  return {
    frames: shown?.length ?? frameCount(film),
    pixels: width * height,
    ...{ needed, isKeyframe },
    zoomOf: (frame) => viewAt(request, shown?.[frame] ?? film.first + frame).zoom,
  };
}
