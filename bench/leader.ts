/** How many shards, and how many bytes of samples, go through one leader: over loopback, and within its process? */

import type { Report } from '../src/leader/job/ledger.js';
import { idleDialer, idleJob, idleWorker, type Kind, startIdle } from './idle.js';
import { medians, print } from './table.js';

/** Side of the largest shard that the schedule cuts: 2^18 samples. */
const LARGEST = 512;

export async function leader(runs = 5): Promise<void> {
  const shards = async (own: boolean) => {
    const { shards: done, computeSeconds } = await through(own, 'pixels', 200, 150, 1, 1);
    return done / computeSeconds;
  };
  const megabytes = async (own: boolean) => {
    const { samples, computeSeconds } = await through(own, 'samples', 2048, 2048, 10, LARGEST);
    return (samples * 8) / computeSeconds / 1e6;
  };
  const all = await medians(runs, [
    () => shards(false),
    () => shards(true),
    () => megabytes(false),
    () => megabytes(true),
  ]);
  const [others, own, othersMegabytes, ownMegabytes] = all.map(Math.round) as [number, number, number, number];
  print(
    'Leader, shards that cost nothing; one worker',
    ['what', 'over loopback', 'within its process'],
    [
      ['shards of one pixel, a second', others, own],
      ['megabytes of samples gathered a second, in shards of 2 MiB', othersMegabytes, ownMegabytes],
    ],
  );
}

async function through(
  own: boolean,
  kind: Kind,
  width: number,
  height: number,
  frames: number,
  blockSize: number,
): Promise<Report> {
  const worker = own ? undefined : await idleWorker(kind);
  let report: Report | undefined;
  const gathered = (result: Report) => {
    report = result;
  };
  const job = idleJob(kind, width, height, frames, blockSize);
  const { fleet, running } = startIdle(job, { gathered, ...(own ? { dialer: idleDialer(kind) } : {}) });
  fleet.add({ address: worker?.address ?? { host: 'local', port: 1 }, slots: 0 });
  fleet.sealed();
  for await (const _ of running.frames);
  fleet.close();
  worker?.process.disconnect();
  return report as Report;
}
