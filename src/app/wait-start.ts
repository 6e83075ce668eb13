/** `fractal leader --wait-start`: the workers are connected, then the job waits for an HTTP client to begin it. */

import { randomUUID } from 'node:crypto';
import { type Address, addressText } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { RawFlags } from '../request/values.js';
import { openServer } from '../service/http/server.js';
import { startRoutes } from '../service/http/start.js';
import { connect } from './connected.js';
import { type AppEvent, logTo } from './events.js';
import { httpAccess } from './http-access.js';
import { openRegistration } from './registration.js';
import type { RenderCluster, RenderWorkers } from './render.js';
import { withResources } from './resources.js';
import { type Context, orAborted } from './stage.js';

export interface WaitStartOptions<T> {
  /** Where clients are answered. */
  readonly at: Address;
  /** File of tokens with roles; without one, only this machine is served. */
  readonly tokens: string | undefined;
  readonly cluster: RenderCluster;
  /** The order, with these flags in the place of its own. @throws FractalError */
  order(flags: RawFlags): T;
}

export interface Started<T> {
  readonly order: T;
  /** Connected, for the one job. */
  readonly fleet: Fleet;
  /** Gets the events of the job: the client is answered when shards are handed out. */
  hear(event: AppEvent): void;
}

/**
 * Waits, then runs the job that was begun; what it resolves with. Without an answer so far, the client gets the job's error.
 * @throws FractalError, or the signal's reason. The signal ends the waiting, not the job
 */
export async function whenStarted<T, R>(
  options: WaitStartOptions<T>,
  workers: RenderWorkers,
  { emit, signal }: Context,
  run: (started: Started<T>) => Promise<R>,
): Promise<R> {
  const { at, tokens, cluster, order } = options;
  const { np, retries, listen, insecure } = cluster;
  const warn = logTo(emit, 'warn');
  const failed = (error: unknown) => warn(error instanceof FractalError ? error.toString() : messageOf(error));
  const admission = await httpAccess({ at, flag: 'wait-start', tokens, insecure });

  return withResources(async (resources) => {
    const broken = new Promise<never>((_, reject) =>
      resources.hold(workers.local?.whenBroken(reject), (forget) => forget?.()),
    );
    broken.catch(() => undefined);
    const registration = listen && (await openRegistration(listen, workers.access, insecure, emit));
    resources.hold(registration, (one) => one?.close());
    const session = randomUUID().slice(0, 8);
    const connection = { session, np, retries, emit, failed };
    const { fleet } = resources.hold(await connect({ ...workers, registration }, connection), (one) => one.close());

    const begin = promised<T>();
    const first = promised<void>();
    let phase = 'waiting for POST /start';
    const server = await openServer(
      startRoutes({
        ...admission,
        state: () => `${phase}, ${readyOf(fleet)}`,
        start(flags) {
          begin.resolve(order(flags));
          phase = 'connecting';
          return first.promise;
        },
        report: failed,
      }),
      { ...at, report: failed },
      'wait-start',
    );
    resources.hold(server, (one) => one.close());
    logTo(emit, 'info')(`waiting for POST http://${addressText(server)}/start`);
    const begun = await orAborted(signal, Promise.race([begin.promise, broken]));
    try {
      return await run({
        order: begun,
        fleet,
        hear(event) {
          if (event.kind !== 'progress' || event.phase === 'connecting') return;
          phase = `${event.phase}, ${Math.floor((100 * event.samplesDone) / event.samples)} %`;
          first.resolve();
        },
      });
    } catch (error) {
      first.reject(error);
      throw error;
    }
  });
}

function readyOf({ workers }: Fleet): string {
  const ready = workers.filter(({ state }) => state === 'ready').length;
  return `${ready} of ${workers.length} workers ready`;
}

function promised<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
