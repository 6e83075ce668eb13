/**
 * `fractal serve`: one fleet, one store and one queue for the jobs of many clients. Everything is opened before the first
 * request is answered.
 */

import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { isLoopback } from '../cluster/access.js';
import { type Address, addressText } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import type { Fleet } from '../leader/fleet/fleet.js';
import type { Retention } from '../service/history.js';
import type { WorkerView } from '../service/http/env.js';
import { listen } from '../service/http/server.js';
import { listenSocket } from '../service/older/socket.js';
import { openOutputs } from '../service/outputs.js';
import { NO_OWNERS, parseOwners } from '../service/owners.js';
import { startService } from '../service/service.js';
import { openUploads } from '../service/uploads.js';
import { startWebhooks } from '../service/webhooks.js';
import { connect } from './connected.js';
import { openEstimator } from './estimator.js';
import { logTo } from './events.js';
import { explorerPalettes } from './explorer-palettes.js';
import { locateFrom, locationOf } from './explorer-places.js';
import { explorerOn } from './explorer-service.js';
import { credentialsOf, httpAccess } from './http-access.js';
import { jobRuns } from './job-run.js';
import type { StoreOptions } from './kept-place.js';
import { openRegistration } from './registration.js';
import type { RenderCluster, RenderWorkers } from './render.js';
import { withResources } from './resources.js';
import { checkScene } from './scene-check.js';
import { seldom } from './seldom.js';
import { openQueue } from './service-queue.js';
import { type Context, orAborted } from './stage.js';
import { thisProgram, VERSION } from './version.js';
import { webhookSecret } from './webhook-secret.js';

export interface ServeOptions {
  readonly http: Address;
  /** File of tokens with roles; without one, only this machine is served. */
  readonly tokens?: string;
  /** Files of a certificate and its key, PEM; absent: HTTP without TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** File with the weights and slots of owners. */
  readonly owners?: string;
  /** The HTTP clients of older systems are answered, too. */
  readonly older: boolean;
  /** Where requests of older clients are answered; absent: nowhere. */
  readonly socket?: Address;
  /** Redis with the tasks of an older system; absent: none. */
  readonly redisTasks?: { readonly url: string; readonly namespace: string };
  /** Folder of the queue, the outputs, and, unless it is elsewhere, the store. */
  readonly data: string;
  /** Redis that has the queue; absent: a file in `data`. */
  readonly queue?: string;
  /** Jobs that run at once. */
  readonly jobs: number;
  /** Webhooks may be at addresses of this machine and of private networks. */
  readonly privateWebhooks: boolean;
  readonly mostPixels: number;
  /** Jobs of an owner that may wait. */
  readonly mostWaiting: number;
  /** Bytes of the files that an owner may have sent. */
  readonly mostFileBytes: number;
  readonly keep: Retention;
  readonly store: StoreOptions;
  /** Bytes of the explorer's pieces in memory. */
  readonly tileMemory: number;
  readonly cluster: RenderCluster;
}

/** The same error in a row is reported again after so long. */
const REPORT_MS = 60_000;

/** Serves until the signal; then jobs that run are stopped, and go on at the next start. @throws FractalError */
export async function serve(options: ServeOptions, workers: RenderWorkers, context: Context): Promise<void> {
  thisProgram();
  const { http, cluster, data } = options;
  const { emit, signal } = context;
  const { hosts, file, access, local } = workers;
  const clients = await httpAccess({ at: http, flag: 'http', tokens: options.tokens, insecure: cluster.insecure });
  const owners =
    options.owners === undefined
      ? NO_OWNERS
      : parseOwners(await credentialsOf(options.owners, 'owners'), options.owners);
  const tls = options.tls && {
    cert: await credentialsOf(options.tls.cert, 'http-cert'),
    key: await credentialsOf(options.tls.key, 'http-key'),
  };
  if (options.socket) checkSocketExposure(options.socket.host, cluster.insecure);
  const warn = logTo(emit, 'warn');
  // What fails while a shared queue is away is tried again each second.
  const report = seldom(warn, REPORT_MS, () => performance.now());
  const failed = (error: unknown) => report(error instanceof FractalError ? error.toString() : messageOf(error));

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
    for (const [name, terms] of owners) fleet.setOwner(name, terms);
    const outputs = await openOutputs(join(data, 'outputs')).catch((error) => {
      throw dataUnusable(data, error);
    });
    const now = Date.now;
    const uploads = await openUploads(join(data, 'files'), { mostBytes: options.mostFileBytes, now }).catch((error) => {
      throw dataUnusable(data, error);
    });
    const queue = resources.hold(await openQueue(options, { service: session, now, warn }), (one) => one.close());
    const { listen: _, ...use } = { ...cluster, waits: true };
    const start = jobRuns({ workers: { ...workers, fleet }, cluster: use, store: options.store, outputs, uploads });
    const service = resources.hold(
      await startService({
        ...{ queue, service: session, start, atMost: options.jobs, outputs, uploads, keep: options.keep },
        ...{ mostWaiting: options.mostWaiting, estimator: openEstimator(), now, failed },
        weightOf: (owner) => owners.get(owner)?.weight ?? 1,
      }),
      (one) => one.close(),
    );
    const secret = await webhookSecret(data);
    const webhooks = { queue, secret, allowPrivate: options.privateWebhooks, now, failed };
    resources.hold(await startWebhooks(webhooks), (one) => one.close());
    const { tileMemory, store } = options;
    const explorer = resources.hold(
      await explorerOn({ fleet, store, tileMemory, local, emit, report: failed }),
      (one) => one.close(),
    );
    const server = await listen({
      ...http,
      ...{
        service,
        uploads,
        checkScene,
        explorer,
        cluster: { workers: () => workersOf(fleet), drain: fleet.drain, undrain: fleet.undrain },
        mostPixels: options.mostPixels,
        palettes: explorerPalettes(),
        places: { locate: locateFrom, location: locationOf },
      },
      ...(tls ? { tls } : {}),
      ...{ older: options.older, version: VERSION },
      ...clients,
      ...{ now: () => performance.now(), report: failed },
    });
    resources.hold(server, (one) => one.close());
    if (options.socket) {
      const { host } = options.socket;
      const socket = await listenSocket({
        ...options.socket,
        ...{ service, mostPixels: options.mostPixels, report: failed },
      });
      resources.hold(socket, (one) => one.close());
      emit({
        kind: 'log',
        level: 'info',
        text: `requests are answered at ${addressText({ host, port: socket.port })}`,
      });
    }
    if (options.redisTasks) {
      const { serveOlderTasks } = await import('../service/redis/older-tasks.js');
      const name = createHash('sha256')
        .update(`${hostname()} ${resolve(data)}`)
        .digest('hex')
        .slice(0, 16);
      const end = serveOlderTasks({
        ...{ ...options.redisTasks, service, name, atMost: options.jobs, mostPixels: options.mostPixels, now, failed },
      });
      resources.hold(end, (one) => one());
    }
    emit({ kind: 'serving', address: { host: server.host, port: server.port }, secure: tls !== undefined });
    await orAborted(signal, broken);
  }).catch((error) => {
    if (error !== signal.reason || !signal.aborted) throw error;
  });
}

function workersOf(fleet: Fleet): readonly WorkerView[] {
  return fleet.workers.map(({ name, state, slots, shards, version, reason }) => ({
    name,
    state,
    slots,
    shards,
    ...(version === undefined ? {} : { version }),
    ...(reason === undefined ? {} : { reason }),
  }));
}

/** Its clients send no token. */
function checkSocketExposure(host: string, insecure: boolean): void {
  if (insecure || isLoopback(host)) return;
  const why = `--socket ${host} is reachable from the network, and its clients have no token`;
  throw new FractalError('EXPOSED', `${why}: listen on 127.0.0.1, or give --insecure`);
}

function dataUnusable(data: string, error: unknown): FractalError {
  const why = `--data ${data} cannot be used (${messageOf(error)}): name a folder in which files can be written`;
  return new FractalError('REQUEST_INVALID', why, { cause: error });
}
