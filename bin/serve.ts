/** `fractal serve`: prints what happens to the service, and ends it at a signal. */

import { join } from 'node:path';
import type { AppEvent, ServingEvent } from '../src/app/events.js';
import type { LocalWorkers } from '../src/app/local-workers.js';
import { serve as run, type ServeOptions } from '../src/app/serve.js';
import type { WorkerSource, WorkerSourceOptions } from '../src/app/worker-source.js';
import { FractalError, oneLine } from '../src/errors.js';
import { REQUEST_FLAGS } from '../src/request/flags/index.js';
import { SERVE_FLAGS } from '../src/request/flags/serve.js';
import { WORKER_FLAGS } from '../src/request/flags/worker.js';
import { invalid, type RawFlags, valuesOf } from '../src/request/values.js';
import { dataFolder } from './environment.js';
import { interrupts } from './interrupts.js';
import { eventLine } from './lines.js';
import { clusterOptions, storeOptions } from './options.js';
import { shows, type Verbosity, verbosityOf } from './verbosity.js';

export interface ServiceOptions {
  readonly serve: ServeOptions;
  readonly source: WorkerSourceOptions;
  readonly verbosity: Verbosity;
  /** Local workers render POV-Ray scenes, too: `sandbox`, in one. Absent: they do not. */
  readonly povray?: { readonly sandbox: boolean };
}

/** @throws FractalError REQUEST_INVALID */
export function serviceOptions(flags: RawFlags): ServiceOptions {
  const v = valuesOf(SERVE_FLAGS, flags);
  const { povray, sandbox } = valuesOf(WORKER_FLAGS, { povray: flags.povray, sandbox: flags.sandbox });
  if ((v['http-cert'] === undefined) !== (v['http-key'] === undefined)) {
    const [given, other] = v['http-cert'] === undefined ? ['http-key', 'http-cert'] : ['http-cert', 'http-key'];
    throw new FractalError('REQUEST_INVALID', `--${given} needs --${other}: TLS takes a certificate and its key`);
  }
  const data = v.data ?? join(dataFolder(process.env, process.platform), 'fractal');
  const values = valuesOf(REQUEST_FLAGS, { store: join(data, 'store'), ...flags });
  const cluster = clusterOptions(values);
  return {
    serve: {
      http: v.http,
      ...(values['http-tokens'] === undefined ? {} : { tokens: values['http-tokens'] }),
      ...(v['http-cert'] === undefined || v['http-key'] === undefined
        ? {}
        : { tls: { cert: v['http-cert'], key: v['http-key'] } }),
      ...(v.owners === undefined ? {} : { owners: v.owners }),
      older: v.older,
      ...redisOf(v['redis-tasks']),
      ...(v.socket === undefined ? {} : { socket: v.socket }),
      data,
      ...(v.queue === undefined ? {} : { queue: v.queue }),
      jobs: v.jobs,
      privateWebhooks: v['webhook-allow-private'],
      mostPixels: v['job-pixels'],
      mostWaiting: v['owner-jobs'],
      mostFileBytes: v['owner-files'],
      keep: { days: v['keep-days'], jobs: v['keep-jobs'], bytes: v['keep-size'] },
      store: storeOptions(values),
      tileMemory: v['tile-memory'],
      cluster,
    },
    source: cluster,
    ...(povray ? { povray: { sandbox } } : {}),
    verbosity: verbosityOf(values),
  };
}

/** `url`: true for that of the environment. @throws FractalError REQUEST_INVALID */
function redisOf(url: string | undefined): Pick<ServeOptions, 'redisTasks'> {
  if (url === undefined) return {};
  const { REDIS_URL, REDIS_HOST, POD_NAMESPACE = 'default' } = process.env;
  const known = REDIS_URL ?? (REDIS_HOST ? `redis://${REDIS_HOST}:6379` : undefined);
  if (url === 'true' && known === undefined)
    throw invalid('--redis-tasks has no URL: write one, or set REDIS_URL or REDIS_HOST');
  return { redisTasks: { url: url === 'true' ? (known as string) : url, namespace: POD_NAMESPACE } };
}

/**
 * Resolves to the exit code: 0 after SIGINT or SIGTERM. A second signal ends the process at once. `began`: is called in the place
 * of the line that clients are answered.
 */
export async function serve(
  { serve: options, verbosity }: Pick<ServiceOptions, 'serve' | 'verbosity'>,
  { hosts, file, access }: WorkerSource,
  local: LocalWorkers | undefined,
  began?: (event: ServingEvent) => void,
): Promise<number> {
  const stop = interrupts(0, () => local?.device ?? false);
  const emit = (event: AppEvent) => {
    if (began && event.kind === 'serving') return began(event);
    const line = eventLine(event);
    if (!line || !shows(verbosity, line)) return;
    const stream = line.level === 'warn' ? process.stderr : process.stdout;
    stream.write(`${oneLine(line.text)}\n`);
  };
  try {
    const workers = { hosts, ...(file === undefined ? {} : { file }), access, local };
    await run(options, workers, { emit, signal: stop.signal });
    return 0;
  } finally {
    stop.release();
  }
}
