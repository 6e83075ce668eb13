/** How many shards, and how many bytes of samples, go through one leader over loopback? */

import { grpcDialer } from '../src/cluster/grpc.js';
import type { Report } from '../src/leader/ledger.js';
import { run } from '../src/leader/run.js';
import { idleJob, idleWorker, type Kind, runOptions } from './idle.js';
import { medians, print } from './table.js';

/** Side of the largest shard that the schedule cuts: 2^18 samples. */
const LARGEST = 512;

export async function leader(runs = 5): Promise<void> {
  const shards = async (trusted: boolean) => {
    const { shards: done, computeSeconds } = await through(trusted, 'pixels', 200, 150, 1, 1);
    return done / computeSeconds;
  };
  const megabytes = async (trusted: boolean) => {
    const { samples, computeSeconds } = await through(trusted, 'samples', 2048, 2048, 10, LARGEST);
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
    "Leader: shards that cost nothing, one worker process, loopback, a second; others' workers and its own",
    ['what', 'others', 'own'],
    [
      ['shards of one pixel', others, own],
      ['megabytes of samples gathered', othersMegabytes, ownMegabytes],
    ],
  );
}

async function through(
  trusted: boolean,
  kind: Kind,
  width: number,
  height: number,
  frames: number,
  blockSize: number,
): Promise<Report> {
  const worker = await idleWorker(kind);
  let report: Report | undefined;
  const gathered = (result: Report) => {
    report = result;
  };
  const options = runOptions({ gathered, dialer: grpcDialer({}, trusted) });
  const running = run(idleJob(kind, width, height, frames, blockSize), options);
  running.add({ address: worker.address, slots: 0 });
  running.sealed();
  for await (const _ of running.frames);
  worker.process.disconnect();
  return report as Report;
}
