/** From a worker's death to the moment in which its shards go to others: a closed connection, and silence. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { grpcDialer } from '../src/cluster/grpc.js';
import type { Address } from '../src/cluster/transport.js';
import { type RenderJob, run } from '../src/leader/run.js';
import { median, print } from './table.js';

const WORKER = fileURLToPath(new URL('./idle-worker.js', import.meta.url));

/** More shards than any run of this needs. */
const JOB: RenderJob = {
  frames: 1_000_000,
  width: 64,
  height: 64,
  perPixel: 1,
  channels: 1,
  shape: 'tile',
  blockSize: 16,
  window: 8,
  viewOf: () => ({
    formula: { step: 'holomorphic', power: 2 },
    re: '-0.75',
    im: '0',
    zoom: '1',
    rotation: 0,
    width: 64,
    height: 64,
    iterations: 100,
    bailout: 256,
    count: 'smooth',
    sampling: { kind: 'grid', side: 1 },
  }),
  scene: { samples: false, paint: {}, tables: {} },
};

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
  print('From death to re-issue, seconds', ['how', 'median', 'longest'], rows);
}

async function untilLost(signal: NodeJS.Signals): Promise<number> {
  const workers = [0, 1].map(() => fork(WORKER, ['pixels']));
  const stop = new AbortController();
  let lost = (_: number) => {};
  const seconds = new Promise<number>((resolve) => {
    lost = resolve;
  });
  let killedAt = 0;
  const running = run(JOB, {
    dialer: grpcDialer(),
    version: 'bench',
    session: 'bench',
    kernel: 'simd',
    retries: 3,
    random: Math.random,
    maxSlots: 0,
    minWorkers: 2,
    strict: false,
    metrics: false,
    signal: stop.signal,
    now: () => performance.now(),
    note(text) {
      if (text.includes('was lost')) lost((performance.now() - killedAt) / 1000);
    },
    progress() {},
    gathered() {},
  });
  for (const worker of workers) running.add({ address: await addressOf(worker), slots: 0 });
  const reading = (async () => {
    for await (const _ of running.frames);
  })().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500 + 1000 * Math.random()));
  killedAt = performance.now();
  workers[0]?.kill(signal);
  const took = await seconds;
  stop.abort(new Error('measured'));
  await reading;
  for (const worker of workers) worker.kill('SIGKILL');
  return took;
}

function addressOf(worker: ChildProcess): Promise<Address> {
  return new Promise((resolve) => worker.once('message', (message) => resolve(message as unknown as Address)));
}
