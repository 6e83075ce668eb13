/** One worker of eight ten times slower than the others, as real processes: stopped nine tenths of the time. */

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostfileOf, leader, worker } from './program.js';
import { median, print } from './table.js';

const WORKERS = 8;
const VALLEY = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'];
const JOB = [...VALLEY, '--width', '1080', '--height', '1080', '--samples', '9', '--no-store', '-q'];
const [STOPPED_MS, RUNNING_MS] = [450, 50];

export async function straggler(rounds = 5): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => worker()));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const args = [...JOB, '--hostfile', hosts, '--min-workers', `${WORKERS}`, '-o', join(folder, 'x.png')];
  const slow = workers[0]?.child as ChildProcess;
  const render = async () => (await leader(args)).gatheredSeconds;
  await render();
  const times: { healthy: number; start: number; middle: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const healthy = await render();
    const start = await slowed(slow, 0, render);
    times.push({ healthy, start, middle: await slowed(slow, healthy * 500, render) });
  }
  for (const { child } of workers) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  const ratio = (of: (one: (typeof times)[number]) => number) => median(times.map(of)).toFixed(3);
  print(
    `One worker of ${WORKERS} is ten times slower, real processes: time, over the healthy time of the same round`,
    ['healthy, seconds', 'slow from the start', 'from the middle'],
    [
      [
        median(times.map(({ healthy }) => healthy)).toFixed(2),
        ratio(({ start, healthy }) => start / healthy),
        ratio(({ middle, healthy }) => middle / healthy),
      ],
    ],
  );
}

/** Runs `work` while, from so many milliseconds on, a process is mostly stopped. */
async function slowed(child: ChildProcess, from: number, work: () => Promise<number>): Promise<number> {
  let stopped = false;
  const toggle = () => {
    stopped = !stopped;
    child.kill(stopped ? 'SIGSTOP' : 'SIGCONT');
    timer = setTimeout(toggle, stopped ? STOPPED_MS : RUNNING_MS);
  };
  let timer = setTimeout(toggle, from);
  const result = await work();
  clearTimeout(timer);
  child.kill('SIGCONT');
  return result;
}
