/** The options of the commands that have a view: leader, recolor, locate. From flags as text to typed fields. */

import { join } from 'node:path';
import { keptPlace, type StoreOptions } from '../src/app/kept-place.js';
import type { RenderCluster } from '../src/app/render.js';
import type { WorkerSourceOptions } from '../src/app/worker-source.js';
import type { AccessFiles } from '../src/cluster/access.js';
import type { Address } from '../src/cluster/transport.js';
import { ACCESS_FLAGS } from '../src/request/flags/access.js';
import type { CLUSTER_FLAGS } from '../src/request/flags/cluster.js';
import { REQUEST_FLAGS } from '../src/request/flags/index.js';
import type { REPORT_FLAGS } from '../src/request/flags/report.js';
import type { STORE_FLAGS } from '../src/request/flags/store.js';
import { requestOf } from '../src/request/parse.js';
import type { Request } from '../src/request/request.js';
import { flagsOfSources, replaced } from '../src/request/sources.js';
import { invalid, type RawFlags, type Values, valuesOf } from '../src/request/values.js';
import { cacheFolder } from './environment.js';
import { type Verbosity, verbosityOf } from './verbosity.js';

export interface LeaderOptions {
  readonly request: Request;
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
  readonly store: StoreOptions;
  readonly cluster: ClusterOptions;
  readonly previews: PreviewOptions;
  readonly report: ReportOptions;
  /** Where a client begins the job; absent: it begins at once. */
  readonly start?: { readonly at: Address; readonly tokens: string | undefined };
  /** The same with these flags in the place of those that were given. @throws FractalError */
  with(flags: RawFlags): LeaderOptions;
}

/** Which workers compute, and how they are used. */
export interface ClusterOptions extends WorkerSourceOptions, RenderCluster {
  readonly dryRun: boolean;
}

/** What is rendered beside the request, before it. */
export interface PreviewOptions {
  /** File of a contact sheet. */
  readonly sheet: string | undefined;
  readonly preview: boolean;
  /** The request itself is not rendered. */
  readonly only: boolean;
}

export interface ReportOptions {
  readonly metrics: false | 'text' | 'json';
  readonly metricsFile?: string | undefined;
  /** File of a table with a line for each frame. */
  readonly frameLog?: string | undefined;
  readonly verbosity: Verbosity;
  readonly json: boolean;
  readonly forceExit: boolean;
  /** 0: none. */
  readonly timeoutSeconds: number;
}

type RequestValues = Values<typeof REQUEST_FLAGS>;
type ClusterValues = Values<typeof CLUSTER_FLAGS & typeof ACCESS_FLAGS>;

/** `given`: of the command line; the request and location files that it names are read. @throws FractalError */
export async function leaderOptions(given: RawFlags): Promise<LeaderOptions> {
  const { flags, notes } = await flagsOfSources(given);
  return optionsOf(flags, notes);
}

function optionsOf(flags: RawFlags, notes: readonly string[]): LeaderOptions {
  const values = valuesOf(REQUEST_FLAGS, flags);
  const request = requestOf(values);
  return {
    request,
    notes,
    cluster: clusterOptions(values),
    previews: previewOptions(values, request),
    store: storeOptions(values),
    report: reportOptions(values),
    ...startOptions(values),
    with: (others) => optionsOf(replaced(flags, others), notes),
  };
}

function startOptions(v: RequestValues): Pick<LeaderOptions, 'start'> {
  const { 'wait-start': at, 'http-tokens': tokens } = v;
  if (at === undefined) {
    if (tokens !== undefined) throw invalid('--http-tokens is for clients of --wait-start: give that too');
    return {};
  }
  if (v['dry-run']) throw invalid('--dry-run renders nothing: leave out --wait-start');
  return { start: { at, tokens } };
}

function previewOptions(
  { outfile, preview, 'contact-sheet': sheet }: RequestValues,
  { film }: Request,
): PreviewOptions {
  if (sheet !== undefined && film.frames === 1)
    throw invalid('--contact-sheet shows frames of a film: give --frames of at least 2');
  if (sheet !== undefined && outfile?.includes(sheet))
    throw invalid(`--contact-sheet and --outfile both name "${sheet}": give them two names`);
  return { sheet, preview, only: sheet !== undefined && outfile === undefined && !preview };
}

export function clusterOptions(v: ClusterValues): ClusterOptions {
  const { hostfile, host, local, listen, np = 0, 'min-workers': minWorkers, verify = 0 } = v;
  if (local !== undefined && (hostfile !== undefined || host !== undefined)) {
    throw invalid('--local starts workers here, --hostfile and --host name others: give one of them');
  }
  if (hostfile !== undefined && host !== undefined) throw invalid('--hostfile and --host: give one of them');
  const access = Object.keys(ACCESS_FLAGS).find((name) => v[name as keyof typeof ACCESS_FLAGS] !== undefined);
  if (local !== undefined && listen === undefined && access)
    throw invalid(`--${access} is for hosts: --local starts workers in this process`);
  if (np > 0 && minWorkers > np) {
    throw invalid(
      `--min-workers ${minWorkers} with --np ${np}: each worker takes a slot, so at most ${np} can take part`,
    );
  }
  return {
    ...(hostfile === undefined ? {} : { hostfile }),
    ...(host === undefined ? {} : { host }),
    ...(listen === undefined ? {} : { listen }),
    ...(local === undefined ? {} : { local }),
    insecure: v.insecure,
    np,
    dryRun: v['dry-run'],
    strict: v.strict,
    minWorkers,
    retries: v.retries,
    assembleOn: v['assemble-on'],
    access: accessFiles(v),
    verify,
  };
}

export function accessFiles(v: Values<typeof ACCESS_FLAGS>): AccessFiles {
  return { tlsCert: v['tls-cert'], tlsKey: v['tls-key'], tlsCa: v['tls-ca'], tokenFile: v['token-file'] };
}

/** `--store` without a value, as a request file can have it, is the usual folder. */
export function storeOptions(v: Values<typeof STORE_FLAGS>): StoreOptions {
  const { store = { kind: 'usual' }, 'store-size': size, 'keep-samples': samples } = v;
  const usual = join(cacheFolder(process.env, process.platform), 'fractal');
  const place = size === 0 ? undefined : keptPlace(store, usual, process.env);
  if (samples && !place) throw invalid('--keep-samples keeps them in the store, which --no-store leaves out');
  if (size && place?.kind === 's3')
    throw invalid('--store-size limits a folder: objects in a bucket are removed by its lifecycle rules');
  return { place, size, samples };
}

export function reportOptions(v: Values<typeof REPORT_FLAGS>): ReportOptions {
  const { metrics, 'metrics-file': file } = v;
  if (metrics === false && file !== undefined) {
    throw invalid('--metrics-file writes the metrics, which --no-metrics leaves out: give one of them');
  }
  return {
    metrics: metrics || (file === undefined ? false : file.endsWith('.json') ? 'json' : 'text'),
    ...(file === undefined ? {} : { metricsFile: file }),
    ...(v['frame-log'] === undefined ? {} : { frameLog: v['frame-log'] }),
    verbosity: verbosityOf(v),
    json: v.json,
    forceExit: v['force-exit'],
    timeoutSeconds: v.timeout ?? 0,
  };
}
