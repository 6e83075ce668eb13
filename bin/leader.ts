/** `fractal leader`: the composition root of a render. Checked options come in, an exit code goes out. */

import { randomInt, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { lookAt, watchHosts } from '../src/cluster/hostwatch.js';
import { addressText, type Dialer, type Listener } from '../src/cluster/transport.js';
import { FractalError, oneLine } from '../src/errors.js';
import type { Reference } from '../src/kernel/perturbation/reference.js';
import { type Fleet, openFleet, type Target } from '../src/leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../src/leader/job/gathering.js';
import { type Progress, startJob } from '../src/leader/job/job.js';
import type { Report } from '../src/leader/job/ledger.js';
import { startRuntimeMetrics } from '../src/metrics/index.js';
import { type Picture, render } from '../src/pipeline.js';
import type { Request } from '../src/request.js';
import { digitsMissing } from '../src/request-digits.js';
import { bytesOfPixel } from '../src/shard/assemble.js';
import type { Archive } from '../src/store/archive.js';
import type { Store } from '../src/store/store.js';
import { type Formula, samplesPerPixel } from '../src/view/view.js';
import { fractalJob } from '../src/work/fractal/job.js';
import { numericsOf } from '../src/work/fractal/numerics.js';
import { archiveOf, storeOf } from './archive.js';
import { type Crew, targetsOf } from './crew.js';
import { plan } from './dry-run.js';
import type { ClusterOptions, LeaderOptions } from './flags.js';
import { interrupts } from './interrupts.js';
import { noteSamples } from './kept-samples.js';
import { withFittingKernel, withoutKernel } from './kernel.js';
import type { LocalWorkers } from './local.js';
import { blankWarning, type Outlook, outlookOf, standstill } from './outlook.js';
import { type Prepared, prepare } from './prepare.js';
import { progress, type Status } from './progress.js';
import { refusalLog } from './refusals.js';
import { type Reporter, reporter, uncertainty } from './report.js';
import { keptLine } from './summary.js';
import { VERSION } from './version.js';

/** Memory that frames under way and frames waiting for the encoder may take. */
const FRAMES_BYTES = 512 << 20;

/**
 * `local`: the leader's own workers, started early, since they take a while to come up. A job for a kernel that no worker
 * has begins anew with the simd kernel, as a whole: nothing was computed or written before.
 */
export async function leader(options: LeaderOptions, crew: Crew, local: LocalWorkers | undefined): Promise<number> {
  const { report } = options;
  const started = performance.now();
  const fallback = {
    strict: options.cluster.strict,
    warn: (line: string) => void (report.quiet || report.json || process.stderr.write(`warning: ${oneLine(line)}\n`)),
  };
  const request = withFittingKernel(options.request, fallback);
  try {
    return await renderJob({ ...options, request }, crew, local, started);
  } catch (error) {
    return await renderJob({ ...options, request: withoutKernel(request, error, fallback) }, crew, local, started);
  } finally {
    if (report.forceExit) {
      // A graphics device is closed first.
      await local?.pool.close();
      setImmediate(() => process.exit());
    }
  }
}

/** @throws FractalError KERNEL_MISSING before anything is written. `started`: when the time of --timeout began, on the clock of performance.now(). */
async function renderJob(
  options: LeaderOptions,
  crew: Crew,
  local: LocalWorkers | undefined,
  started: number,
): Promise<number> {
  const { request, cluster, report } = options;
  const warnings = [...options.notes, digitsMissing(request), standstill(request)].filter((line) => line !== undefined);
  if (cluster.dryRun) {
    if (!report.quiet) for (const line of warnings) process.stderr.write(`warning: ${line}\n`);
    process.stdout.write(await plan(request, crew));
    return 0;
  }
  const runtime = startRuntimeMetrics();
  const stop = interrupts(report.timeoutSeconds, started);
  const screen = progress({ stream: process.stderr, quiet: report.quiet || report.json });
  const { warn } = screen;
  let store: Store | undefined;
  let archive: Archive | undefined;
  let tell: Reporter | undefined;
  let done: Progress | undefined;
  const over = new AbortController();
  let fleet: Fleet | undefined;
  let registration: Listener | undefined;
  try {
    tell = await reporter({ ...report, outfile: request.outfile, note: screen.note, signal: stop.signal }, runtime);
    void local?.pool.broken.then(stop.fail);
    // What none of its own workers has, the leader need not wait for.
    if (local && !cluster.listen && request.kernel !== 'auto') await local.pool.offer(request.kernel);
    registration = await registrationOf(cluster, crew, () => fleet, screen.note);
    let ready: Prepared = { request, reference: undefined };
    let outlook: Outlook | undefined;
    const expect = (perturbed: Formula) => local?.pool.warm('fractal', perturbed);
    const prepared = (asked: Request) => prepare(asked, stop.signal, screen, store, expect);
    const settle = async () => {
      for (const line of warnings) warn(line);
      store = await storeOf(options.store, warn);
      ready = await prepared(request);
      // The limit that --iters auto found may be too high for the kernel.
      const fitting = withFittingKernel(ready.request, { strict: cluster.strict, warn });
      if (fitting !== ready.request) ready = await prepared({ ...request, kernel: fitting.kernel });
      if (request.film.frames > 1) outlook = await outlookOf(ready, stop.signal);
      if (outlook?.blank) warn(blankWarning(ready.request, outlook.blank));
      return ready.request;
    };
    const compute = async (picture: Picture) => {
      const numerics = await numericsOf(ready.request.kernel, local?.pool.offer);
      const dialer = await dialerOf(crew, local, registration !== undefined);
      archive = archiveOf(store, ready, picture, numerics);
      if (archive && store && options.store.samples) await noteSamples(store, ready.request);
      const job = {
        ...jobOf(request, picture, ready.reference),
        ...(outlook ? { costOf: outlook.costOf } : {}),
        ...verifyOf(cluster.verify),
        ...(archive ? { archive } : {}),
      };
      const size = { frames: picture.frames, samples: samplesOf(picture) };
      const cost = costOf(picture, job);
      const name = randomUUID().slice(0, 8);
      const now = () => performance.now();
      fleet = openFleet({
        ...{ dialer, version: VERSION, session: name, retries: cluster.retries, maxSlots: cluster.np, now },
        random: Math.random,
      });
      const running = startJob(fleet, job, {
        name,
        ...numerics,
        minWorkers: cluster.minWorkers,
        strict: cluster.strict,
        metrics: report.metrics !== false,
        signal: stop.signal,
        now,
        note: (text) => screen.note(text),
        progress(status) {
          done = status;
          const costs = { costDone: status.cost, costLeft: cost - status.cost - status.costRecalled };
          screen.update({ ...status, ...size, ...costs, phase: phaseOf(status, picture.frames) });
        },
        gathered(outcome) {
          const lines = [
            ...remarks(outcome),
            ...uncertainty(outcome.uncertain, picture.frames * picture.width * picture.height),
          ];
          for (const line of lines) screen.note(line);
          screen.close();
          tell?.gathered(outcome);
        },
      });
      const { np, retries } = cluster;
      const { note } = screen;
      if (local) {
        for (const address of local.addresses) fleet.add({ address, slots: 0 });
        if (!registration) fleet.sealed();
      } else void watch(fleet, crew, { np, retries, note, signal: over.signal, open: registration !== undefined });
      return running.frames;
    };
    const files = await render(request, settle, compute, warn, stop.signal, options.store.samples);
    screen.close();
    await tell.finished(ready.request, files);
    return 0;
  } catch (error) {
    archive?.leave();
    await store?.settled();
    // An encoder that the same Ctrl-C ended is not the reason.
    if (!stop.signal.aborted) throw error;
    const kept = keptLine({
      samplesDone: done?.samplesDone ?? 0,
      samples: samplesOf({ ...request, frames: request.film.frames, perPixel: samplesPerPixel(request.sampling) }),
      store: (archive && store?.keeps) ?? 'none',
      folder: options.store.folder,
    });
    throw explained(stop.signal.reason, kept);
  } finally {
    over.abort();
    fleet?.close();
    await registration?.close();
    archive?.leave();
    await store?.settled();
    await tell?.discard();
    runtime.stop();
    stop.release();
    screen.close();
  }
}

/** The reason why a run was ended from outside, with what is kept of it. */
function explained(reason: unknown, kept: string): unknown {
  if (!(reason instanceof FractalError) || !['INTERRUPTED', 'TIMEOUT'].includes(reason.code)) return reason;
  return new FractalError(reason.code, `${reason.message}; ${kept}`, { cause: reason });
}

function samplesOf({ frames, width, height, perPixel }: Omit<Picture, 'channels' | 'viewOf' | 'paint'>): number {
  return frames * width * height * perPixel;
}

/** What all samples of a job are estimated to cost. */
function costOf(picture: Picture, job: RenderJob): number {
  const frame = samplesOf({ ...picture, frames: 1 });
  let cost = 0;
  for (let index = 0; index < picture.frames; index++) cost += frame * (job.costOf?.(index) ?? 1);
  return cost;
}

function phaseOf({ framesDone, workers }: Progress, frames: number): Status['phase'] {
  if (framesDone === frames) return 'encoding';
  return workers > 0 ? 'rendering' : 'connecting';
}

function jobOf({ shape, blockSize }: Request, picture: Picture, reference?: Reference): RenderJob {
  const { frames, width, height, perPixel, channels } = picture;
  const { scene, answer, ...work } = fractalJob(picture, reference);
  const frameBytes = width * height * bytesOfPixel(answer, picture);
  return {
    ...work,
    renders: uniformRenders(frames, { width, height, perPixel, channels, answer }),
    scenes: [scene],
    shape,
    ...(blockSize === undefined ? {} : { blockSize }),
    window: Math.max(2, Math.floor(FRAMES_BYTES / frameBytes)),
  };
}

/** Drawn anew for each run: no worker can know which of its shards are looked at. */
function verifyOf(share: number): Pick<RenderJob, 'verify'> {
  return share > 0 ? { verify: { share, seed: randomInt(2 ** 31) } } : {};
}

/** What of a run should not be overlooked at its end. */
function remarks({ workers, unverified }: Report): string[] {
  const expelled = workers.flatMap(({ name, expelled: why }) => (why ? [`${name} was left out: ${why}`] : []));
  const alone = `${unverified} shard${unverified > 1 ? 's' : ''} could not be verified: there was no second worker`;
  return unverified > 0 ? [...expelled, alone] : expelled;
}

/** How workers are dialled: own ones here, others as what they were told. gRPC is loaded for others only. */
async function dialerOf({ access }: Crew, local: LocalWorkers | undefined, open: boolean): Promise<Dialer> {
  const others = local && !open ? undefined : (await import('../src/cluster/grpc.js')).grpcDialer(access);
  if (!local) return others as Dialer;
  const own = new Set(local.addresses.map(addressText));
  return {
    dial: (address) => (others && !own.has(addressText(address)) ? others : local.dialer).dial(address),
  };
}

interface Watch {
  readonly np: number;
  readonly retries: number;
  readonly signal: AbortSignal;
  /** Workers may come of themselves: nobody to dial is no reason to give up. */
  readonly open: boolean;
  note(text: string): void;
}

/** Dials the hosts that are named, now and later. */
async function watch(fleet: Fleet, { hosts, file }: Crew, options: Watch): Promise<void> {
  const { np, retries, signal, open, note } = options;
  await watchHosts(hosts, {
    look: file === undefined ? async () => undefined : await lookAt(file),
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    found(fresh) {
      for (const target of targetsOf(fresh, np)) fleet.add(target);
    },
    settled() {
      if (!open) fleet.sealed();
    },
    retries,
    note,
    signal,
  });
}

/** Where workers join, should they be allowed to: at once, so that a port that is taken ends the run. */
async function registrationOf(
  { listen, insecure }: ClusterOptions,
  { access }: Crew,
  fleet: () => Fleet | undefined,
  note: (text: string) => void,
): Promise<Listener | undefined> {
  if (!listen) return undefined;
  const { openRegistration } = await import('../src/cluster/registration.js');
  const refused = refusalLog(note, () => performance.now());
  const join = (address: Target['address']) => {
    const now = fleet();
    return now ? now.add({ address, slots: 0 }) : 'its job has not begun';
  };
  const registration = await openRegistration(listen, VERSION, join, { ...access, insecure, refused });
  note(`workers may join at ${addressText(registration.address)}`);
  return registration;
}
