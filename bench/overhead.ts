/** What a service adds to a job: beside `fractal leader`, by turns, on the same worker of one slot, which runs all the time. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostfileOf, leader, type WorkerProcess, worker } from './program.js';
import { cpuSecondsOf, type ServiceProcess, service } from './service.js';
import { median, print } from './table.js';

const RUNS = 3;
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', outfile: 'x.png' };
/** About 20 s of a core, and nothing: what a leader or the service does for any job is subtracted. */
const LONG = { ...PLACE, width: 2560, height: 1440, iters: 3000, samples: 20 };
const SHORT = { ...PLACE, width: 16, height: 16, iters: 100 };

interface Run {
  /** Seconds from the first shard that the worker received to the last answer that it sent. */
  readonly wall: number;
  /** Seconds of a core: of the worker, and of the leader or the service. */
  readonly worker: number;
  readonly leader: number;
}

type Way = (order: object, seed: number) => Promise<Run>;

export async function overhead(place: string): Promise<void> {
  const trace = join(place, 'trace');
  const own = await worker({ FRACTAL_TRACE: 'protocol', FRACTAL_TRACE_FILE: trace });
  const hosts = join(place, 'hosts');
  writeFileSync(hosts, hostfileOf([own]));
  const running = await service(join(place, 'beside'), ['--hostfile', hosts]);
  const ways = [byService(running, own, trace), byLeader(hosts, own, trace, place)] as const;
  const results: Run[][] = [[], []];
  /** Another picture each time, which no store has. */
  let seed = 0;
  for (let run = 0; run <= RUNS; run++)
    for (const [at, way] of ways.entries()) {
      const short = await way(SHORT, ++seed);
      const long = await way(run === 0 ? SHORT : LONG, ++seed);
      // The first ones warm up.
      if (run === 0) continue;
      const more = { worker: long.worker - short.worker, leader: long.leader - short.leader };
      results[at]?.push({ wall: long.wall, ...more });
    }
  await running.stop();
  own.child.kill('SIGKILL');
  const columns: readonly ((run: Run) => number)[] = [
    ({ wall }) => wall,
    (run) => run.worker,
    (run) => run.leader,
    (run) => run.worker + run.leader,
  ];
  const [served = [], led = []] = results;
  const rows = [served, led].map((runs, at) => [
    ['serve', 'leader'][at] as string,
    ...columns.map((of) => median(runs.map(of)).toFixed(2)),
  ]);
  const ratio = (of: (run: Run) => number) => median(served.map((run, k) => of(run) / of(led[k] as Run))).toFixed(3);
  print(
    'One still on one slot of a worker that runs: seconds from the first shard to the last answer, and seconds of a core, without those of a tiny job',
    ['', 'wall', 'worker', 'serve or leader', 'both'],
    [...rows, ['ratio', ...columns.map(ratio)]],
  );
}

function byService(one: ServiceProcess, own: WorkerProcess, trace: string): Way {
  return async (order, seed) => {
    const before = one.cpuSeconds();
    const run = await seen(own, trace, async () => {
      const { id } = await one.send('POST', '/v1/jobs', { ...order, seed });
      await one.event(id, (text) => text.includes('"state":"succeeded"'));
    });
    return { ...run, leader: one.cpuSeconds() - before };
  };
}

function byLeader(hosts: string, own: WorkerProcess, trace: string, place: string): Way {
  return async (order, seed) => {
    const { outfile, ...flags } = order as typeof LONG;
    const words = Object.entries({ ...flags, seed }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const log = join(place, `cpu ${seed}`);
    const env = { NODE_OPTIONS: `--import ${new URL('./cpu-time.js', import.meta.url).href}`, BENCH_CPU_TIMES: log };
    const run = await seen(own, trace, () => leader(['--hostfile', hosts, '-o', join(place, outfile), ...words], env));
    return { ...run, leader: Number(readFileSync(log, 'utf8')) };
  };
}

/** What the worker did meanwhile, by the messages that it noted. */
async function seen(own: WorkerProcess, trace: string, act: () => Promise<unknown>): Promise<Omit<Run, 'leader'>> {
  const cpu = () => cpuSecondsOf(own.child.pid ?? 0);
  const from = readFileSync(trace, 'utf8').length;
  const before = cpu();
  await act();
  const lines = readFileSync(trace, 'utf8').slice(from).split('\n').filter(Boolean);
  const messages = lines.map((line): { kind: string; time: number } => JSON.parse(line));
  const times = messages.filter(({ kind }) => kind === 'assign' || kind === 'result').map(({ time }) => time);
  return { wall: (Math.max(...times) - Math.min(...times)) / 1000, worker: cpu() - before };
}
