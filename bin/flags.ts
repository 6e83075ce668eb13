/** The flags of `fractal leader`, once: for the parser, the help text, the completion and request files. */

import { join } from 'node:path';
import type { StoreOptions } from '../src/app/archive.js';
import type { RenderCluster } from '../src/app/render.js';
import type { WorkerSourceOptions } from '../src/app/worker-source.js';
import type { AccessFiles } from '../src/cluster/access.js';
import { type Address, parseAddress } from '../src/cluster/transport.js';
import type { Location } from '../src/location/location.js';
import { parseRequest, type RawRequest, type Request, SCHEMA } from '../src/request.js';
import { type RawFlags, readRequestFile } from '../src/request-file.js';
import { wholeOf } from '../src/view/decimal.js';
import { type Flags, invalid } from './command-line.js';
import { cacheFolder } from './environment.js';
import { LOG_LEVELS, type Verbosity, verbosityOf } from './verbosity.js';

/** Which workers compute, and how they are used. */
export interface ClusterOptions extends WorkerSourceOptions, RenderCluster {
  readonly dryRun: boolean;
}

export interface ReportOptions {
  readonly metrics: false | 'text' | 'json';
  readonly metricsFile?: string;
  readonly verbosity: Verbosity;
  readonly json: boolean;
  readonly forceExit: boolean;
  /** 0: none. */
  readonly timeoutSeconds: number;
}

export interface LeaderOptions {
  readonly request: Request;
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
  readonly store: StoreOptions;
  readonly cluster: ClusterOptions;
  readonly report: ReportOptions;
}

const [CLUSTER, VIEW, QUALITY, COLOUR, FILM, OUTPUT, STORE, REPORTS] = [
  'Cluster',
  'View',
  'Quality',
  'Colour',
  'Film',
  'Output and shards',
  'Store of finished parts',
  'Reports',
] as const;

/** Who may join: these stand on leader and worker alike. */
export const ACCESS_FLAGS = ['tls-cert', 'tls-key', 'tls-ca', 'token-file'] as const;

export const FORMULAS = ['mandelbrot', 'multibrot', 'julia', 'burning-ship', 'tricorn'] as const;

/** Flags of `fractal recolor`, which has no workers. */
export function recolorFlags(): string[] {
  const computing = new Set(['kernel', 'shard', 'block-size', 'keep-samples', 'metrics', 'metrics-file']);
  return Object.entries(FLAGS).flatMap(([name, { group }]) => (group === CLUSTER || computing.has(name) ? [] : [name]));
}

/** In the order of the help text. After a change, `make docs` writes docs/flags.md anew. */
export const FLAGS: Flags = {
  hostfile: {
    group: CLUSTER,
    value: 'FILE',
    describe: 'hosts of the workers, in MPI syntax; - reads stdin',
    default: './hostfile, if there is one',
  },
  host: { group: CLUSTER, value: 'HOSTS', describe: 'hosts of the workers: a:2,b is 2 slots of host a, all of host b' },
  np: { group: CLUSTER, value: 'N', describe: 'use at most N slots', alias: 'n' },
  local: {
    group: CLUSTER,
    value: 'N',
    optional: true,
    describe: 'start N workers of one slot here; without N one for each core',
  },
  'dry-run': { group: CLUSTER, describe: 'print ranks, shards and estimated time; render nothing' },
  strict: { group: CLUSTER, describe: 'fail unless every host answers, and has the kernel of --kernel' },
  'min-workers': { group: CLUSTER, value: 'N', describe: 'start rendering when N workers are ready', default: '1' },
  retries: {
    group: CLUSTER,
    value: 'N',
    describe: 'further attempts to reach a host before the leader stops waiting for it',
    default: '10',
  },
  verify: {
    group: CLUSTER,
    value: 'SHARE',
    describe: 'compute this share of the shards on two workers and compare the results: 0.05 or 5%',
  },
  listen: {
    group: CLUSTER,
    value: 'HOST:PORT',
    describe: 'accept workers that were started with "fractal worker --join HOST:PORT"',
  },
  insecure: {
    group: CLUSTER,
    describe: 'with --listen: accept workers of other machines without certificate and token',
  },
  'tls-cert': { group: CLUSTER, value: 'FILE', describe: 'own certificate, PEM, for mutual TLS; see "fractal certs"' },
  'tls-key': { group: CLUSTER, value: 'FILE', describe: 'private key of --tls-cert, PEM' },
  'tls-ca': { group: CLUSTER, value: 'FILE', describe: "certificate of the CA that signed the other side's, PEM" },
  'token-file': {
    group: CLUSTER,
    value: 'FILE',
    describe: 'file with a secret token, the same for leader and workers; or FRACTAL_TOKEN in the environment',
  },

  xpos: {
    group: VIEW,
    value: 'X',
    describe: 'real part of the centre, any number of digits',
    alias: 'x',
    default: '-0.00275',
  },
  ypos: { group: VIEW, value: 'Y', describe: 'imaginary part of the centre', alias: 'y', default: '0.78912' },
  location: {
    group: VIEW,
    value: 'FILE',
    describe:
      'take the view from a .kfr, .kfp, .f3.toml, .toml, .ini, .loc or .json, or from a picture or film of this program; flags win',
  },
  zoom: { group: VIEW, value: 'Z', describe: 'magnification: the view is 4/Z high', default: '42.43278' },
  'view-width': {
    group: VIEW,
    value: 'W',
    describe: 'width of the view, instead of --zoom; also --escape-radius, --radius',
  },
  rotate: { group: VIEW, value: 'DEGREES', describe: 'turn the camera counter-clockwise', default: '0' },
  flip: { group: VIEW, describe: 'let the imaginary axis point down, as the Burning Ship is usually shown' },
  width: { group: VIEW, value: 'PIXELS', describe: 'width of the picture', default: '1280' },
  height: { group: VIEW, value: 'PIXELS', describe: 'height of the picture', default: '720' },
  iters: {
    group: VIEW,
    value: 'N',
    describe: 'iteration limit; auto finds one on a coarse grid of the view',
    default: 'auto',
  },
  formula: { group: VIEW, value: 'NAME', describe: FORMULAS.join(', '), default: 'mandelbrot', choices: FORMULAS },
  power: { group: VIEW, value: 'N', describe: 'exponent of z, 2 to 8', default: '2; 3 with multibrot' },
  'julia-re': { group: VIEW, value: 'X', describe: 'constant of a Julia set, real part', default: '-0.8' },
  'julia-im': { group: VIEW, value: 'Y', describe: 'constant of a Julia set, imaginary part', default: '0.156' },
  bailout: {
    group: VIEW,
    value: 'RADIUS',
    describe: 'a point has escaped when |z| is larger than this',
    default: '65536',
  },

  samples: { group: QUALITY, value: 'N', describe: 'samples a pixel, at jittered places', default: '1' },
  seed: { group: QUALITY, value: 'N', describe: 'seed of the jitter', default: '0' },
  smoothness: { group: QUALITY, value: 'S', describe: 'S x S samples a pixel, on a grid, instead of --samples' },
  'full-size': { group: QUALITY, describe: 'write the S times larger picture of --smoothness as it is' },
  exact: { group: QUALITY, describe: 'deep views: leave no pixel uncertain, however long that takes' },

  palette: {
    group: COLOUR,
    value: 'PALETTE',
    describe: 'a name (see "fractal palettes"), a .json file, or hex colours: "#000,#fa0"',
    default: 'Galaxy',
  },
  step: { group: COLOUR, value: 'N', describe: 'colours in the table of the palette', default: '6000; 64 if legacy' },
  density: { group: COLOUR, value: 'X', describe: 'how fast colours change with the iteration count', default: '1' },
  offset: { group: COLOUR, value: 'X', describe: 'where on the palette to start, 0 to 1', default: '0' },
  'color-mode': {
    group: COLOUR,
    value: 'MODE',
    describe: 'palette, distance (to the set), or one of the formulas 0 to 8',
    default: 'palette',
    choices: ['palette', 'distance', '0', '1', '2', '3', '4', '5', '6', '7', '8'],
  },
  interior: { group: COLOUR, value: 'COLOUR', describe: 'hex colour of points that never escape', default: '#000000' },
  interpolation: {
    group: COLOUR,
    value: 'SPACE',
    describe: 'between the colours of a palette: oklab, linear, cosine',
    default: 'oklab',
    choices: ['oklab', 'linear', 'cosine'],
  },
  'legacy-colors': { group: COLOUR, describe: 'bands by the whole iteration count, as in older programs' },
  slope: {
    group: COLOUR,
    value: 'S',
    optional: true,
    describe: 'shade as a surface lit from the side, strength 0 to 1; without S 0.7',
  },
  'slope-angle': {
    group: COLOUR,
    value: 'DEGREES',
    describe: 'direction that the light comes from: 0 right, 90 top',
    default: '135',
  },

  frames: { group: FILM, value: 'N', describe: 'frames; more than one make a film', default: '1' },
  fps: { group: FILM, value: 'N', describe: 'frames a second', default: '30' },
  'zoom-end': { group: FILM, value: 'Z', describe: 'zoom of the last frame; the zoom changes by one factor a frame' },
  'view-width-end': { group: FILM, value: 'W', describe: 'width of the last view, instead of --zoom-end' },
  'xpos-end': { group: FILM, value: 'X', describe: 'centre of the last frame, real part' },
  'ypos-end': { group: FILM, value: 'Y', describe: 'centre of the last frame, imaginary part' },
  ease: { group: FILM, value: 'E', describe: '0: constant speed, 1: slow start and end', default: '0' },

  outfile: {
    group: OUTPUT,
    value: 'FILE',
    describe: '.png .webp .tiff .jpg, frames f-%05d.png, .mp4 .webm .gif, or raw samples .npy',
    alias: 'o',
    default: 'fractal.png; films: fractal.mp4',
  },
  codec: { group: OUTPUT, value: 'NAME', describe: 'encoder of ffmpeg, such as libx265' },
  crf: { group: OUTPUT, value: 'N', describe: 'quality of the encoder, lower is better' },
  'encoder-timeout': {
    group: OUTPUT,
    value: 'SECONDS',
    describe: 'stop an ffmpeg that makes no progress for so long',
    default: '60',
  },
  shard: {
    group: OUTPUT,
    value: 'SHAPE',
    describe: 'shape of shards: row, tile, auto',
    default: 'auto',
    choices: ['row', 'tile', 'auto'],
  },
  'block-size': {
    group: OUTPUT,
    value: 'PIXELS',
    describe: 'rows of a band, or side of a tile',
    default: 'by the cost measured so far',
  },
  kernel: {
    group: OUTPUT,
    value: 'NAME',
    describe: 'simd (f64), gpu (f32), cpu; auto is simd, which also computes what the others cannot',
    default: 'auto',
    choices: ['auto', 'simd', 'gpu', 'cpu'],
  },
  method: {
    group: OUTPUT,
    value: 'NAME',
    describe: 'how points are iterated: auto (by depth and cost), direct, perturbation',
    default: 'auto',
    choices: ['auto', 'direct', 'perturbation'],
  },
  request: {
    group: OUTPUT,
    value: 'FILE',
    describe: 'any of these flags as JSON, - reads stdin; the command line wins',
  },

  store: {
    group: STORE,
    value: 'FOLDER',
    negatable: true,
    describe: 'keep finished parts here and use them again; --no-store: keep nothing',
    default: "fractal in the user's cache folder",
  },
  'store-size': {
    group: STORE,
    value: 'BYTES',
    describe: 'size limit of the store; the entries used longest ago are removed',
    default: '2G',
  },
  'keep-samples': { group: STORE, describe: 'keep raw samples, for "fractal recolor"' },

  metrics: {
    group: REPORTS,
    value: 'FORMAT',
    optional: true,
    negatable: true,
    describe: 'print metrics of leader and workers at the end, as text or json; without FORMAT text',
    choices: ['text', 'json'],
  },
  'metrics-file': { group: REPORTS, value: 'FILE', describe: 'write the metrics to a file' },
  quiet: { group: REPORTS, describe: 'print errors only', alias: 'q' },
  verbose: { group: REPORTS, describe: 'print what happens inside, too: the same as --log-level debug' },
  'log-level': {
    group: REPORTS,
    value: 'LEVEL',
    describe: 'print lines of this level and of those before it: error, warn, info, debug',
    default: 'info',
    choices: LOG_LEVELS,
  },
  json: { group: REPORTS, describe: 'print one line of JSON at the end, for scripts' },
  'force-exit': { group: REPORTS, describe: 'exit as soon as the output is written' },
  timeout: { group: REPORTS, value: 'SECONDS', describe: 'give up after so many seconds', default: 'never' },
};

/** Spellings of older tools, understood but not shown. */
const OLDER: Readonly<Record<string, string>> = { 'escape-radius': 'view-width', radius: 'view-width' };

/** Every name that the command line and request files may use. */
export const FLAG_NAMES: ReadonlySet<string> = new Set([...Object.keys(FLAGS), ...Object.keys(OLDER)]);

/** The flags with their older spellings. */
export const LEADER_FLAGS: Flags = {
  ...FLAGS,
  ...Object.fromEntries(
    Object.entries(OLDER).map(([name, today]) => [name, { group: VIEW, describe: today, value: 'W', hidden: true }]),
  ),
};

/** `given`: of the command line; also the request and location files that it names. @throws FractalError */
export async function leaderOptions(given: RawFlags): Promise<LeaderOptions> {
  const typed = withOlder(given);
  refuseSharedInput(typed);
  const file = typed.request === undefined ? {} : withOlder(await readRequestFile(typed.request, FLAG_NAMES));
  const asked: RawFlags = { ...withoutRivals(file, typed), ...typed };
  const place = asked.location === undefined ? { flags: {}, notes: [] } : await placeOf(asked.location);
  const flags: RawFlags = { ...withoutRivals(place.flags, asked), ...asked };
  const empty = Object.keys(flags).find((name) => flags[name] === '' && !(name in SCHEMA));
  if (empty !== undefined) throw invalid(`--${empty} "" is empty: give it a value, or leave it out`);
  const raw = Object.fromEntries(Object.entries(flags).filter(([name]) => name in SCHEMA)) as RawRequest;
  return {
    request: parseRequest(raw),
    notes: place.notes,
    cluster: clusterOptions(flags),
    store: storeOptions(flags),
    report: reportOptions(flags),
  };
}

/** What shapes the picture, and nothing else: a file from elsewhere names no outfile and no hosts. */
async function placeOf(path: string): Promise<Location> {
  const [{ readLocation }, { PICTURE_FLAGS }] = await Promise.all([
    import('../src/location/location.js'),
    import('../src/request-flags.js'),
  ]);
  const { flags, notes } = await readLocation(path, FLAG_NAMES);
  const all = Object.entries(withOlder(flags));
  const others = all.flatMap(([name]) => (PICTURE_FLAGS.has(name) ? [] : [name]));
  const ignored = others.length > 0 ? [`${path}: not used: ${others.join(', ')}`] : [];
  return {
    flags: Object.fromEntries(all.filter(([name]) => PICTURE_FLAGS.has(name))),
    notes: [...notes, ...ignored],
  };
}

/** The same flags under today's names. */
function withOlder(flags: RawFlags): RawFlags {
  const renamed: RawFlags = {};
  const typed = new Map<string, string>();
  for (const [name, value] of Object.entries(flags)) {
    const today = OLDER[name] ?? name;
    const other = typed.get(today);
    if (other !== undefined) throw invalid(`--${other} and --${name} are the same: give one of them`);
    typed.set(today, name);
    renamed[today] = value;
  }
  return renamed;
}

/** Standard input is read once. */
function refuseSharedInput({ hostfile, request }: RawFlags): void {
  if (hostfile === '-' && request === '-')
    throw invalid('--hostfile - and --request - both read standard input: give one of them a file');
}

const ENDS = ['zoom-end', 'view-width-end', 'xpos-end', 'ypos-end'];

/** A zoom on the command line replaces a width in the file, and the like; a still needs no way of the camera. */
function withoutRivals(file: RawFlags, given: RawFlags): RawFlags {
  const rest = { ...file };
  if (given.frames !== undefined && wholeOf(given.frames) === 1) for (const name of ENDS) delete rest[name];
  for (const [a, b] of [
    ['zoom', 'view-width'],
    ['zoom-end', 'view-width-end'],
    ['samples', 'smoothness'],
  ] as const) {
    if (given[a] !== undefined) delete rest[b];
    if (given[b] !== undefined) delete rest[a];
  }
  return rest;
}

function clusterOptions(flags: RawFlags): ClusterOptions {
  const { hostfile, host, local } = flags;
  if (local !== undefined && (hostfile !== undefined || host !== undefined)) {
    throw invalid('--local starts workers here, --hostfile and --host name others: give one of them');
  }
  refuseSharedInput(flags);
  if (hostfile !== undefined && host !== undefined) throw invalid('--hostfile and --host: give one of them');
  const barred = ACCESS_FLAGS.find((name) => flags[name] !== undefined);
  if (local !== undefined && flags.listen === undefined && barred)
    throw invalid(`--${barred} is for hosts: --local starts workers that know their leader`);
  const np = flags.np === undefined ? 0 : whole('np', flags.np, 1, 1_000_000);
  const minWorkers = whole('min-workers', flags['min-workers'] ?? '1', 1, 65_536);
  if (np > 0 && minWorkers > np) {
    throw invalid(
      `--min-workers ${minWorkers} with --np ${np}: each worker takes a slot, so at most ${np} can take part`,
    );
  }
  return {
    ...(hostfile === undefined ? {} : { hostfile }),
    ...(host === undefined ? {} : { host }),
    ...(flags.listen === undefined ? {} : { listen: address('listen', flags.listen) }),
    insecure: yes(flags, 'insecure'),
    ...(local === undefined ? {} : { local: local === 'true' ? 'auto' : whole('local', local, 1, 256) }),
    np,
    dryRun: yes(flags, 'dry-run'),
    strict: yes(flags, 'strict'),
    minWorkers,
    retries: whole('retries', flags.retries ?? '10', 0, 1_000),
    access: accessFiles(flags),
    verify: share('verify', flags.verify ?? '0'),
  };
}

/** Whether a boolean flag is set. @throws FractalError REQUEST_INVALID */
function yes(flags: RawFlags, name: string): boolean {
  const value = flags[name] ?? 'false';
  if (value !== 'true' && value !== 'false') throw invalid(`--${name} "${value}" is not true or false`);
  return value === 'true';
}

export function accessFiles(flags: Readonly<Record<string, string | undefined>>): AccessFiles {
  const [tlsCert, tlsKey, tlsCa, tokenFile] = ACCESS_FLAGS.map((name) => flags[name]);
  return { tlsCert, tlsKey, tlsCa, tokenFile };
}

function reportOptions(flags: RawFlags): ReportOptions {
  const { metrics } = flags;
  const file = flags['metrics-file'];
  const wanted = metricsFormat(metrics);
  if (metrics === 'false' && file !== undefined) {
    throw invalid('--metrics-file writes the metrics, which --no-metrics leaves out: give one of them');
  }
  return {
    metrics: wanted || (file === undefined ? false : file.endsWith('.json') ? 'json' : 'text'),
    ...(file === undefined ? {} : { metricsFile: file }),
    verbosity: verbosityOf({ ...flags, quiet: String(yes(flags, 'quiet')), verbose: String(yes(flags, 'verbose')) }),
    json: yes(flags, 'json'),
    forceExit: yes(flags, 'force-exit'),
    timeoutSeconds: flags.timeout === undefined ? 0 : whole('timeout', flags.timeout, 1, 10_000_000),
  };
}

/** What `--metrics` wants. @throws FractalError REQUEST_INVALID */
export function metricsFormat(value = 'false'): false | 'text' | 'json' {
  if (value === 'false') return false;
  if (value === 'true' || value === 'text') return 'text';
  if (value === 'json') return 'json';
  throw invalid(`--metrics "${value}" is not text or json`);
}

function storeOptions(flags: RawFlags): StoreOptions {
  const { store, 'store-size': size = '2G' } = flags;
  const bytes = sizeOf('store-size', size);
  const folder =
    store !== undefined && store !== 'true' ? store : join(cacheFolder(process.env, process.platform), 'fractal');
  const none = store === 'false' || bytes === 0;
  const samples = yes(flags, 'keep-samples');
  if (samples && none) throw invalid('--keep-samples keeps them in the store, which --no-store leaves out');
  return { folder: none ? undefined : folder, size: bytes, samples };
}

/** Bytes, such as 500M or 2G. @throws FractalError REQUEST_INVALID */
export function sizeOf(name: string, text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([KMGT]?)i?B?$/i.exec(text) ?? [];
  if (digits === undefined) throw invalid(`--${name} "${text}" is not a number of bytes such as 500M or 2G`);
  return Number(digits) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
}

/** A whole number in a range. @throws FractalError REQUEST_INVALID */
export function whole(name: string, value: string, min: number, max: number): number {
  const found = wholeOf(value);
  if (found !== undefined && found >= min && found <= max) return found;
  throw invalid(`--${name} "${value}" is not a whole number from ${min} to ${max}`);
}

/** @throws FractalError REQUEST_INVALID */
export function address(name: string, value: string): Address {
  const parsed = parseAddress(value);
  if (!parsed) throw invalid(`--${name} "${value}" is not host:port: write 10.0.0.1:50050, or [::1]:50050`);
  return parsed;
}

/** A share of a whole, as a number from 0 to 1 or in percent. @throws FractalError REQUEST_INVALID */
function share(name: string, value: string): number {
  const [, number, percent] = /^(\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})(%?)$/.exec(value) ?? [];
  const part = Number(number) / (percent ? 100 : 1);
  if (part >= 0 && part <= 1) return part;
  throw invalid(`--${name} "${value}" is not a share: write 0.05, or 5%`);
}
