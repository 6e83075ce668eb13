/** A leader's job on workers that compute nothing, so that the time is that of leader, transport and sessions. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { grpcDialer } from '../src/cluster/grpc.js';
import { linkInProcess } from '../src/cluster/in-process.js';
import type { Address, Dialer, WorkerLink } from '../src/cluster/transport.js';
import { type Fleet, type FleetOptions, openFleet } from '../src/leader/fleet/fleet.js';
import { type RenderJob, uniformRenders } from '../src/leader/job/gathering.js';
import { type JobOptions, type RunningJob, startJob } from '../src/leader/job/job.js';
import { DEFAULT_COLOURS, prepare } from '../src/render/colours.js';
import { COUNTS } from '../src/view/channels.js';
import type { View } from '../src/view/view.js';
import { fractalJob } from '../src/work/fractal/job.js';
import { serve } from '../src/worker/session.js';
import { timedPool } from '../test/leader/timed-pool.js';

const WORKER = fileURLToPath(new URL('./idle-worker.js', import.meta.url));

export type Kind = 'pixels' | 'samples';

const ONE = { perPixel: 1, channels: COUNTS };

/** A process that answers every shard immediately. `slots`: that each of its sessions has. */
export async function idleWorker(kind: Kind, slots = 2): Promise<{ process: ChildProcess; address: Address }> {
  const process = fork(WORKER, [kind, `${slots}`]);
  const address = await new Promise<Address>((resolve) => {
    process.once('message', (message) => resolve(message as unknown as Address));
  });
  return { process, address };
}

/** Answers every shard of a leader at once. */
export function serveIdle(link: WorkerLink, kind: Kind, slots = 2): void {
  serve(
    link,
    timedPool({ slots, bytesPerPixel: kind === 'samples' ? 8 : 3 }),
    { version: 'bench', build: 'build' },
    {
      began() {},
      finished: () => [],
      aborted() {},
      ended() {},
    },
  );
}

/** In the leader's own process. */
export function idleDialer(kind: Kind): Dialer {
  return {
    dial() {
      const { leader, worker } = linkInProcess('local');
      serveIdle(worker, kind);
      return leader;
    },
  };
}

/** Tiles of `blockSize` pixels along each side. */
export function idleJob(kind: Kind, width: number, height: number, frames: number, blockSize: number): RenderJob {
  const view: View = {
    formula: { step: 'holomorphic', power: 2 },
    ...{ re: '-0.75', im: '0', zoom: '1', rotation: 0, width, height, iterations: 100, bailout: 256, count: 'smooth' },
    sampling: { kind: 'grid', side: 1 },
  };
  const paint = kind === 'pixels' ? prepare(DEFAULT_COLOURS) : undefined;
  const { scene, answer, ...work } = fractalJob({ viewOf: () => view, paint, ...ONE });
  return {
    ...work,
    renders: uniformRenders(frames, { width, height, ...ONE, answer }),
    scenes: [scene],
    ...{ shape: 'tile', blockSize, window: 8 },
  };
}

/** The job on a fleet; absent: on one of its own, without workers so far. */
export function startIdle(
  job: RenderJob,
  some: Partial<FleetOptions & JobOptions>,
  existing?: Fleet,
): { readonly fleet: Fleet; readonly running: RunningJob } {
  const options = {
    dialer: grpcDialer(),
    version: 'bench',
    build: 'build',
    session: 'bench',
    name: 'bench',
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
    gathered() {},
    ...some,
  };
  const fleet = existing ?? openFleet(options);
  return { fleet, running: startJob(fleet, job, options) };
}
