/** What many connections cost the leader: real ones, over loopback, to workers that compute nothing. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/leader/job/ledger.js';
import { idleJob, idleWorker, startIdle } from '../idle.js';
import { print } from '../table.js';

const LEADER = fileURLToPath(new URL('./connections-leader.js', import.meta.url));
/** Processes that the workers are spread over, at most. */
const PROCESSES = 8;
const SLOTS = 4;
/** Seconds for which connections without shards are observed. */
const IDLE_SECONDS = 4;
/** Shards of one pixel, and of 12 kB: painted tiles of 64 x 64 pixels. */
const SMALL = { width: 300, height: 200, frames: 1, blockSize: 1 };
const LARGE = { width: 4096, height: 4096, frames: 6, blockSize: 64 };

/** Of the leader: CPU is of all its threads. */
interface Cost {
  readonly count: number;
  /** Seconds of CPU from the first dial until all were ready, and the time that passed. */
  readonly joining: number;
  readonly joiningWall: number;
  /** Seconds of CPU a second while heartbeats come, and nothing else. */
  readonly idle: number;
  /** Resident MiB more than before. */
  readonly memory: number;
  readonly files: number;
  /** A second, and CPU seconds of each. */
  readonly small: { readonly rate: number; readonly cpu: number };
  readonly large: { readonly rate: number; readonly cpu: number };
  readonly lost: number;
}

/** Each number of workers in a leader process of its own. */
export async function connections(counts: readonly number[] = [1, 100, 500]): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const count of counts) {
    const leader = fork(LEADER, [`${count}`]);
    const [cost] = (await once(leader, 'message')) as [Cost];
    const { joining, joiningWall, idle, memory, files, small, large, lost } = cost;
    const milliseconds = (seconds: number) => (seconds * 1000).toFixed(2);
    rows.push([
      count,
      milliseconds(joining / count),
      joiningWall.toFixed(1),
      milliseconds(idle / count),
      (memory / count).toFixed(2),
      files,
      ...[small, large].flatMap(({ rate, cpu }) => [Math.round(rate), milliseconds(cpu)]),
      lost,
    ]);
  }
  print(
    `One leader, and workers of ${SLOTS} slots whose shards cost nothing`,
    [
      'workers',
      'joining: CPU ms each',
      's in all',
      'idle: CPU ms a second each',
      'MiB each',
      'open files',
      'shards of a pixel a second',
      'CPU ms each',
      'shards of 12 kB a second',
      'CPU ms each',
      'lost',
    ],
    rows,
  );
}

/** 127.0.0.1, 127.0.0.2 ...: as many names as workers. */
function hostOf(index: number): string {
  const number = index + 1;
  return `127.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

/** In a process of the leader. */
export async function costOf(count: number): Promise<Cost> {
  const processes = await Promise.all(
    Array.from({ length: Math.min(PROCESSES, count) }, () => idleWorker('pixels', SLOTS)),
  );
  const before = process.memoryUsage().rss;
  const [from, cpuBefore] = [performance.now(), process.cpuUsage()];
  const [small, large] = [SMALL, LARGE].map(({ width, height, frames, blockSize }) =>
    idleJob('pixels', width, height, frames, blockSize),
  ) as [ReturnType<typeof idleJob>, ReturnType<typeof idleJob>];
  let report: Report | undefined;
  const gathered = (result: Report) => {
    report = result;
  };
  // No shard is assigned while one worker is missing: the last one joins later.
  const { fleet, running } = startIdle(small, { gathered, minWorkers: count + 1 });
  const add = (k: number) => {
    const { address } = processes[k % processes.length] as (typeof processes)[number];
    fleet.add({ address: { host: hostOf(k), port: address.port }, slots: 0 });
  };
  for (let k = 0; k < count; k++) add(k);
  while (fleet.workers.filter(({ state }) => state === 'ready').length < count) await setTimeout(20);
  const joining = cpuSeconds(cpuBefore);
  const joiningWall = (performance.now() - from) / 1000;
  await setTimeout(1000);
  const idleFrom = process.cpuUsage();
  await setTimeout(IDLE_SECONDS * 1000);
  const idle = cpuSeconds(idleFrom) / IDLE_SECONDS;
  const [files, memory] = [openFiles(), (process.memoryUsage().rss - before) / 2 ** 20];
  const rates: { rate: number; cpu: number }[] = [];
  let lost = 0;
  const through = async (frames: AsyncIterable<unknown>) => {
    const shardsFrom = process.cpuUsage();
    for await (const _ of frames);
    const { shards, computeSeconds, lost: others } = report as Report;
    rates.push({ rate: shards / computeSeconds, cpu: cpuSeconds(shardsFrom) / shards });
    lost += others;
  };
  add(count);
  await through(running.frames);
  await through(startIdle(large, { gathered }, fleet).running.frames);
  fleet.close();
  for (const { process: child } of processes) child.disconnect();
  const [ofSmall, ofLarge] = rates as [Cost['small'], Cost['large']];
  return { count, joining, joiningWall, idle, memory, files, small: ofSmall, large: ofLarge, lost };
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}
