/** `fractal worker`: listens, computes for any number of leaders, says goodbye when asked to stop. */

import { availableParallelism } from 'node:os';
import type { Access } from '../src/cluster/access.js';
import { grpcListen, LIMITS, type ListenOptions } from '../src/cluster/listen.js';
import { announce } from '../src/cluster/lobby.js';
import { PORT_RANGE } from '../src/cluster/ports.js';
import { type Address, addressText, type Listener, type WorkerLink } from '../src/cluster/transport.js';
import { FractalError, oneLine } from '../src/errors.js';
import type { KernelName } from '../src/kernel/kernel.js';
import { formatMetrics, startRuntimeMetrics, workerMetrics } from '../src/metrics/index.js';
import { openPool } from '../src/worker/pool.js';
import { type Session, type SessionEvents, serve } from '../src/worker/session.js';
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
  /** Who may join. */
  readonly access: Access;
  /** Bytes that the scenes of all leaders may take. */
  readonly sceneBytes: number;
  /** Beyond the loopback interface even where anybody may. */
  readonly insecure?: boolean;
  /** A leader that is told again and again that this worker is there. */
  readonly join?: Address;
}

/** Shards that take longer are dropped when the worker is to end. */
const DRAIN_MS = 10_000;

/** Runs until SIGINT, SIGTERM or SIGHUP: the first lets the shards in hand finish, a second ends at once. */
export async function worker(options: WorkerOptions): Promise<number> {
  const slots = options.slots ?? availableParallelism();
  const runtime = startRuntimeMetrics();
  const sessions = new Map<WorkerLink, Session>();
  let name = '';
  const say = (text: string) => {
    if (!options.quiet) process.stdout.write(`${oneLine(text)}\n`);
  };
  const accept = (link: WorkerLink, peer: string) => {
    const began = performance.now();
    sessions.set(link, serve(link, pool, VERSION, eventsOf(link, peer, began)));
  };
  function eventsOf(link: WorkerLink, peer: string, began: number): SessionEvents {
    return {
      started: (session, kernel) => say(`worker ${name}: job ${session} of ${peer} begins, ${kernel}`),
      finished(session, tally, wanted) {
        const figures = [
          ...workerMetrics({ ...tally, slots, seconds: (performance.now() - began) / 1000 }),
          ...runtime.read(),
        ];
        if (wanted) for (const line of formatMetrics(`WORKER ${name}`, figures)) say(line);
        say(`worker ${name}: job ${session} is done, ${tally.shards} shards`);
        return figures;
      },
      ended(session, reason) {
        sessions.delete(link);
        if (reason && session) say(`worker ${name}: job ${session} ended: ${reason}`);
      },
    };
  }
  let stopping = false;
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
  // The threads come second: without them a port that is taken ends the process.
  const pool = openPool(slots, { offered: options.kernel, sceneBytes, spare: LIMITS.leaders });
  // Measured while nobody waits; what is wrong with it, the leader that asks for it is told.
  if (options.kernel === 'auto' || options.kernel === 'simd') pool.offer('simd').catch(() => undefined);
  name = addressText(listener.address);
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    leaving.abort();
    void listener.drain().then(stopped);
    setTimeout(() => {
      say(`worker ${name}: dropping what was not finished in ${DRAIN_MS / 1000} s`);
      stopped();
    }, DRAIN_MS).unref();
    say(`worker ${name}: finishing what it has; once more to drop it`);
    for (const session of sessions.values()) session.drain();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  if (options.join) {
    const tell = (text: string) => say(`worker ${name}: ${text}`);
    void announce(options.join, listener.address, { access, version: VERSION, signal: leaving.signal, say: tell });
  }
  say(
    `worker ${name}: ready, ${slots} slot${slots > 1 ? 's' : ''}, ${options.kernel === 'auto' ? 'all kernels' : options.kernel}`,
  );
  await end;
  await listener.close();
  // Not pool.close(): a graphics driver may not survive the end of its thread, the end of the process it does.
  process.exit(0);
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
