/** `fractal serve`: prints what happens to the service, and ends it at a signal. */

import { join } from 'node:path';
import type { AppEvent } from '../src/app/events.js';
import type { LocalWorkers } from '../src/app/local-workers.js';
import { serve as run, type ServeOptions } from '../src/app/serve.js';
import type { WorkerSource, WorkerSourceOptions } from '../src/app/worker-source.js';
import { oneLine } from '../src/errors.js';
import { REQUEST_FLAGS } from '../src/request/flags/index.js';
import { SERVE_FLAGS } from '../src/request/flags/serve.js';
import { type RawFlags, valuesOf } from '../src/request/values.js';
import { dataFolder } from './environment.js';
import { interrupts } from './interrupts.js';
import { eventLine } from './lines.js';
import { clusterOptions, storeOptions } from './options.js';
import { shows, type Verbosity, verbosityOf } from './verbosity.js';

export interface ServiceOptions {
  readonly serve: ServeOptions;
  readonly source: WorkerSourceOptions;
  readonly verbosity: Verbosity;
}

/** @throws FractalError REQUEST_INVALID */
export function serviceOptions(flags: RawFlags): ServiceOptions {
  const v = valuesOf(SERVE_FLAGS, flags);
  const data = v.data ?? join(dataFolder(process.env, process.platform), 'fractal');
  const values = valuesOf(REQUEST_FLAGS, { store: join(data, 'store'), ...flags });
  const cluster = clusterOptions(values);
  return {
    serve: {
      http: v.http,
      ...(v['http-tokens'] === undefined ? {} : { tokens: v['http-tokens'] }),
      data,
      jobs: v.jobs,
      privateWebhooks: v['webhook-allow-private'],
      mostPixels: v['job-pixels'],
      mostWaiting: v['owner-jobs'],
      keep: { days: v['keep-days'], jobs: v['keep-jobs'], bytes: v['keep-size'] },
      store: storeOptions(values),
      cluster,
    },
    source: cluster,
    verbosity: verbosityOf(values),
  };
}

/** Resolves to the exit code: 0 after SIGINT or SIGTERM. A second signal ends the process at once. */
export async function serve(
  { serve: options, verbosity }: ServiceOptions,
  { hosts, file, access }: WorkerSource,
  local: LocalWorkers | undefined,
): Promise<number> {
  const stop = interrupts(0, () => local?.device ?? false);
  const emit = (event: AppEvent) => {
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
