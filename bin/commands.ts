/** The commands: what each does, and what runs. Flags come from the table; the code of a command is loaded when it runs. */

import { thisProgram } from '../src/app/version.js';
import { DEFAULT_HOSTFILE, workerSource } from '../src/app/worker-source.js';
import { isLoopback, readAccess } from '../src/cluster/access.js';
import { parseHosts } from '../src/cluster/hostfile.js';
import { type Address, addressText } from '../src/cluster/transport.js';
import { ACCESS_FLAGS } from '../src/request/flags/access.js';
import { CERTS_FLAGS } from '../src/request/flags/certs.js';
import type { CommandName } from '../src/request/flags/flag.js';
import { flagsOf } from '../src/request/flags/index.js';
import { LOG_FLAGS } from '../src/request/flags/log.js';
import { OLDER_FLAGS } from '../src/request/flags/older.js';
import { PALETTES_FLAGS } from '../src/request/flags/palettes.js';
import { WORKER_FLAGS } from '../src/request/flags/worker.js';
import { invalid, type RawFlags, valuesOf } from '../src/request/values.js';
import { CLIENT_COMMANDS } from './client-commands.js';
import type { Command } from './command.js';
import { tokenOfEnvironment } from './environment.js';
import type { EarlyWorkers } from './local.js';
import { accessFiles, leaderOptions } from './options.js';
import { verbosityOf } from './verbosity.js';

async function runLeader(flags: RawFlags, early: EarlyWorkers): Promise<number> {
  const options = await leaderOptions(flags);
  const source = await workerSource(options.cluster, tokenOfEnvironment());
  const local = source.local > 0 && !options.cluster.dryRun ? early.take(source.local) : undefined;
  return (await import('./leader.js')).leader(options, source, local);
}

async function runWorker(flags: RawFlags): Promise<number> {
  const v = valuesOf(WORKER_FLAGS, flags);
  const host = await (await import('./listen-host.js')).listenHost(v.host);
  const access = readAccess(accessFiles(valuesOf(ACCESS_FLAGS, flags)), tokenOfEnvironment(), new Date());
  if (v.retries !== undefined && v.join === undefined) {
    process.stderr.write('warning: --retries has no effect without --join\n');
  }
  if (!v.sandbox && !v.povray) process.stderr.write('warning: --no-sandbox has no effect without --povray\n');
  const options = {
    ...(v.port === undefined ? {} : { port: v.port }),
    host,
    ...(v.slots === undefined ? {} : { slots: v.slots }),
    kernel: v.kernel,
    ...(v.join === undefined ? {} : { join: joinable(v.join, host) }),
    ...(v.retries === undefined ? {} : { retries: v.retries }),
    insecure: v.insecure,
    sceneBytes: v['scene-memory'],
    ...(v.povray ? { povray: { path: process.env.PATH ?? '', unconfined: !v.sandbox } } : {}),
    drainSeconds: v['drain-timeout'],
    access,
  };
  const reports = {
    verbosity: verbosityOf({ ...v, ...valuesOf(LOG_FLAGS, flags) }),
    metrics: v.metrics ?? false,
  } as const;
  return (await import('./worker.js')).worker(options, reports);
}

/** A leader elsewhere must be able to dial back. */
function joinable(leader: Address, host: string): Address {
  if (!isLoopback(host) || isLoopback(leader.host)) return leader;
  throw invalid(`--join ${addressText(leader)} cannot dial ${host}: listen where it can, with --host 0.0.0.0`);
}

async function runServe(flags: RawFlags, early: EarlyWorkers): Promise<number> {
  const { serve, serviceOptions } = await import('./serve.js');
  const options = serviceOptions(flags);
  const source = await workerSource(options.source, tokenOfEnvironment());
  if (options.povray && source.local === 0)
    process.stderr.write('warning: --povray has no effect without --local: start "fractal worker --povray"\n');
  if (!options.povray || source.local === 0)
    return serve(options, source, source.local > 0 ? early.take(source.local, { viewers: true }) : undefined);
  const { openSceneWorkers } = await import('../src/app/local-workers.js');
  const local = await openSceneWorkers(source.local, process.env.PATH ?? '', options.povray.sandbox);
  try {
    return await serve(options, source, local);
  } finally {
    await local.close();
  }
}

async function runCerts(flags: RawFlags): Promise<number> {
  const { hostfile = DEFAULT_HOSTFILE, out = 'certs', days, leader, force } = valuesOf(CERTS_FLAGS, flags);
  return (await import('./certs.js')).certs({
    hostfile,
    out,
    days,
    leader: leader === undefined ? [] : parseHosts(leader, '--leader').map(({ host }) => host),
    force,
  });
}

/** By name, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  leader: {
    summary: 'render a picture or a film on workers',
    flags: flagsOf('leader'),
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
  scene: {
    summary: 'render a POV-Ray scene on workers',
    flags: flagsOf('scene'),
    examples: [
      ['fractal scene kitchen.pov --local --width 1920 --height 1080', 'a picture, on all cores of this machine'],
      ['fractal scene flight/ --frames 250 --clock 0:1 --hostfile hosts -o flight.mp4', 'an animation'],
    ],
    run: async (flags) => (await import('./scene.js')).scene(flags),
  },
  recolor: {
    summary: 'paint stored samples in other colours, without computing',
    flags: flagsOf('recolor'),
    examples: [
      ['fractal recolor --location picture.png --palette Hippi -o hippi.png', 'after "leader --keep-samples"'],
    ],
    run: async (flags) => (await import('./recolor.js')).recolor(await leaderOptions(flags)),
  },
  worker: {
    summary: 'compute for leaders, until Ctrl-C',
    flags: flagsOf('worker'),
    examples: [
      ['fractal worker', 'for leaders of this machine'],
      ['fractal worker --host 0.0.0.0 --token-file token', 'for leaders that have the token'],
      ['fractal worker --host 0.0.0.0 --token-file token --join leader:50050', 'registers with the leader'],
    ],
    run: runWorker,
  },
  serve: {
    summary: 'render the jobs of many clients, over HTTP',
    flags: flagsOf('serve'),
    examples: [
      ['fractal serve', 'for clients of this machine, on its cores'],
      ['fractal serve --hostfile hosts --listen 0.0.0.0:50050 --token-file token', 'on a cluster that grows'],
      ['fractal serve --http 0.0.0.0:8080 --http-tokens tokens', 'for clients that have a token'],
    ],
    run: runServe,
  },
  request: {
    summary: 'send a request to a service that was started with --socket, and write its answer',
    flags: flagsOf('request'),
    examples: [['fractal request zoom.json --to 127.0.0.1:65432 -o received_video.mp4', 'a film of the service']],
    run: async (flags) => (await import('./request.js')).request(valuesOf(OLDER_FLAGS, flags)),
  },
  mpi: {
    summary: 'render a picture by the arguments of an older MPI renderer',
    flags: flagsOf('mpi'),
    examples: [['fractal mpi -- --width 1024 --height 1024 --iterations 500 --output fractal.png', 'as it was called']],
    run: async (flags, early) => (await import('./mpi.js')).mpi(flags, early),
  },
  ...CLIENT_COMMANDS,
  autoscale: {
    summary: 'keep as many workers in a Kubernetes cluster as the jobs of a service need',
    flags: flagsOf('autoscale'),
    examples: [
      ['fractal autoscale --url http://fractal:8080 --max 20 --slots-per-worker 4', 'in a pod of the cluster'],
      ['kubectl proxy & fractal autoscale --kubernetes http://127.0.0.1:8001', 'from outside'],
    ],
    run: async (flags) => (await import('./autoscale.js')).autoscale(flags),
  },
  locate: {
    summary: 'find the minibrot of a view: period, nucleus, size',
    flags: flagsOf('locate'),
    examples: [['fractal locate --re -1.76 --im 0 --zoom 50', 'the minibrot of a view, and how to render it']],
    run: async (flags) => (await import('./locate.js')).locate(await leaderOptions(flags)),
  },
  certs: {
    summary: 'make certificates for the hosts of a hostfile',
    flags: flagsOf('certs'),
    run: runCerts,
  },
  'install-service': {
    summary: 'write a systemd unit for a worker or a service',
    flags: flagsOf('install-service'),
    examples: [
      ['sudo fractal install-service worker -- --host 0.0.0.0 --token-file /etc/fractal/token', 'for other machines'],
      ['fractal install-service serve --user', 'a service of your own'],
      ['fractal install-service worker --dry-run', 'print the unit'],
    ],
    run: async (flags) => (await import('./install-service.js')).installService(flags),
  },
  palettes: {
    summary: 'show the palettes',
    flags: flagsOf('palettes'),
    examples: [['fractal palettes --preview picture.png -o sheet.png', 'the place of a picture in all palettes']],
    async run(flags, early) {
      const { outfile, color, preview } = valuesOf(PALETTES_FLAGS, flags);
      const { palettes, previewPalettes } = await import('./palettes.js');
      return preview === undefined
        ? palettes(outfile, color)
        : previewPalettes(preview, outfile ?? 'palettes.png', early);
    },
  },
  doctor: {
    summary: 'show what this machine has, and how to install the rest',
    flags: {},
    run: async () => (await import('./doctor.js')).doctor(),
  },
  version: {
    summary: 'print the version and the build identity',
    flags: {},
    async run() {
      const { version, build } = thisProgram();
      process.stdout.write(`fractal ${version} (node ${process.version}, build ${build.slice(0, 12)})\n`);
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
} satisfies Readonly<Record<CommandName, Command>>;
