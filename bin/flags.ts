/** The flags of `fractal leader`, once: for the parser, the help text, the completion and request files. */

import { join } from 'node:path';
import type { Options } from 'yargs';
import type { AccessFiles } from '../src/cluster/access.js';
import { type Address, parseAddress } from '../src/cluster/transport.js';
import { FractalError } from '../src/errors.js';
import { parseRequest, type RawRequest, type Request, SCHEMA } from '../src/request.js';
import { nearest, type RawFlags, readRequestFile } from '../src/request-file.js';
import { cacheFolder } from './environment.js';

export interface ClusterOptions {
  readonly hostfile?: string;
  readonly host?: string;
  readonly np: number;
  /** Workers of the leader's own: a number, or 'auto', one for each core; undefined: those of the hostfile. */
  readonly local?: number | 'auto';
  readonly dryRun: boolean;
  readonly strict: boolean;
  readonly minWorkers: number;
  readonly retries: number;
  readonly access: AccessFiles;
  /** Where workers may say that they are there. */
  readonly listen?: Address;
  /** Beyond the loopback interface even where anybody may. */
  readonly insecure: boolean;
  /** Share of the shards that two workers compute and that are compared, 0 to 1. */
  readonly verify: number;
}

export interface ReportOptions {
  readonly metrics: false | 'text' | 'json';
  readonly metricsFile?: string;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly forceExit: boolean;
  /** 0: none. */
  readonly timeoutSeconds: number;
}

export interface StoreFlags {
  /** undefined: nothing is kept or looked for. */
  readonly folder: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Raw samples are kept rather than finished pixels. */
  readonly samples: boolean;
}

export interface LeaderOptions {
  readonly request: Request;
  readonly store: StoreFlags;
  readonly cluster: ClusterOptions;
  readonly report: ReportOptions;
}

interface Flag {
  readonly group: string;
  readonly describe: string;
  readonly type?: 'boolean';
  readonly alias?: string | string[];
  /** As the help text shows it. */
  readonly default?: string;
  readonly choices?: readonly string[];
}

const [CLUSTER, VIEW, QUALITY, COLOUR, FILM, OUTPUT, STORE, REPORTS] = [
  'The cluster:',
  'The view:',
  'Quality:',
  'Colour:',
  'Film:',
  'Output and shards:',
  'What was computed before:',
  'Reports:',
] as const;

/** Who may join: these stand on leader and worker alike. */
export const ACCESS_FLAGS = ['tls-cert', 'tls-key', 'tls-ca', 'token-file'] as const;

export const FORMULAS = ['mandelbrot', 'multibrot', 'julia', 'burning-ship', 'tricorn'] as const;

/** Flags of `fractal recolor`, which has no workers. */
export function recolorFlags(): string[] {
  const computing = new Set(['kernel', 'shard', 'block-size', 'keep-samples', 'metrics', 'metrics-file']);
  return Object.entries(FLAGS).flatMap(([name, { group }]) => (group === CLUSTER || computing.has(name) ? [] : [name]));
}

/** In the order of the help text. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  hostfile: { group: CLUSTER, describe: 'hosts of the workers, MPI syntax; - reads stdin', default: './hostfile' },
  host: { group: CLUSTER, describe: 'hosts on the command line: a:2,b' },
  np: { group: CLUSTER, describe: 'use at most so many slots', alias: 'n' },
  local: { group: CLUSTER, describe: 'start N workers here instead (no number: one a core)' },
  'dry-run': { group: CLUSTER, describe: 'print ranks, shards and estimated cost; render nothing', type: 'boolean' },
  strict: { group: CLUSTER, describe: 'fail unless every host answers', type: 'boolean' },
  'min-workers': { group: CLUSTER, describe: 'wait for so many workers before starting', default: '1' },
  retries: { group: CLUSTER, describe: 'dial a silent worker so often before nobody waits for it', default: '10' },
  verify: { group: CLUSTER, describe: 'compute this share of the shards on two workers and compare: 0.05, 5%' },
  listen: { group: CLUSTER, describe: 'host:port where workers may join: fractal worker --join host:port' },
  insecure: { group: CLUSTER, describe: 'listen beyond this machine though anybody may join', type: 'boolean' },
  'tls-cert': { group: CLUSTER, describe: 'own certificate, PEM: mutual TLS, see fractal certs' },
  'tls-key': { group: CLUSTER, describe: 'its private key' },
  'tls-ca': { group: CLUSTER, describe: "the CA that signed the other side's certificate" },
  'token-file': { group: CLUSTER, describe: 'a token that leader and workers share; or FRACTAL_TOKEN' },

  xpos: { group: VIEW, describe: 'real part of the centre, any number of digits', alias: 'x', default: '-0.00275' },
  ypos: { group: VIEW, describe: 'imaginary part of the centre', alias: 'y', default: '0.78912' },
  location: { group: VIEW, describe: 'a place of others, .kfr .f3.toml .json, or our own .png .jpg .mp4; flags win' },
  zoom: { group: VIEW, describe: 'magnification: the view is 4/zoom high', default: '42.43278' },
  'view-width': { group: VIEW, describe: 'its width instead (older: --escape-radius, --radius)' },
  rotate: { group: VIEW, describe: 'turn the camera, degrees counter-clockwise', default: '0' },
  width: { group: VIEW, describe: 'pixels', default: '1280' },
  height: { group: VIEW, describe: 'pixels', default: '720' },
  iters: { group: VIEW, describe: 'iteration limit; auto: found by looking', default: 'auto' },
  formula: { group: VIEW, describe: FORMULAS.join(', '), default: 'mandelbrot', choices: FORMULAS },
  power: { group: VIEW, describe: 'exponent of z, 2 to 8', default: '2, multibrot 3' },
  'julia-re': { group: VIEW, describe: 'constant of a Julia set, real part', default: '-0.8' },
  'julia-im': { group: VIEW, describe: 'constant of a Julia set, imaginary part', default: '0.156' },
  bailout: { group: VIEW, describe: 'radius beyond which the smooth count is taken', default: '65536' },

  samples: { group: QUALITY, describe: 'samples a pixel, jittered', default: '1' },
  seed: { group: QUALITY, describe: 'of the jitter', default: '0' },
  smoothness: { group: QUALITY, describe: 'S: S x S samples a pixel, on a grid' },
  'full-size': { group: QUALITY, describe: 'keep the S times larger picture of --smoothness', type: 'boolean' },

  palette: { group: COLOUR, describe: 'name, file.json, or hex colours: "#000,#fa0"', default: 'Galaxy' },
  step: { group: COLOUR, describe: "colours in the palette's table", default: '6000, legacy 64' },
  density: { group: COLOUR, describe: 'how fast the palette is travelled', default: '1' },
  offset: { group: COLOUR, describe: 'where on the palette to start, 0 to 1', default: '0' },
  'color-mode': { group: COLOUR, describe: 'palette, distance (to the set), or formula 0 to 8', default: 'palette' },
  interior: { group: COLOUR, describe: 'hex colour of points that never escape', default: '#000000' },
  interpolation: {
    group: COLOUR,
    describe: 'between palette stops: oklab, linear, cosine',
    default: 'oklab',
    choices: ['oklab', 'linear', 'cosine'],
  },
  'legacy-colors': { group: COLOUR, describe: 'bands by the whole count, as older tools', type: 'boolean' },
  slope: { group: COLOUR, describe: 'shade as a surface lit from the side, 0 to 1 (no number: 0.7)' },
  'slope-angle': { group: COLOUR, describe: 'where that light comes from: 0 the right, 90 the top', default: '135' },

  frames: { group: FILM, describe: 'frames; more than one make a film', default: '1' },
  fps: { group: FILM, describe: 'frames a second', default: '30' },
  'zoom-end': { group: FILM, describe: 'zoom of the last frame; between, it grows geometrically' },
  'view-width-end': { group: FILM, describe: 'width of the last view instead' },
  'xpos-end': { group: FILM, describe: 'centre of the last frame, real part' },
  'ypos-end': { group: FILM, describe: 'centre of the last frame, imaginary part' },
  ease: { group: FILM, describe: '0: even speed, 1: gently in and out', default: '0' },

  outfile: {
    group: OUTPUT,
    describe: '.png .webp .tiff .jpg, f-%05d.png, .mp4 .webm .gif, or .npy: raw samples',
    alias: 'o',
    default: 'fractal.png, .mp4',
  },
  codec: { group: OUTPUT, describe: "ffmpeg's encoder, such as libx265" },
  crf: { group: OUTPUT, describe: "the encoder's quality, lower is better" },
  'encoder-timeout': { group: OUTPUT, describe: 'give up an ffmpeg that is silent for so many seconds', default: '60' },
  shard: {
    group: OUTPUT,
    describe: 'shape of shards: row, tile, auto',
    default: 'auto',
    choices: ['row', 'tile', 'auto'],
  },
  'block-size': { group: OUTPUT, describe: 'rows of a band, or side of a tile', default: 'guided' },
  kernel: {
    group: OUTPUT,
    describe: 'simd (f64), gpu (f32), cpu; auto is simd',
    default: 'auto',
    choices: ['auto', 'simd', 'gpu', 'cpu'],
  },
  method: {
    group: OUTPUT,
    describe: 'how points are iterated: auto, direct, perturbation',
    default: 'auto: by depth and cost',
    choices: ['auto', 'direct', 'perturbation'],
  },
  request: { group: OUTPUT, describe: 'any of these flags as JSON; the command line wins' },

  store: { group: STORE, describe: 'where finished parts are kept; --no-store: nowhere', default: 'the cache folder' },
  'store-size': { group: STORE, describe: 'what it may hold; what was used longest ago goes', default: '2G' },
  'keep-samples': { group: STORE, describe: 'keep raw samples there, for fractal recolor', type: 'boolean' },

  metrics: { group: REPORTS, describe: "everyone's metrics at the end; --metrics=json: as JSON" },
  'metrics-file': { group: REPORTS, describe: 'write the metrics there' },
  quiet: { group: REPORTS, describe: 'nothing but errors', alias: 'q', type: 'boolean' },
  json: { group: REPORTS, describe: 'one line of JSON at the end, for scripts', type: 'boolean' },
  'force-exit': { group: REPORTS, describe: 'exit as soon as the output is written', type: 'boolean' },
  timeout: { group: REPORTS, describe: 'give up after so many seconds', default: 'never' },
};

/** Spellings of older tools, understood but not shown. */
const OLDER: Readonly<Record<string, string>> = { 'escape-radius': 'view-width', radius: 'view-width' };

/** Flags that may stand alone. */
const OPTIONAL_VALUE: ReadonlySet<string> = new Set(['metrics', 'local', 'slope']);

/** Every name that the command line and request files may use. */
export const FLAG_NAMES: ReadonlySet<string> = new Set([...Object.keys(FLAGS), ...Object.keys(OLDER)]);

/** Text to yargs whatever it looks like: a coordinate must never become a double. */
export function yargsOptions(): Record<string, Options> {
  const older = Object.keys(OLDER).map((name) => [name, { type: 'string', hidden: true, requiresArg: true } as const]);
  return Object.fromEntries([
    ...older,
    ...Object.entries(FLAGS).map(([name, flag]) => [
      name,
      {
        group: flag.group,
        describe: flag.describe,
        type: flag.type ?? 'string',
        ...(flag.type || OPTIONAL_VALUE.has(name) ? {} : { requiresArg: true }),
        ...(flag.alias ? { alias: flag.alias } : {}),
        ...(flag.default ? { defaultDescription: flag.default } : {}),
      } satisfies Options,
    ]),
  ]);
}

/** What yargs found, and the request and location files that it names, as checked options. @throws FractalError */
export async function leaderOptions(argv: Readonly<Record<string, unknown>>): Promise<LeaderOptions> {
  const given = flagsOf(argv);
  const file = given.request === undefined ? {} : withOlder(await readRequestFile(given.request, FLAG_NAMES));
  const asked: RawFlags = { ...withoutRivals(file, given), ...given };
  const place = asked.location === undefined ? {} : await placeOf(asked.location);
  const flags: RawFlags = { ...withoutRivals(place, asked), ...asked };
  const raw = Object.fromEntries(Object.entries(flags).filter(([name]) => name in SCHEMA)) as RawRequest;
  return {
    request: parseRequest(raw),
    cluster: clusterOptions(flags),
    store: storeOptions(flags),
    report: reportOptions(flags),
  };
}

/** What shapes the picture, and nothing else: a file from elsewhere names no outfile and no hosts. */
async function placeOf(path: string): Promise<RawFlags> {
  const [{ readLocation }, { PICTURE_FLAGS }] = await Promise.all([
    import('../src/location/location.js'),
    import('../src/request-flags.js'),
  ]);
  const found = withOlder(await readLocation(path, FLAG_NAMES));
  return Object.fromEntries(Object.entries(found).filter(([name]) => PICTURE_FLAGS.has(name)));
}

/** Flags that name a file to open. */
const FILES = ['hostfile', 'request', 'location', 'metrics-file', 'store'];

function flagsOf(argv: Readonly<Record<string, unknown>>): RawFlags {
  const flags: RawFlags = {};
  for (const name of FLAG_NAMES) {
    const value = argv[name];
    // --no-store.
    if (value === undefined || (value === false && name !== 'store')) continue;
    if (Array.isArray(value)) throw invalid(`--${name} was given ${value.length} times: give it once`);
    if (value === '' && FILES.includes(name)) throw invalid(`--${name} "" is not a file name`);
    flags[name] = String(value);
  }
  return withOlder(flags);
}

/** The same flags under today's names. */
function withOlder(flags: RawFlags): RawFlags {
  const renamed: RawFlags = {};
  for (const [name, value] of Object.entries(flags)) {
    const today = OLDER[name] ?? name;
    if (renamed[today] !== undefined) throw invalid(`--${today} and --${name} are the same: give one of them`);
    renamed[today] = value;
  }
  return renamed;
}

const ENDS = ['zoom-end', 'view-width-end', 'xpos-end', 'ypos-end'];

/** A zoom on the command line replaces a width in the file, and the like; a still needs no way of the camera. */
function withoutRivals(file: RawFlags, given: RawFlags): RawFlags {
  const rest = { ...file };
  if (given.frames === '1') for (const name of ENDS) delete rest[name];
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
  if (hostfile !== undefined && host !== undefined) throw invalid('--hostfile and --host: give one of them');
  const barred = ACCESS_FLAGS.find((name) => flags[name] !== undefined);
  if (local !== undefined && flags.listen === undefined && barred)
    throw invalid(`--${barred} is for hosts: --local starts workers that know their leader`);
  return {
    ...(hostfile === undefined ? {} : { hostfile }),
    ...(host === undefined ? {} : { host }),
    ...(flags.listen === undefined ? {} : { listen: address('listen', flags.listen) }),
    insecure: flags.insecure === 'true',
    ...(local === undefined ? {} : { local: local === '' ? 'auto' : whole('local', local, 1, 256) }),
    np: flags.np === undefined ? 0 : whole('np', flags.np, 1, 1_000_000),
    dryRun: flags['dry-run'] === 'true',
    strict: flags.strict === 'true',
    minWorkers: whole('min-workers', flags['min-workers'] ?? '1', 1, 65_536),
    retries: whole('retries', flags.retries ?? '10', 0, 1_000),
    access: accessFiles(flags),
    verify: share('verify', flags.verify ?? '0'),
  };
}

export function accessFiles(flags: Readonly<Record<string, string | undefined>>): AccessFiles {
  const [tlsCert, tlsKey, tlsCa, tokenFile] = ACCESS_FLAGS.map((name) => flags[name]);
  return { tlsCert, tlsKey, tlsCa, tokenFile };
}

function reportOptions(flags: RawFlags): ReportOptions {
  const { metrics } = flags;
  if (metrics !== undefined && !['', 'true', 'false', 'text', 'json'].includes(metrics)) {
    throw invalid(`--metrics "${metrics}" is not text or json`);
  }
  const file = flags['metrics-file'];
  const wanted = metrics === 'false' ? false : metrics === 'json' ? 'json' : metrics === undefined ? false : 'text';
  return {
    metrics: wanted || (file === undefined ? false : file.endsWith('.json') ? 'json' : 'text'),
    ...(file === undefined ? {} : { metricsFile: file }),
    quiet: flags.quiet === 'true',
    json: flags.json === 'true',
    forceExit: flags['force-exit'] === 'true',
    timeoutSeconds: flags.timeout === undefined ? 0 : whole('timeout', flags.timeout, 1, 10_000_000),
  };
}

function storeOptions(flags: RawFlags): StoreFlags {
  const { store, 'store-size': size = '2G' } = flags;
  const bytes = sizeOf('store-size', size);
  const folder = store ?? join(cacheFolder(process.env, process.platform), 'fractal');
  const none = store === 'false' || bytes === 0;
  const samples = flags['keep-samples'] === 'true';
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
  if (/^\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
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

export function invalid(sentence: string): FractalError {
  return new FractalError('REQUEST_INVALID', sentence);
}

/** Refuses a flag that nobody knows, and a word that belongs to no flag. */
export function refuseUnknown(argv: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void {
  for (const key of Object.keys(argv)) {
    if (key === '_' || key === '$0' || known.has(key)) continue;
    if (key === 'token')
      throw invalid('--token would show in the list of processes: use --token-file or FRACTAL_TOKEN');
    throw invalid(`--${key} is not a flag of this command${nearest(key, known)}`);
  }
  const words = (argv._ as unknown[]).slice(1);
  if (words.length > 0)
    throw invalid(`"${words[0]}" belongs to no flag: see fractal ${String((argv._ as unknown[])[0])} --help`);
}
