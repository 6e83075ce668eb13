/** How many shards, and how many bytes of samples, go through one leader over loopback? */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { grpcDialer } from '../src/cluster/grpc.js';
import type { Address } from '../src/cluster/transport.js';
import type { Report } from '../src/leader/ledger.js';
import { type RenderJob, run } from '../src/leader/run.js';
import type { View } from '../src/view/view.js';
import { medians, print } from './table.js';

const WORKER = fileURLToPath(new URL('./idle-worker.js', import.meta.url));

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

async function through(
  kind: 'pixels' | 'samples',
  width: number,
  height: number,
  frames: number,
  blockSize: number,
): Promise<Report> {
  const worker = fork(WORKER, [kind]);
  const address = await addressOf(worker);
  const view: View = {
    formula: { step: 'holomorphic', power: 2 },
    re: '-0.75',
    im: '0',
    zoom: '1',
    rotation: 0,
    width,
    height,
    iterations: 100,
    bailout: 256,
    count: 'smooth',
    sampling: { kind: 'grid', side: 1 },
  };
  const job: RenderJob = {
    frames,
    width,
    height,
    perPixel: 1,
    channels: 1,
    shape: 'tile',
    blockSize,
    window: 3,
    viewOf: () => view,
    scene: { samples: kind === 'samples', paint: {}, tables: {} },
  };
  let report: Report | undefined;
  const running = run(job, {
    dialer: grpcDialer(),
    version: 'bench',
    session: 'bench',
    kernel: 'simd',
    retries: 3,
    random: Math.random,
    maxSlots: 0,
    minWorkers: 1,
    strict: false,
    metrics: false,
    signal: new AbortController().signal,
    now: () => performance.now(),
    note() {},
    progress() {},
    gathered(result) {
      report = result;
    },
  });
  running.add({ address, slots: 0 });
  running.sealed();
  for await (const _ of running.frames);
  worker.disconnect();
  return report as Report;
}

function addressOf(worker: ChildProcess): Promise<Address> {
  return new Promise((resolve) => worker.once('message', (message) => resolve(message as unknown as Address)));
}
