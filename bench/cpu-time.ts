/** Loaded into a process before the program: at its end it adds the seconds of a core that it took to a file. */

import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_CPU_TIMES;
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  if (file && isMainThread) appendFileSync(file, `${(user + system) / 1e6}\n`);
});
