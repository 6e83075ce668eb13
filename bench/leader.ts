/** How many shards, and how many bytes of samples, go through one leader over loopback? */

import type { Report } from '../src/leader/ledger.js';
import { run } from '../src/leader/run.js';
import { idleJob, idleWorker, type Kind, runOptions } from './idle.js';
import { medians, print } from './table.js';

/** Side of the largest shard that the schedule cuts: 2^18 samples. */
const LARGEST = 512;

export async function leader(runs = 5): Promise<void> {
  const [shards, megabytes] = await medians(runs, [
    async () => {
      const { shards: done, computeSeconds } = await through('pixels', 200, 150, 1, 1);
      return done / computeSeconds;
    },
    async () => {
      const { samples, computeSeconds } = await through('samples', 2048, 2048, 10, LARGEST);
      return (samples * 8) / computeSeconds / 1e6;
    },
  ]);
  print(
    'Leader: shards that cost nothing, one worker process, loopback',
    ['what', 'per second'],
    [
      ['shards of one pixel', Math.round(shards as number)],
      ['megabytes of samples gathered', Math.round(megabytes as number)],
    ],
  );
}

async function through(kind: Kind, width: number, height: number, frames: number, blockSize: number): Promise<Report> {
  const worker = await idleWorker(kind);
  let report: Report | undefined;
  const gathered = (result: Report) => {
    report = result;
  };
  const running = run(idleJob(kind, width, height, frames, blockSize), runOptions({ gathered }));
  running.add({ address: worker.address, slots: 0 });
  running.sealed();
  for await (const _ of running.frames);
  worker.process.disconnect();
  return report as Report;
}
