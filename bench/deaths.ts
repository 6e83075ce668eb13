/** From the end of a worker to the re-issue of its shards: a closed connection, and silence. */

import { idleJob, idleWorker, startIdle } from './idle.js';
import { median, print } from './table.js';

/** More shards than any run of this needs. */
const JOB = idleJob('pixels', 64, 64, 1_000_000, 16);

export async function deaths(): Promise<void> {
  const rows: [string, string, string][] = [];
  for (const [what, signal, runs] of [
    ['kill -9: the connection closes', 'SIGKILL', 9],
    ['SIGSTOP: silence', 'SIGSTOP', 5],
  ] as const) {
    const times: number[] = [];
    for (let k = 0; k < runs; k++) times.push(await untilLost(signal));
    rows.push([what, median(times).toFixed(3), Math.max(...times).toFixed(3)]);
  }
  print('From the end of a worker to the re-issue of its shard, seconds', ['how', 'median', 'longest'], rows);
}

async function untilLost(signal: NodeJS.Signals): Promise<number> {
  const workers = [await idleWorker('pixels'), await idleWorker('pixels')];
  const stop = new AbortController();
  let lost = (_: number) => {};
  const seconds = new Promise<number>((resolve) => {
    lost = resolve;
  });
  let killedAt = 0;
  const note = (text: string) => {
    if (text.includes('was lost')) lost((performance.now() - killedAt) / 1000);
  };
  const { fleet, running } = startIdle(JOB, { minWorkers: 2, signal: stop.signal, note });
  for (const { address } of workers) fleet.add({ address, slots: 0 });
  const reading = (async () => {
    for await (const _ of running.frames);
  })().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500 + 1000 * Math.random()));
  killedAt = performance.now();
  workers[0]?.process.kill(signal);
  const took = await seconds;
  stop.abort(new Error('measured'));
  await reading;
  fleet.close();
  for (const { process } of workers) process.kill('SIGKILL');
  return took;
}
