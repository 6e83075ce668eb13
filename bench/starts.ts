/** How soon a service answers after it was killed, by the jobs that it has, and the memory that it takes then. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { begin, ended } from '../src/service/life.js';
import { openSqliteQueue } from '../src/service/sqlite/queue.js';
import { service } from './service.js';
import { SMALL } from './submissions.js';
import { median, print } from './table.js';

const STARTS = 7;
/** Jobs that have ended, and jobs that wait. */
const HISTORIES = [
  [0, 0],
  [10_000, 0],
  [10_000, 1_000],
  [100_000, 1_000],
] as const;
/** Written together. */
const BATCH = 5_000;

export async function starts(place: string): Promise<void> {
  const folders = HISTORIES.map((_, at) => join(place, `history ${at}`));
  for (const [at, [history, waiting]] of HISTORIES.entries()) await write(folders[at] as string, history, waiting);
  const times: number[][] = HISTORIES.map(() => []);
  const memory: number[][] = HISTORIES.map(() => []);
  for (let run = 0; run < STARTS; run++)
    for (const [at, data] of folders.entries()) {
      // Waiting jobs begin, and wait for a worker: the history stays the same.
      const one = await service(data, ['--host', '127.0.0.1:1', '--retries', '0']);
      times[at]?.push(one.startMs);
      memory[at]?.push(residentMb(one.child.pid ?? 0));
      // As a fault ends it.
      one.child.kill('SIGKILL');
      await new Promise((resolve) => one.child.once('close', resolve));
    }
  const rows = HISTORIES.map(([history, waiting], at) => {
    const ms = median(times[at] as number[]);
    const ratio = median((times[at] as number[]).map((time, k) => time / (times[0]?.[k] as number)));
    return [history, waiting, Math.round(ms), ratio.toFixed(2), Math.round(median(memory[at] as number[]))];
  });
  print(
    'From the start of the process to its first answer, after kill -9',
    ['ended jobs', 'waiting', 'median ms', 'times those of none', 'MB'],
    rows,
  );
}

function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function write(data: string, history: number, waiting: number): Promise<void> {
  const queue = openSqliteQueue(data, { service: 'history', now: Date.now });
  const now = Date.now();
  const { outfile, ...rest } = SMALL;
  const order = Object.fromEntries(Object.entries({ outfile, ...rest }).map(([name, value]) => [name, String(value)]));
  const one = async (k: number) => {
    const submission = { order, priority: 50, owner: `owner ${k % 7}` };
    const { job } = await queue.accept(submission, { mostWaiting: history + waiting });
    if (k >= history) return;
    await queue.change(job.id, (latest) => begin(latest, 'history', now));
    await queue.change(job.id, (latest) => ended(latest, 1, { kind: 'succeeded', outputs: [] }, now));
  };
  for (let from = 0; from < history + waiting; from += BATCH) {
    const count = Math.min(BATCH, history + waiting - from);
    await Promise.all(Array.from({ length: count }, (_, k) => one(from + k)));
  }
  await queue.close();
}
