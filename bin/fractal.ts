/** The command line: which command, its flags, its help. A command's own code is loaded when it runs. */

import yargs, { type Argv } from 'yargs';
import { isLoopback, readAccess } from '../src/cluster/access.js';
import { parseHosts } from '../src/cluster/hostfile.js';
import { type Address, addressText } from '../src/cluster/transport.js';
import { crewOf } from './crew.js';
import { tokenOfEnvironment } from './environment.js';
import {
  ACCESS_FLAGS,
  accessFiles,
  address,
  FLAG_NAMES,
  FLAGS,
  FORMULAS,
  invalid,
  leaderOptions,
  recolorFlags,
  refuseUnknown,
  sizeOf,
  whole,
  yargsOptions,
} from './flags.js';
import { DEFAULT_HOSTFILE, startLocalWorkers } from './local.js';
import { VERSION } from './version.js';

type Arguments = Record<string, unknown>;

const EXAMPLES: readonly [string, string][] = [
  ['fractal leader --local', 'the default view, on all cores of this machine'],
  ['fractal leader --hostfile hosts -x -1.7687 -y -0.0017 --zoom 2e4 -o detail.png', 'on the workers of a hostfile'],
  ['fractal leader --frames 300 --zoom-end 1e9 -o zoom.mp4', 'a zoom film'],
  ['fractal leader --samples 16 --palette Hippi --width 3840 --height 2160', 'a poster, 16 samples a pixel'],
];

function leaderCommand(y: Argv): Argv {
  let command = y.options(yargsOptions());
  for (const [line, what] of EXAMPLES) command = command.example(line, what);
  return command;
}

const WORKER_FLAGS = [
  ...['port', 'host', 'slots', 'kernel', 'quiet', 'join', 'insecure', 'scene-memory'],
  ...ACCESS_FLAGS,
] as const;

function workerCommand(y: Argv): Argv {
  const access = ACCESS_FLAGS.map((name) => {
    const describe = FLAGS[name]?.describe;
    return [name, { type: 'string', requiresArg: true, describe }] as const;
  });
  return y.options({
    port: { type: 'string', describe: 'port to listen on; 0: any', defaultDescription: 'first free of 50051-50066' },
    host: { type: 'string', describe: 'address to listen on', defaultDescription: '127.0.0.1' },
    slots: { type: 'string', describe: 'shards computed at once', defaultDescription: 'one a core' },
    kernel: {
      type: 'string',
      describe: 'what to offer: auto (all), simd, gpu, cpu',
      defaultDescription: 'auto',
    },
    join: {
      type: 'string',
      requiresArg: true,
      describe: 'host:port of a leader that listens: say there that I am here',
    },
    'scene-memory': {
      type: 'string',
      requiresArg: true,
      describe: 'memory for what leaders send for their jobs: palettes, reference orbits',
      defaultDescription: '512M',
    },
    ...Object.fromEntries(access),
    insecure: { type: 'boolean', describe: 'listen beyond this machine though anybody may join' },
    quiet: { type: 'boolean', alias: 'q', describe: 'nothing but errors' },
  });
}

const LOCATE_FLAGS = [
  ...['xpos', 'ypos', 'zoom', 'view-width', 'location', 'formula', 'power', 'width', 'height', 'iters'],
  ...['json', 'quiet', 'timeout'],
];

/** The same flags as the leader's, under plainer names, too. */
function locateCommand(y: Argv): Argv {
  const known = yargsOptions();
  const options = Object.fromEntries(LOCATE_FLAGS.map((name) => [name, known[name] ?? {}]));
  return y
    .options({
      ...options,
      xpos: { ...options.xpos, alias: ['x', 're'] },
      ypos: { ...options.ypos, alias: ['y', 'im'] },
      iters: { ...options.iters, describe: 'the longest period to look at', defaultDescription: 'by depth' },
    })
    .example('fractal locate --re -1.76 --im 0 --zoom 50', 'the minibrot of a view, and how to render it');
}

async function runLocate(argv: Arguments): Promise<number> {
  refuseUnknown(argv, new Set([...namesOf(LOCATE_FLAGS), 're', 'im']));
  return (await import('./locate.js')).locateView(await leaderOptions(argv));
}

async function runLeader(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf([...FLAG_NAMES]));
  const options = await leaderOptions(argv);
  const crew = await crewOf(options.cluster, tokenOfEnvironment());
  const local =
    crew.local > 0 && !options.cluster.dryRun ? startLocalWorkers(crew.local, options.request.kernel) : undefined;
  return (await import('./leader.js')).leader(options, crew, local);
}

function recolorCommand(y: Argv): Argv {
  const known = yargsOptions();
  return y
    .options(Object.fromEntries(recolorFlags().map((name) => [name, known[name] ?? {}])))
    .example(
      'fractal recolor --location picture.png --palette Hippi -o hippi.png',
      'rendered with --keep-samples before',
    );
}

async function runRecolor(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf(recolorFlags()));
  return (await import('./recolor.js')).recolor(await leaderOptions(argv));
}

async function runWorker(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf([...WORKER_FLAGS]));
  const flags = argv as Record<string, string | undefined>;
  const { port, host, slots, kernel, join } = flags;
  if (kernel !== undefined && !['auto', 'simd', 'gpu', 'cpu'].includes(kernel)) {
    throw invalid(`--kernel "${kernel}" is not one of auto, simd, gpu, cpu`);
  }
  return (await import('./worker.js')).worker({
    ...(port === undefined ? {} : { port: whole('port', port, 0, 65_535) }),
    host: host ?? '127.0.0.1',
    ...(slots === undefined ? {} : { slots: whole('slots', slots, 1, 1_024) }),
    kernel: (kernel ?? 'auto') as 'auto' | 'simd' | 'gpu' | 'cpu',
    quiet: argv.quiet === true,
    ...(join === undefined ? {} : { join: joinable(address('join', join), host ?? '127.0.0.1') }),
    insecure: argv.insecure === true,
    sceneBytes: sizeOf('scene-memory', flags['scene-memory'] ?? '512M'),
    access: readAccess(accessFiles(flags), tokenOfEnvironment(), new Date()),
  });
}

/** A leader elsewhere must be able to dial back. */
function joinable(leader: Address, host: string): Address {
  if (!isLoopback(host) || isLoopback(leader.host)) return leader;
  throw invalid(`--join ${addressText(leader)} cannot dial ${host}: listen where it can, with --host 0.0.0.0`);
}

const CERTS_FLAGS = ['hostfile', 'out', 'days', 'leader', 'force'] as const;

function certsCommand(y: Argv): Argv {
  const text = (describe: string, defaultDescription: string) =>
    ({ type: 'string', requiresArg: true, describe, defaultDescription }) as const;
  return y.options({
    hostfile: text('hosts to make certificates for; - reads stdin', './hostfile'),
    out: text('folder to write to', './certs'),
    days: text('how long certificates are good', '365'),
    leader: text('names and addresses of the leader, between commas', 'those of this machine'),
    force: { type: 'boolean', describe: 'make anew what is there already; the CA stays' },
  });
}

async function runCerts(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf([...CERTS_FLAGS]));
  const { hostfile, out, days, leader } = argv as Record<string, string | undefined>;
  return (await import('./certs.js')).certs({
    hostfile: hostfile ?? DEFAULT_HOSTFILE,
    out: out ?? 'certs',
    days: whole('days', days ?? '365', 1, 3_650),
    leader: leader === undefined ? [] : parseHosts(leader, '--leader').map(({ host }) => host),
    force: argv.force === true,
  });
}

async function runPalettes(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf(['outfile']));
  return (await import('./palettes.js')).palettes(argv.outfile as string | undefined);
}

async function runDoctor(argv: Arguments): Promise<number> {
  refuseUnknown(argv, namesOf([]));
  return (await import('./doctor.js')).doctor();
}

/** A flag, its aliases, and the spellings that yargs adds. */
function namesOf(flags: string[]): Set<string> {
  const names = new Set(['help', 'version', 'h']);
  for (const flag of flags) {
    const { alias = [] } = FLAGS[flag] ?? {};
    for (const name of [
      flag,
      ...[alias].flat(),
      ...(flag === 'quiet' ? ['q'] : []),
      ...(flag === 'outfile' ? ['o'] : []),
    ]) {
      names.add(name);
      names.add(name.replace(/-([a-z])/g, (_, c: string) => c.toUpperCase()));
    }
  }
  return names;
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--formula': FORMULAS,
  '--shard': ['row', 'tile', 'auto'],
  '--kernel': ['auto', 'simd', 'gpu', 'cpu'],
  '--interpolation': ['oklab', 'linear', 'cosine'],
  '--color-mode': ['palette', 'distance', '0', '1', '2', '3', '4', '5', '6', '7', '8'],
};

async function completions(current: string, before: string | undefined): Promise<string[]> {
  const values =
    before === '--palette' ? (await import('../src/render/palette.js')).paletteNames() : VALUES[before ?? ''];
  if (values) return values.filter((value) => value.toLowerCase().startsWith(current.toLowerCase()));
  const flags = [
    ...Object.keys(FLAGS).map((name) => `--${name}`),
    ...['--re', '--im'],
    ...['leader', 'recolor', 'worker', 'locate', 'certs', 'palettes', 'doctor', 'version'],
  ];
  return flags.filter((flag) => flag.startsWith(current));
}

/** Runs a command line; resolves with its exit code. */
export async function main(words: string[]): Promise<number> {
  let code = 0;
  const run = (command: (argv: Arguments) => Promise<number>) => async (argv: Arguments) => {
    code = await command(argv);
  };
  const parser = yargs(words)
    .scriptName('fractal')
    .usage(
      'fractal <command> [flags]\n\nRenders fractals at any depth on a cluster of peers, as stills and as zoom films.',
    )
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'boolean-negation': true })
    .command('leader', 'render a picture or a film on workers', leaderCommand, run(runLeader))
    .command('recolor', 'paint stored samples anew, without computing', recolorCommand, run(runRecolor))
    .command('worker', 'compute for leaders', workerCommand, run(runWorker))
    .command('locate', 'find the minibrot of a view: period, nucleus, size', locateCommand, run(runLocate))
    .command('certs', 'make certificates for the hosts of a hostfile', certsCommand, run(runCerts))
    .command(
      'palettes',
      'show the palettes',
      (y) => y.option('outfile', { type: 'string', alias: 'o', describe: 'a PNG of swatches' }),
      run(runPalettes),
    )
    .command('doctor', 'what this machine has, and what brings the rest', {}, run(runDoctor))
    .command('version', 'print the version', {}, () => {
      process.stdout.write(`fractal ${VERSION} (node ${process.version})\n`);
    })
    .completion('completion', 'print a script for shell completion', (current, argv, done) => {
      const typed = (argv as { _: string[] })._;
      const line = process.argv.slice(process.argv.indexOf('--get-yargs-completions') + 1);
      void completions(current, line.at(-2) ?? typed.at(-1)).then(done);
    })
    .demandCommand(1, 1)
    .version(false)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .epilogue('fractal <command> --help explains the flags of a command.')
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? invalid(`${message.replace(/\n+/g, ' ')}: see fractal --help`);
    });
  if (words.length === 0) {
    process.stdout.write(`${await parser.getHelp()}\n`);
    return 0;
  }
  const known = ['leader', 'recolor', 'worker', 'locate', 'certs', 'palettes', 'doctor', 'version', 'completion'];
  const first = words[0] as string;
  if (!first.startsWith('-') && !known.includes(first)) {
    throw invalid(`"${first}" is not a command: use ${known.join(', ')}`);
  }
  await parser.parseAsync();
  return code;
}
