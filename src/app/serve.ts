/**
 * `fractal serve`: one fleet, one store and one queue for the jobs of many clients. Everything is opened before the first
 * request is answered.
 */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLoopback } from '../cluster/access.js';
import type { Address } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { Retention } from '../service/history.js';
import type { WorkerView } from '../service/http/env.js';
import { listen } from '../service/http/server.js';
import { parseTokens } from '../service/http/tokens.js';
import { openOutputs } from '../service/outputs.js';
import { startService } from '../service/service.js';
import { openSqliteQueue } from '../service/sqlite/queue.js';
import { connect } from './connected.js';
import { logTo } from './events.js';
import { jobRuns } from './job-run.js';
import type { StoreOptions } from './kept-place.js';
import { openRegistration } from './registration.js';
import type { RenderCluster, RenderWorkers } from './render.js';
import { withResources } from './resources.js';
import { type Context, orAborted } from './stage.js';
import { thisProgram } from './version.js';

export interface ServeOptions {
  readonly http: Address;
  /** File of tokens with roles; without one, only this machine is served. */
  readonly tokens?: string;
  /** Folder of the queue, the outputs, and, unless it is elsewhere, the store. */
  readonly data: string;
  /** Jobs that run at once. */
  readonly jobs: number;
  readonly mostPixels: number;
  /** Jobs of an owner that may wait. */
  readonly mostWaiting: number;
  readonly keep: Retention;
  readonly store: StoreOptions;
  readonly cluster: RenderCluster;
}

/** Serves until the signal; then jobs that run are stopped, and go on at the next start. @throws FractalError */
export async function serve(options: ServeOptions, workers: RenderWorkers, context: Context): Promise<void> {
  thisProgram();
  const { http, cluster, data } = options;
  const { emit, signal } = context;
  const { hosts, file, access, local } = workers;
  const tokens = options.tokens === undefined ? undefined : parseTokens(await textOf(options.tokens), options.tokens);
  checkHttpExposure(http.host, tokens !== undefined, cluster.insecure);
  const warn = logTo(emit, 'warn');
  const failed = (error: unknown) => warn(error instanceof FractalError ? error.toString() : messageOf(error));

  await withResources(async (resources) => {
    const broken = new Promise<never>((_, reject) => resources.hold(local?.whenBroken(reject), (forget) => forget?.()));
    broken.catch(() => undefined);
    const registration = cluster.listen && (await openRegistration(cluster.listen, access, cluster.insecure, emit));
    resources.hold(registration, (one) => one?.close());
    const session = randomUUID().slice(0, 8);
    const { np, retries } = cluster;
    const source = { hosts, ...(file === undefined ? {} : { file }), access, local, registration };
    const { fleet } = resources.hold(await connect(source, { session, np, retries, emit, failed }), (one) =>
      one.close(),
    );
    const outputs = await openOutputs(join(data, 'outputs'));
    const now = Date.now;
    const queue = resources.hold(openSqliteQueue(data, { service: session, now }), (one) => one.close());
    const { listen: _, ...use } = cluster;
    const start = jobRuns({ workers: { ...workers, fleet }, cluster: use, store: options.store, outputs });
    const service = resources.hold(
      await startService({
        ...{ queue, service: session, start, atMost: options.jobs, outputs, keep: options.keep },
        ...{ mostWaiting: options.mostWaiting, now, failed },
      }),
      (one) => one.close(),
    );
    const server = await listen({
      ...http,
      ...{ service, cluster: { workers: () => workersOf(fleet), drain: fleet.drain }, mostPixels: options.mostPixels },
      ...(tokens ? { tokens } : {}),
      loopbackOnly: !tokens && isLoopback(http.host),
      ...{ now: () => performance.now(), report: failed },
    });
    resources.hold(server, (one) => one.close());
    emit({ kind: 'serving', address: { host: server.host, port: server.port } });
    await orAborted(signal, broken);
  }).catch((error) => {
    if (error !== signal.reason || !signal.aborted) throw error;
  });
}

function workersOf(fleet: Fleet): readonly WorkerView[] {
  return fleet.workers.map(({ name, state, slots, version, reason }) => ({
    name,
    state,
    slots,
    ...(version === undefined ? {} : { version }),
    ...(reason === undefined ? {} : { reason }),
  }));
}

function checkHttpExposure(host: string, hasTokens: boolean, insecure: boolean): void {
  if (hasTokens || insecure || isLoopback(host)) return;
  const why = `--http ${host} is reachable from the network without tokens`;
  throw new FractalError('EXPOSED', `${why}: give the service --http-tokens FILE, or --insecure`);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FractalError('CREDENTIALS', `--http-tokens ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
