/**
 * `fractal leader`: renders a request to a picture or a film on workers. The stages run one after another, each
 * with the results of those before it; what they hold is released at the end in every case.
 */

import type { Address } from '../cluster/transport.js';
import type { Written } from '../render/output.js';
import { frameCount, type Request } from '../request/request.js';
import type { Frame } from '../shard/frame.js';
import type { Store } from '../store/store.js';
import { numericsOf } from '../work/fractal/numerics.js';
import { openStore, reportingRecalls, type StoreOptions } from './archive.js';
import { type ClusterUse, type Computation, compute, samplesOf, verificationOf, wantedPixels } from './compute.js';
import { type KeptEvent, logTo } from './events.js';
import { forecastOf } from './forecast.js';
import { noteGrid } from './kept-grid.js';
import { noteSamples } from './kept-samples.js';
import { withFittingKernel, withoutKernel } from './kernel-choice.js';
import type { LocalWorkers } from './local-workers.js';
import { makingOf } from './making.js';
import { outputOf, paintOf, writeFrame } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import { openRegistration } from './registration.js';
import { type Resources, withResources } from './resources.js';
import { type Context, inStage, orAborted, untilClosed } from './stage.js';
import { thisProgram } from './version.js';
import { blankWarning, requestWarnings } from './warnings.js';
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
}

export interface Rendered {
  /** With its method and iteration limit. */
  readonly request: Request;
  readonly files: readonly Written[];
}

/**
 * Renders to the request's outfile. On any error nothing incomplete is left on disk; entries of the store are kept. A job
 * for a kernel that no worker has is started again with the simd kernel; nothing was computed or written before.
 * @throws FractalError, or the signal's reason
 */
export async function render(order: RenderOrder, workers: RenderWorkers, context: Context): Promise<Rendered> {
  const fallback = { strict: order.cluster.strict, warn: logTo(context.emit, 'warn') };
  const request = withFittingKernel(order.request, fallback);
  try {
    return await renderOnce({ ...order, request }, workers, context);
  } catch (error) {
    return await renderOnce({ ...order, request: withoutKernel(request, error, fallback) }, workers, context);
  }
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

async function stages(
  order: RenderOrder,
  { local, ...source }: RenderWorkers,
  context: Context,
  resources: Resources,
): Promise<Rendered> {
  const { request, cluster } = order;
  const { emit, signal } = context;
  const warn = logTo(emit, 'warn');

  // A stale build ends here, before anything is opened.
  thisProgram();
  await requireKernel(request, cluster, local, signal);
  const { listen, insecure } = cluster;
  const registration = listen && (await openRegistration(listen, source.access, insecure, emit));
  resources.hold(registration, (one) => one?.close());

  const output = await inStage('open', context, () => outputOf(request, context));
  resources.hold(output, (one) => one.abort());
  // Errors in the colours are reported before anything is computed.
  const paint = paintOf(request, output.wants);
  const painted = output.wants.kind === 'pixels' ? paint : undefined;
  for (const text of requestWarnings(request, order.notes)) warn(text);

  const store = await inStage('store', context, () => openStore(order.store, emit));
  resources.hold(store, (one) => one?.written());

  const prepared = await inStage('prepare', context, () => prepareFitting(order, store, local, context));
  const film = request.film.frames > 1;
  const forecast = film ? await inStage('forecast', context, () => forecastOf(prepared, signal)) : undefined;
  if (forecast?.blank) warn(blankWarning(prepared.request, forecast.blank));

  const numerics = await inStage('kernel', context, () =>
    orAborted(signal, numericsOf(prepared.request.kernel, local?.offer)),
  );
  const making = makingOf(prepared, {
    store,
    paint: painted,
    numerics,
    forecast,
    keepsSamples: order.store.samples,
    emit,
  });
  const { archive } = making;
  resources.hold(archive, (one) => one?.suspend());
  if (archive && store && order.store.samples) await noteSamples(store, prepared.request);
  if (archive && store && making.cover) await noteGrid(store, prepared, making.cover);

  const pixelsOf = (render: number) => wantedPixels(making.job.renders[render] as (typeof making.job.renders)[0]);
  const job = {
    ...making.job,
    ...verificationOf(cluster.verify),
    ...(archive ? { archive: reportingRecalls(archive, pixelsOf, emit) } : {}),
  };
  const { first } = request.film;
  const options = {
    ...{ workers: { ...source, local, registration }, use: cluster, numerics, metrics: order.metrics },
    ...(making.assembled ? { film: { frames: frameCount(request.film) } } : {}),
  };
  const computation = await compute(job, options, context);
  resources.hold(computation, (one) => one.close());
  try {
    await inStage('compute', context, async () => {
      const made = making.assembled?.(computation.frames) ?? numbered(computation.frames, first);
      for await (const frame of made) {
        signal.throwIfAborted();
        await writeFrame(output, frame, prepared.request, paint);
        if (making.assembled) computation.frameMade();
      }
    });
    const files = await inStage('close', context, () => output.close());
    return { request: prepared.request, files };
  } catch (error) {
    archive?.suspend();
    await store?.written();
    if (signal.aborted) emit(keptOf(computation, samplesOf(job), archive && store));
    throw error;
  }
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

/** `store`: where what was computed is kept, if anywhere. */
function keptOf({ samplesDone }: Computation, samples: number, store: Store | undefined): KeptEvent {
  return { kind: 'kept', samplesDone, samples, store: store?.keeps ?? 'none' };
}
