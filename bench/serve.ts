/** What a service costs: submissions, its start with a long history, the way to the first shard, and beside `fractal leader`. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, ended } from '../src/service/life.js';
import { openSqliteQueue } from '../src/service/sqlite/queue.js';
import { hostfileOf, leader, worker } from './program.js';
import { type ServiceProcess, service } from './service.js';
import { median, print } from './table.js';

const SUBMISSIONS = 900;
const HISTORY = 10_000;
const STARTS = 7;
const STILLS = 15;
const RUNS = 5;
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', outfile: 'x.png' };
const SMALL = { ...PLACE, width: 64, height: 36, iters: 500 };
const LARGE = { ...PLACE, width: 640, height: 360, iters: 3000, samples: 16 };

export async function serve(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'fractal-serve-'));
  try {
    await submissions(join(place, 'submissions'));
    await starts(join(place, 'history'), join(place, 'empty'));
    await firstShards(join(place, 'first'));
    await beside(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Jobs wait: none of a paused queue is rendered, so that the machine's cores do nothing else. */
async function submissions(data: string): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const connections of [1, 8]) {
    // Nothing listens there.
    const one = await service(`${data}${connections}`, ['--host', '127.0.0.1:1', '--retries', '0']);
    const times: number[] = [];
    let left = SUBMISSIONS;
    const [from, cpu] = [performance.now(), one.cpuSeconds()];
    const client = async () => {
      while (left-- > 0) {
        const sent = performance.now();
        await one.send('POST', '/v1/jobs', SMALL);
        times.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: connections }, client));
    const seconds = (performance.now() - from) / 1000;
    const cpuMs = (1000 * (one.cpuSeconds() - cpu)) / SUBMISSIONS;
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(share * times.length)] as number).toFixed(1);
    rows.push([connections, Math.round(SUBMISSIONS / seconds), at(0.5), at(0.99), cpuMs.toFixed(2)]);
    await one.stop();
  }
  print(
    `${SUBMISSIONS} submissions, each on the disk when it is answered`,
    ['connections', 'a second', 'median ms', '99 % ms', 'CPU ms each'],
    rows,
  );
}

async function starts(full: string, empty: string): Promise<void> {
  await writeHistory(full);
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < STARTS; run++)
    for (const [at, data] of [full, empty].entries()) {
      const one = await service(data, ['--local', '1']);
      times[at]?.push(one.startMs);
      // As a fault ends it.
      one.child.kill('SIGKILL');
      await new Promise((resolve) => one.child.once('close', resolve));
    }
  const [long, none] = times.map(median) as [number, number];
  const row = [HISTORY, Math.round(long), Math.round(none), (long / none).toFixed(2)];
  print(
    'From the start of the process to its first answer, after kill -9: median ms',
    ['jobs', 'with them', 'without', 'ratio'],
    [row],
  );
}

async function firstShards(data: string): Promise<void> {
  const one = await service(data, ['--local', '1']);
  const times: number[] = [];
  for (let k = 0; k < STILLS; k++) {
    const from = performance.now();
    const { id } = await one.send('POST', '/v1/jobs', { ...LARGE, samples: 4, seed: k });
    await one.event(id, (text) => /"samplesDone":[1-9]/.test(text));
    times.push(performance.now() - from);
    await one.send('POST', `/v1/jobs/${id}/cancel`).catch(() => undefined);
  }
  await one.stop();
  print(
    'From the submission of a still until a client has heard of its first shard: ms',
    ['median', 'longest'],
    [[Math.round(median(times)), Math.round(Math.max(...times))]],
  );
}

/** The same job on the same worker, of one slot, by turns. */
async function beside(place: string): Promise<void> {
  const own = await worker();
  const hosts = join(place, 'hosts');
  writeFileSync(hosts, hostfileOf([own]));
  const running = await service(join(place, 'beside'), ['--hostfile', hosts]);
  const results: { wall: number; cpu: number }[][] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    const pair = [await byService(running, run), await byLeader(hosts, run, place)];
    // The first pair warms the worker up.
    if (run > 0) for (const [at, one] of pair.entries()) results[at]?.push(one);
  }
  await running.stop();
  own.child.kill('SIGKILL');
  const rows = results.map((runs, at) => [
    ['serve', 'leader'][at] as string,
    ...(['wall', 'cpu'] as const).map((name) => median(runs.map((one) => one[name])).toFixed(2)),
  ]);
  const ratio = (name: 'wall' | 'cpu') =>
    median((results[0] ?? []).map((one, k) => one[name] / (results[1]?.[k]?.[name] ?? 1))).toFixed(3);
  print(
    'One still on one slot of a worker: seconds from the start of the leader, or the submission, to the end; and seconds of a core',
    ['', 'wall', 'cpu'],
    [...rows, ['ratio', ratio('wall'), ratio('cpu')]],
  );
}

async function byService(one: ServiceProcess, seed: number) {
  const [from, before] = [performance.now(), one.cpuSeconds()];
  const { id } = await one.send('POST', '/v1/jobs', { ...LARGE, seed });
  await one.event(id, (text) => text.includes('"state":"succeeded"'));
  return { wall: (performance.now() - from) / 1000, cpu: one.cpuSeconds() - before };
}

async function byLeader(hosts: string, seed: number, place: string) {
  const { outfile, ...order } = LARGE;
  const words = Object.entries({ ...order, seed }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const log = join(place, `cpu ${seed}`);
  const env = { NODE_OPTIONS: `--import ${new URL('./cpu-time.js', import.meta.url).href}`, BENCH_CPU_TIMES: log };
  const { seconds } = await leader(['--hostfile', hosts, '-o', join(place, outfile), ...words], env);
  return { wall: seconds, cpu: Number(readFileSync(log, 'utf8')) };
}

async function writeHistory(data: string): Promise<void> {
  const queue = openSqliteQueue(data, { service: 'history', now: Date.now });
  const now = Date.now();
  const one = async (k: number) => {
    const submission = { order: { zoom: `${k + 1}` }, priority: 50, owner: `owner ${k % 7}` };
    const { job } = await queue.accept(submission, { mostWaiting: HISTORY });
    await queue.change(job.id, (latest) => begin(latest, 'history', now));
    await queue.change(job.id, (latest) => ended(latest, 1, { kind: 'succeeded', outputs: [] }, now));
  };
  await Promise.all(Array.from({ length: HISTORY }, (_, k) => one(k)));
  await queue.close();
}
