/** `fractal worker`: listens, computes for any number of leaders, drains when asked to stop. */

import { availableParallelism } from 'node:os';
import type { Access } from '../src/cluster/access.js';
import { grpcListen, LIMITS, type ListenOptions } from '../src/cluster/listen.js';
import { PORT_RANGE } from '../src/cluster/ports.js';
import { register } from '../src/cluster/registration.js';
import { type Address, addressText, type Listener, type WorkerLink } from '../src/cluster/transport.js';
import { FractalError, oneLine } from '../src/errors.js';
import type { KernelName } from '../src/kernel/kernel.js';
import { formatMetrics, type Metric, metricsJson, startRuntimeMetrics, workerMetrics } from '../src/metrics/index.js';
import { NOTHING_YET, type Tally } from '../src/worker/job.js';
import { openPool, type Pool } from '../src/worker/pool.js';
import { type Session, type SessionEvents, serve } from '../src/worker/session.js';
import { exitAtOnce } from './exit.js';
import { refusalLog } from './refusals.js';
import { VERSION } from './version.js';

export interface WorkerOptions {
  /** Absent: the first free one of PORT_RANGE. */
  readonly port?: number;
  readonly host: string;
  readonly slots?: number;
  /** The kernels that are offered. */
  readonly kernel: 'auto' | KernelName;
  readonly quiet: boolean;
  /** Print the figures of each session when it ends, also with `quiet`. */
  readonly metrics: false | 'text' | 'json';
  /** Who may join. */
  readonly access: Access;
  /** Bytes that the scenes of all leaders may take. */
  readonly sceneBytes: number;
  /** Seconds after the first signal, after which what is not finished is dropped. */
  readonly drainSeconds: number;
  /** Beyond the loopback interface even where anybody may. */
  readonly insecure?: boolean;
  /** A leader that is told again and again that this worker is there. */
  readonly join?: Address;
  /** Attempts to register there after the first one that failed, in a row; absent: no limit. */
  readonly retries?: number;
}

/** Runs until SIGINT, SIGTERM or SIGHUP: the first lets the shards in hand finish, a second ends at once. @throws FractalError NO_LEADER */
export async function worker(options: WorkerOptions): Promise<number> {
  const pool = openPool(options.slots ?? availableParallelism(), {
    offered: options.kernel,
    sceneBytes: options.sceneBytes,
    spare: LIMITS.leaders,
  });
  try {
    // What cannot compute does not listen.
    const kernel = options.kernel === 'auto' ? 'simd' : options.kernel;
    const offer = orBroken(pool, Promise.all([pool.started, pool.offer(kernel)]));
    const lacking = await offer.then(() => undefined, withoutGpu(options));
    if (lacking === undefined) return await serveLeaders(options, pool);
    process.stderr.write(`warning: ${oneLine(lacking)}: this worker offers the simd kernel\n`);
    await pool.close();
    return await worker({ ...options, kernel: 'simd' });
  } finally {
    await pool.close();
  }
}

/** Why the worker has no GPU, where an error says so. @throws all other errors */
const withoutGpu =
  ({ kernel }: WorkerOptions) =>
  (error: unknown): string => {
    if (kernel === 'gpu' && error instanceof FractalError && error.code === 'KERNEL_MISSING') return error.message;
    throw error;
  };

/** What it resolves with, unless the pool breaks before. @throws FractalError why it broke */
async function orBroken<T>(pool: Pool, awaited: Promise<T>): Promise<T> {
  const broken = pool.broken.then((error) => {
    throw error;
  });
  return Promise.race([awaited, broken]);
}

async function serveLeaders(options: WorkerOptions, pool: Pool): Promise<number> {
  const { slots } = pool;
  const runtime = startRuntimeMetrics();
  const sessions = new Map<WorkerLink, Session>();
  let name = '';
  const say = (text: string) => {
    if (!options.quiet) process.stdout.write(`${oneLine(text)}\n`);
  };
  let reported = 0;
  const figuresOf = (tally: Tally, began: number) => [
    ...workerMetrics({ ...tally, slots, seconds: (performance.now() - began) / 1000 }),
    ...runtime.read(),
  ];
  const print = (figures: readonly Metric[]) => {
    reported++;
    const json = () => JSON.stringify(metricsJson({ leader: [], workers: new Map([[name, figures]]) }).workers);
    const lines = options.metrics === 'json' ? [json()] : formatMetrics(`WORKER ${name}`, figures);
    for (const line of lines) process.stdout.write(`${line}\n`);
  };
  const accept = (link: WorkerLink, peer: string) => {
    const began = performance.now();
    sessions.set(link, serve(link, pool, VERSION, eventsOf(link, peer, began)));
  };
  function eventsOf(link: WorkerLink, peer: string, began: number): SessionEvents {
    let broken = 0;
    return {
      began: (job, kernel) => say(`worker ${name}: job ${job} of ${peer} begins, ${kernel}`),
      finished(job, tally, wanted) {
        const figures = figuresOf(tally, began);
        if (options.metrics || (wanted && !options.quiet)) print(figures);
        say(`worker ${name}: job ${job} is done, ${tally.shards} shards`);
        return figures;
      },
      broken(job, reason, tally) {
        broken++;
        if (options.metrics) print(figuresOf(tally, began));
        say(`worker ${name}: job ${job} ended: ${reason}`);
      },
      ended(session, reason) {
        sessions.delete(link);
        // What ended jobs was logged with them.
        if (reason && session && broken === 0) say(`worker ${name}: session ${session} of ${peer} ended: ${reason}`);
      },
    };
  }
  let stopping = false;
  let drained = false;
  let failure: unknown;
  const leaving = new AbortController();
  let stopped = () => {};
  const end = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const { access, insecure = false, sceneBytes } = options;
  const busy = (link: WorkerLink) => sessions.get(link)?.busy ?? false;
  const refused = refusalLog(
    (text) => say(`worker ${name}: ${text}`),
    () => performance.now(),
  );
  const listener = await listen(options, accept, { ...access, insecure, busy, refused, sceneBytes });
  name = addressText(listener.address);
  const stop = () => {
    // With nothing left to drop, threads and drivers still end in order.
    if (drained) return;
    if (stopping) exitAtOnce();
    stopping = true;
    leaving.abort();
    void listener.drain().then(() => {
      drained = true;
      stopped();
    });
    setTimeout(() => {
      say(`worker ${name}: dropping what was not finished in ${options.drainSeconds} s`);
      stopped();
    }, options.drainSeconds * 1000).unref();
    say(`worker ${name}: finishing what it has; once more to drop it`);
    for (const session of sessions.values()) session.drain();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  if (options.join) {
    register(options.join, listener.address, {
      access,
      version: VERSION,
      signal: leaving.signal,
      ...(options.retries === undefined ? {} : { retries: options.retries }),
      connected: () => sessions.size > 0,
      note: (text) => say(`worker ${name}: ${text}`),
    })
      .catch((error) => {
        failure = error;
      })
      .then(() => {
        if (!stopping) stop();
      });
  }
  say(
    `worker ${name}: ready, ${slots} slot${slots > 1 ? 's' : ''}, ${options.kernel === 'auto' ? 'all kernels' : options.kernel}`,
  );
  try {
    await orBroken(pool, end);
  } finally {
    leaving.abort();
    await listener.close();
  }
  if (options.metrics && reported === 0) print(figuresOf(NOTHING_YET, 0));
  if (failure !== undefined) process.stderr.write(`error: ${oneLine(String(failure))}\n`);
  return failure === undefined ? 0 : 1;
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
