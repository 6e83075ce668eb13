/** `fractal worker`: listens, computes for any number of leaders, and finishes what it has when it is drained. */

import { type Access, isControlled } from '../cluster/access.js';
import { grpcListen, type ListenOptions } from '../cluster/listen.js';
import { PORT_RANGE } from '../cluster/ports.js';
import { register } from '../cluster/registration.js';
import { type Address, addressText, type Listener, type WorkerLink } from '../cluster/transport.js';
import { FractalError } from '../errors.js';
import { type Metric, type RuntimeMetrics, startRuntimeMetrics, workerMetrics } from '../metrics/index.js';
import { NOTHING_YET, type Tally } from '../worker/job.js';
import type { Pool } from '../worker/pool.js';
import { type Session, serve } from '../worker/session.js';
import { reportingScenes } from './links.js';
import { type OfferOptions, openOffering, orBroken, slotsOf } from './offering.js';
import { refusalLog } from './refusals.js';
import { type Context, inStage, orAborted } from './stage.js';
import { thisProgram } from './version.js';
import { type Reported, sessionEvents } from './worker-sessions.js';

export interface WorkerOptions extends OfferOptions {
  /** Absent: the first free one of PORT_RANGE. */
  readonly port?: number;
  readonly host: string;
  /** Certificates and token that leaders must have. */
  readonly access: Access;
  /** Seconds after `drain`, after which what is not finished is dropped. */
  readonly drainSeconds: number;
  /** Listens beyond the loopback interface even without certificates and token. */
  readonly insecure?: boolean;
  /** A leader to register with, again and again. */
  readonly join?: Address;
  /** Attempts to register there after the first one that failed, in a row; absent: no limit. */
  readonly retries?: number;
}

export interface RunningWorker {
  readonly address: Address;
  /** That the offered kernels can use: a graphics card is driven from one. */
  readonly slots: number;
  /** The kernels that are offered: without a GPU, those of the CPU. */
  readonly kernel: WorkerOptions['kernel'];
  /** POV-Ray scenes are rendered, too. */
  readonly povray: boolean;
  /** A thread may have a graphics device open: exiting then may abort the process. */
  readonly device: boolean;
  /** Takes no more shards and finishes those it has, then ends. Idempotent. */
  drain(): void;
  readonly draining: boolean;
  /** Nothing is left to finish. */
  readonly drained: boolean;
  /** Resolves when the worker has ended. Rejects with NO_LEADER, RESOURCES, KERNEL_MISSING, or the signal's reason. */
  readonly ended: Promise<void>;
}

/** Resolves when the worker listens. @throws FractalError EXPOSED, PORT_IN_USE, KERNEL_MISSING, RESOURCES, BUILD_STALE */
export async function startWorker(options: WorkerOptions, context: Context): Promise<RunningWorker> {
  // A stale build must not listen.
  thisProgram();
  const { pool, kernel } = await openOffering({ ...options, commonAssets: isControlled(options.access) }, context);
  const runtime = startRuntimeMetrics();
  const close = async () => {
    runtime.stop();
    await pool.close();
  };
  try {
    return await listening({ ...options, kernel }, pool, runtime, close, context);
  } catch (error) {
    await close();
    throw error;
  }
}

async function listening(
  options: WorkerOptions,
  pool: Pool,
  runtime: RuntimeMetrics,
  close: () => Promise<void>,
  { emit, signal }: Context,
): Promise<RunningWorker> {
  const { access, insecure = false, sceneBytes, drainSeconds, kernel } = options;
  const slots = slotsOf(pool, kernel);
  const sessions = new Map<WorkerLink, Session>();
  let name = '';
  const report = (event: Reported) => emit({ kind: 'worker', worker: name, ...event });
  const notice = (text: string) => report({ state: 'notice', text });
  const metricsOf = (tally: Tally, began: number): Metric[] => [
    ...workerMetrics({ ...tally, slots, seconds: (performance.now() - began) / 1000 }),
    ...runtime.read(),
  ];
  const accept = (link: WorkerLink, leader: string) => {
    const events = sessionEvents(leader, metricsOf, report, () => sessions.delete(link));
    report({ state: 'connected', leader });
    const reporting = reportingScenes(link, (scene, bytes) => report({ state: 'scene', leader, scene, bytes }));
    sessions.set(link, serve(reporting, pool, thisProgram(), events));
  };
  const guard = {
    ...access,
    insecure,
    busy: (link: WorkerLink) => sessions.get(link)?.busy ?? false,
    refused: refusalLog(notice, () => performance.now()),
    sceneBytes,
  };
  const listener = await inStage('open', { emit, signal }, () => listen(options, accept, guard));
  name = addressText(listener.address);

  const leaving = new AbortController();
  const [finished, finish] = deferred();
  let drained = false;
  let timer: NodeJS.Timeout | undefined;
  const drain = () => {
    if (leaving.signal.aborted) return;
    leaving.abort();
    void listener.drain().then(() => {
      drained = true;
      finish();
    });
    timer = setTimeout(() => {
      report({ state: 'dropping', seconds: drainSeconds });
      finish();
    }, drainSeconds * 1000).unref();
    report({ state: 'draining' });
    for (const session of sessions.values()) session.drain();
  };
  // A worker that cannot register, or lost its leader, gets no more work.
  const registered = options.join
    ? registerWith(options.join, listener.address, options, leaving.signal, () => sessions.size > 0, notice).finally(
        drain,
      )
    : undefined;
  registered?.catch(() => undefined);

  const untilEnd = async () => {
    try {
      await orAborted(signal, orBroken(pool, finished)).finally(() => {
        clearTimeout(timer);
        leaving.abort();
        return listener.close();
      });
      report({ state: 'ended', metrics: metricsOf(NOTHING_YET, 0) });
    } finally {
      await close();
    }
    await registered;
  };
  const ended = untilEnd();
  ended.catch(() => undefined);
  return {
    address: listener.address,
    slots,
    kernel,
    povray: options.povray !== undefined,
    get device() {
      return pool.device;
    },
    drain,
    get draining() {
      return leaving.signal.aborted;
    },
    get drained() {
      return drained;
    },
    ended,
  };
}

/** Resolves at the signal or when the leader does not answer any more. @throws FractalError NO_LEADER */
async function registerWith(
  leader: Address,
  own: Address,
  { access, retries }: WorkerOptions,
  signal: AbortSignal,
  connected: () => boolean,
  note: (text: string) => void,
): Promise<void> {
  const limit = retries === undefined ? {} : { retries };
  await register(leader, own, { access, ...thisProgram(), signal, ...limit, connected, note });
}

/** @throws FractalError EXPOSED, PORT_IN_USE */
async function listen(
  { host, port }: WorkerOptions,
  accept: (link: WorkerLink, peer: string) => void,
  guard: ListenOptions,
): Promise<Listener> {
  if (port !== undefined) return grpcListen({ host, port }, accept, guard);
  for (const one of PORT_RANGE) {
    try {
      return await grpcListen({ host, port: one }, accept, guard);
    } catch (error) {
      if (!(error instanceof FractalError && error.message.includes('in use'))) throw error;
    }
  }
  const [first, last] = [PORT_RANGE[0], PORT_RANGE.at(-1)];
  throw new FractalError(
    'PORT_IN_USE',
    `every port from ${first} to ${last} of ${host} is taken: name another with --port`,
  );
}

/** A promise, and the function that resolves it. */
function deferred(): [Promise<void>, () => void] {
  let resolve = () => {};
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return [promise, resolve];
}
