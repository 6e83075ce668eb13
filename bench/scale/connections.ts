/** What many connections cost the leader: real ones, over loopback, to workers that compute nothing. */

import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Report } from '../../src/leader/job/ledger.js';
import { idleJob, idleWorker, startIdle } from '../idle.js';
import { print } from '../table.js';

const [WIDTH, HEIGHT] = [300, 200];
/** Seconds for which connections without shards are observed. */
const IDLE_SECONDS = 4;

interface Cost {
  readonly count: number;
  /** Seconds of CPU of this process from the first dial until all were ready, and the time that passed. */
  readonly joining: number;
  readonly joiningWall: number;
  /** Seconds of CPU a second while heartbeats come, and nothing else. */
  readonly idle: number;
  /** Shards a second, and per second of CPU of this process. */
  readonly shards: number;
  readonly shardsPerCpu: number;
  /** MiB more than before, resident. */
  readonly memory: number;
  readonly files: number;
}

export async function connections(counts: readonly number[] = [1, 100, 500]): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const count of counts) {
    const { joining, joiningWall, idle, shards, shardsPerCpu, memory, files } = await cost(count);
    rows.push([
      count,
      ((joining / count) * 1000).toFixed(2),
      joiningWall.toFixed(1),
      ((idle / count) * 1000).toFixed(2),
      Math.round(shards),
      Math.round(shardsPerCpu),
      (memory / count).toFixed(2),
      files,
    ]);
  }
  print(
    'Connections of one leader to workers of 4 slots whose shards cost nothing',
    [
      'workers',
      'joining: CPU ms each',
      's in all',
      'idle: CPU ms a second each',
      'shards of one pixel a second',
      'a second of CPU',
      'MiB each',
      'open files',
    ],
    rows,
  );
}

/** 127.0.0.1, 127.0.0.2 …: as many names as workers. */
function hostOf(index: number): string {
  const number = index + 1;
  return `127.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}

async function cost(count: number): Promise<Cost> {
  const worker = await idleWorker('pixels', 4);
  let report: Report | undefined;
  const gathered = (result: Report) => {
    report = result;
  };
  global.gc?.();
  const before = process.memoryUsage().rss;
  const [from, cpuBefore] = [performance.now(), process.cpuUsage()];
  // No shard is assigned before all are ready and some more time has passed: the last one joins later.
  const job = idleJob('pixels', WIDTH, HEIGHT, 1, 1);
  const { fleet, running } = startIdle(job, { gathered, minWorkers: count + 1, maxSlots: 0 });
  const add = (k: number) => fleet.add({ address: { host: hostOf(k), port: worker.address.port }, slots: 0 });
  for (let k = 0; k < count; k++) add(k);
  while (fleet.workers.filter(({ state }) => state === 'ready').length < count) await setTimeout(20);
  const joining = cpuSeconds(cpuBefore);
  const joiningWall = (performance.now() - from) / 1000;
  await setTimeout(500);
  const idleFrom = process.cpuUsage();
  await setTimeout(IDLE_SECONDS * 1000);
  const idle = cpuSeconds(idleFrom) / IDLE_SECONDS;
  const files = openFiles();
  const memory = (process.memoryUsage().rss - before) / 2 ** 20;
  const shardsFrom = process.cpuUsage();
  add(count);
  for await (const _ of running.frames);
  const cpu = cpuSeconds(shardsFrom);
  fleet.close();
  worker.process.disconnect();
  const { shards, computeSeconds } = report as Report;
  return {
    count,
    joining,
    joiningWall,
    idle,
    shards: shards / computeSeconds,
    shardsPerCpu: shards / cpu,
    memory,
    files,
  };
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
