/** A leader in this process and workers that are processes, whose shards take a stated time: what the simulator is compared with. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { grpcDialer } from '../../src/cluster/grpc.js';
import type { Address } from '../../src/cluster/transport.js';
import { openFleet } from '../../src/leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../../src/leader/job/gathering.js';
import { startJob } from '../../src/leader/job/job.js';
import type { Report } from '../../src/leader/job/ledger.js';
import { DEFAULT_COLOURS, prepare } from '../../src/render/colours.js';
import { COUNTS } from '../../src/view/channels.js';
import { fractalJob } from '../../src/work/fractal/job.js';
import { view } from '../worker/views.js';
import { type Cluster, type LeaderCosts, type Outcome, simulateCluster } from './simulate-cluster.js';
import { SIZE, secondsOf } from './timed-picture.js';
import { uniform } from './uniform.js';

const WORKER = fileURLToPath(new URL('./timed-worker.js', import.meta.url));
const ONE = { perPixel: 1, channels: COUNTS };
/** Measured: docs/scale.md. */
export const COSTS: LeaderCosts = {
  shard: 0.2e-3,
  answerByte: 4e-9,
  sceneByte: 4e-9,
  join: 1.8e-3,
  heartbeat: 0.08e-3,
};
const NETWORK = { latency: 0.1e-3, bandwidth: 1.25e9, costs: COSTS };

export const clusterOf = (slots: readonly number[], more: Partial<Cluster> = {}): Cluster => ({
  workers: slots.map((count) => ({ slots: count, speed: 1 })),
  ...NETWORK,
  ...more,
});

/** `total`: seconds of a slot for the whole picture. */
export function simulated(total: number, cluster: Cluster): Outcome {
  const job = { renders: uniform(1, SIZE.width, SIZE.height, 1), shape: 'auto' as const, window: 2 };
  const bytesOf = ({ width, height }: { width: number; height: number }) => 3 * width * height;
  return simulateCluster({ job, costOf: secondsOf(total), bytesOf, sceneBytes: 1000, consume: 0 }, cluster);
}

export interface TimedCluster {
  /** Renders the picture once. */
  render(): Promise<Report>;
  close(): void;
}

/** Workers of so many slots each. */
export async function timedCluster(total: number, slots: readonly number[]): Promise<TimedCluster> {
  const children = slots.map((count) => fork(WORKER, [`${count}`, `${total}`]));
  const addresses = await Promise.all(children.map(addressOf));
  return {
    render: () => rendered(addresses),
    close() {
      for (const child of children) child.disconnect();
    },
  };
}

async function addressOf(child: ChildProcess): Promise<Address> {
  return ((await once(child, 'message')) as [Address])[0];
}

/** Renders the picture once on these workers. */
async function rendered(addresses: readonly Address[]): Promise<Report> {
  const { scene, answer, ...work } = fractalJob({
    viewOf: () => ({ ...view, ...SIZE }),
    paint: prepare(DEFAULT_COLOURS),
    ...ONE,
  });
  const renders = uniformRenders(1, { ...SIZE, ...ONE, answer });
  const job: RenderJob = { ...work, renders, scenes: [scene], shape: 'auto', window: 2 };
  let report: Report | undefined;
  const options = {
    dialer: grpcDialer(),
    ...{ version: 'test', build: 'build', session: 'test', name: 'test', kernel: 'simd', retries: 0, maxSlots: 0 },
    ...{ minWorkers: addresses.length, strict: false, metrics: false, signal: new AbortController().signal },
    random: Math.random,
    now: () => performance.now(),
    note() {},
    progress() {},
    gathered(one: Report) {
      report = one;
    },
  };
  const fleet = openFleet(options);
  const running = startJob(fleet, job, options);
  for (const address of addresses) fleet.add({ address, slots: 0 });
  fleet.sealed();
  for await (const _ of running.frames);
  fleet.close();
  return report as Report;
}
