/** The commands: flags, help and what runs. The code of a command is loaded when it runs. */

import { VERSION } from '../src/app/version.js';
import { DEFAULT_HOSTFILE, workerSource } from '../src/app/worker-source.js';
import { isLoopback, readAccess } from '../src/cluster/access.js';
import { parseHosts } from '../src/cluster/hostfile.js';
import { type Address, addressText } from '../src/cluster/transport.js';
import type { RawFlags } from '../src/request-file.js';
import { type Flag, type Flags, invalid } from './command-line.js';
import { tokenOfEnvironment } from './environment.js';
import {
  ACCESS_FLAGS,
  accessFiles,
  address,
  FLAGS,
  LEADER_FLAGS,
  leaderOptions,
  metricsFormat,
  recolorFlags,
  sizeOf,
  whole,
} from './flags.js';
import type { EarlyWorkers } from './local.js';
import { verbosityOf } from './verbosity.js';

export interface Command {
  readonly summary: string;
  readonly flags: Flags;
  /** A command line, and what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** Resolves to the exit code. `early`: workers in this process that may have been started. */
  run(flags: RawFlags, early: EarlyWorkers): Promise<number>;
}

/** These flags of the leader, in the order of its help text, with changes. */
function some(names: readonly string[], changes: Flags = {}): Flags {
  return Object.fromEntries(names.map((name) => [name, { ...(FLAGS[name] as Flag), ...changes[name] }]));
}

async function runLeader(flags: RawFlags, early: EarlyWorkers): Promise<number> {
  const options = await leaderOptions(flags);
  const source = await workerSource(options.cluster, tokenOfEnvironment());
  const local = source.local > 0 && !options.cluster.dryRun ? early.take(source.local) : undefined;
  return (await import('./leader.js')).leader(options, source, local);
}

const WORKER: Flags = {
  port: {
    group: 'Listening',
    value: 'PORT',
    describe: 'port to listen on; 0: any free one',
    default: 'first free of 50051-50066',
  },
  host: {
    group: 'Listening',
    value: 'ADDRESS',
    describe: 'address of this machine to listen on; 0.0.0.0: all of them',
    default: '127.0.0.1',
  },
  insecure: { group: 'Listening', describe: 'accept leaders of other machines without certificate and token' },
  ...Object.fromEntries(ACCESS_FLAGS.map((name) => [name, { ...(FLAGS[name] as Flag), group: 'Listening' }])),
  join: {
    group: 'Joining a leader',
    value: 'HOST:PORT',
    describe: 'register with a leader that was started with "--listen HOST:PORT"',
  },
  retries: {
    group: 'Joining a leader',
    value: 'N',
    describe: 'with --join: end after N further attempts in a row that failed',
    default: 'no limit',
  },
  slots: {
    group: 'Computing',
    value: 'N',
    describe: 'shards computed at the same time, one thread each',
    default: 'one for each core',
  },
  kernel: {
    group: 'Computing',
    value: 'NAME',
    describe: 'kernels to offer: simd, gpu, cpu; auto offers all',
    default: 'auto',
    choices: ['auto', 'simd', 'gpu', 'cpu'],
  },
  'scene-memory': {
    group: 'Computing',
    value: 'BYTES',
    describe: 'memory for what leaders send for their jobs: palettes, reference orbits',
    default: '512M',
  },
  'drain-timeout': {
    group: 'Computing',
    value: 'SECONDS',
    describe: 'after Ctrl-C or SIGTERM, drop the shards that are not finished by then',
    default: '60',
  },
  metrics: {
    ...(FLAGS.metrics as Flag),
    group: 'Reports',
    describe: 'print metrics at the end of each session with a leader, as text or json; without FORMAT text',
  },
  quiet: { group: 'Reports', describe: 'print errors only, and metrics with --metrics', alias: 'q' },
  verbose: FLAGS.verbose as Flag,
  'log-level': FLAGS['log-level'] as Flag,
};

async function runWorker(flags: RawFlags): Promise<number> {
  const { port, slots, kernel = 'auto', join, retries } = flags;
  if (!['auto', 'simd', 'gpu', 'cpu'].includes(kernel)) {
    throw invalid(`--kernel "${kernel}" is not one of auto, simd, gpu, cpu`);
  }
  const host = await (await import('./listen-host.js')).listenHost(flags.host ?? '127.0.0.1');
  const attempts = retries === undefined ? undefined : whole('retries', retries, 0, 1_000_000);
  const access = readAccess(accessFiles(flags), tokenOfEnvironment(), new Date());
  if (retries !== undefined && join === undefined) {
    process.stderr.write('warning: --retries has no effect without --join\n');
  }
  const reports = { verbosity: verbosityOf(flags), metrics: metricsFormat(flags.metrics) };
  const options = {
    ...(port === undefined ? {} : { port: whole('port', port, 0, 65_535) }),
    host,
    ...(slots === undefined ? {} : { slots: whole('slots', slots, 1, 1_024) }),
    kernel: kernel as 'auto' | 'simd' | 'gpu' | 'cpu',
    ...(join === undefined ? {} : { join: joinable(address('join', join), host) }),
    ...(attempts === undefined ? {} : { retries: attempts }),
    insecure: flags.insecure === 'true',
    sceneBytes: sizeOf('scene-memory', flags['scene-memory'] ?? '512M'),
    drainSeconds: whole('drain-timeout', flags['drain-timeout'] ?? '60', 0, 1_000_000),
    access,
  };
  return (await import('./worker.js')).worker(options, reports);
}

/** A leader elsewhere must be able to dial back. */
function joinable(leader: Address, host: string): Address {
  if (!isLoopback(host) || isLoopback(leader.host)) return leader;
  throw invalid(`--join ${addressText(leader)} cannot dial ${host}: listen where it can, with --host 0.0.0.0`);
}

/** The leader's flags; centre and iterations under plainer names, too. */
const LOCATE = some(
  [
    ...['xpos', 'ypos', 'location', 'zoom', 'view-width', 'width', 'height', 'iters', 'formula', 'power'],
    ...['quiet', 'json', 'timeout'],
  ],
  {
    xpos: { ...(FLAGS.xpos as Flag), alias: ['x', 're'] },
    ypos: { ...(FLAGS.ypos as Flag), alias: ['y', 'im'] },
    iters: { group: 'View', value: 'N', describe: 'longest period to look for', default: 'by depth' },
  },
);

const CERTS: Flags = {
  hostfile: {
    group: 'Certificates',
    value: 'FILE',
    describe: 'hosts to make certificates for; - reads stdin',
    default: './hostfile',
  },
  out: { group: 'Certificates', value: 'FOLDER', describe: 'folder to write to', default: './certs' },
  days: { group: 'Certificates', value: 'N', describe: 'days that the certificates are valid', default: '365' },
  leader: {
    group: 'Certificates',
    value: 'NAMES',
    describe: 'names and addresses of the leader, separated by commas',
    default: 'those of this machine',
  },
  force: { group: 'Certificates', describe: 'replace certificates that are there already; the CA stays' },
};

async function runCerts({ hostfile, out, days, leader, force }: RawFlags): Promise<number> {
  return (await import('./certs.js')).certs({
    hostfile: hostfile ?? DEFAULT_HOSTFILE,
    out: out ?? 'certs',
    days: whole('days', days ?? '365', 1, 3_650),
    leader: leader === undefined ? [] : parseHosts(leader, '--leader').map(({ host }) => host),
    force: force === 'true',
  });
}

const PALETTES: Flags = {
  outfile: { group: 'Output', value: 'FILE', describe: 'write swatches as a PNG, with names', alias: 'o' },
  color: {
    group: 'Output',
    value: 'WHEN',
    describe: 'colours in the terminal: always, never, auto (not into a file or pipe, nor with NO_COLOR)',
    default: 'auto',
    choices: ['auto', 'always', 'never'],
  },
};

/** By name, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  leader: {
    summary: 'render a picture or a film on workers',
    flags: LEADER_FLAGS,
    examples: [
      ['fractal leader --local', 'the default view, on all cores of this machine'],
      [
        'fractal leader --hostfile hosts -x -1.7687 -y -0.0017 --zoom 2e4 -o detail.png',
        'on the workers of a hostfile',
      ],
      ['fractal leader -x -0.743643887 -y 0.131825904 --zoom-end 1e9 --frames 300 -o zoom.mp4', 'a zoom film'],
      ['fractal leader --samples 16 --palette Hippi --width 3840 --height 2160', 'a poster, 16 samples a pixel'],
    ],
    run: runLeader,
  },
  recolor: {
    summary: 'paint stored samples in other colours, without computing',
    flags: some(recolorFlags()),
    examples: [
      ['fractal recolor --location picture.png --palette Hippi -o hippi.png', 'after "leader --keep-samples"'],
    ],
    run: async (flags) => (await import('./recolor.js')).recolor(await leaderOptions(flags)),
  },
  worker: {
    summary: 'compute for leaders, until Ctrl-C',
    flags: WORKER,
    examples: [
      ['fractal worker', 'for leaders of this machine'],
      ['fractal worker --host 0.0.0.0 --token-file token', 'for leaders that have the token'],
      ['fractal worker --host 0.0.0.0 --token-file token --join leader:50050', 'registers with the leader'],
    ],
    run: runWorker,
  },
  locate: {
    summary: 'find the minibrot of a view: period, nucleus, size',
    flags: LOCATE,
    examples: [['fractal locate --re -1.76 --im 0 --zoom 50', 'the minibrot of a view, and how to render it']],
    run: async (flags) => (await import('./locate.js')).locate(await leaderOptions(flags)),
  },
  certs: {
    summary: 'make certificates for the hosts of a hostfile',
    flags: CERTS,
    run: runCerts,
  },
  palettes: {
    summary: 'show the palettes',
    flags: PALETTES,
    run: async ({ outfile, color }) => (await import('./palettes.js')).palettes(outfile, color),
  },
  doctor: {
    summary: 'show what this machine has, and how to install the rest',
    flags: {},
    run: async () => (await import('./doctor.js')).doctor(),
  },
  version: {
    summary: 'print the version',
    flags: {},
    async run() {
      process.stdout.write(`fractal ${VERSION} (node ${process.version})\n`);
      return 0;
    },
  },
  completion: {
    summary: 'print a script for the completion of bash and zsh',
    flags: {},
    examples: [['source <(fractal completion)', 'in ~/.bashrc or ~/.zshrc']],
    async run() {
      process.stdout.write((await import('./completion-script.js')).completionScript());
      return 0;
    },
  },
};
