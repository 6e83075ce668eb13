/**
 * How two owners share the slots of workers, and how soon a job of a high priority is answered beside them: a film of one owner
 * against ten jobs of another one, whose shards have other sizes. Workers of one slot that always has something to compute: a
 * shard has the slot from the end of the one before to its own end.
 */

import { setMaxListeners } from 'node:events';
import { linkInProcess } from '../src/cluster/in-process.js';
import { type Fleet, openFleet } from '../src/leader/fleet/fleet.js';
import type { RenderJob } from '../src/leader/job/gathering.js';
import { type JobOptions, type RunningJob, startJob } from '../src/leader/job/job.js';
import type { View } from '../src/view/view.js';
import { fractalRenders } from '../src/work/fractal/renders.js';
import { openPool, type Pool } from '../src/worker/pool.js';
import { serve } from '../src/worker/session.js';
import { median, print } from './table.js';

const WORKERS = 2;
const MEASURED_MS = 20_000;
/** Before the measurement: sizes of shards are found, and what was under way before is answered. */
const WARM_MS = 3_000;
const STILLS = 15;

const nothing = () => undefined;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Of tiles, in pixels; undefined: as large as the scheduler makes them. */
const BLOCKS = [24, 40, 64, undefined];

const dense: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-0.7454286', im: '0.1130089', zoom: '1308000', rotation: 0, width: 1280, height: 720 },
  ...{ iterations: 20_000, bailout: 256, count: 'smooth' },
  sampling: { kind: 'grid', side: 2 },
};
const still: View = { ...dense, width: 256, height: 256, sampling: { kind: 'grid', side: 1 } };

function start(fleet: Fleet, job: RenderJob, end: AbortSignal, some: Partial<JobOptions>): RunningJob {
  return startJob(fleet, job, {
    ...{ name: 'bench', kernel: 'simd', minWorkers: 1, strict: false, metrics: false, signal: end },
    ...{ now: () => performance.now(), note: nothing, progress: nothing, gathered: nothing },
    ...some,
  });
}

function jobOf(view: View, frames: number, blockSize: number | undefined): RenderJob {
  const pictures = fractalRenders(new Array(frames).fill({ view }));
  return { ...pictures, shape: 'auto', window: 2, ...(blockSize === undefined ? {} : { blockSize }) };
}

async function read({ frames }: RunningJob): Promise<void> {
  for await (const _ of frames);
}

/** The same pool; `used` is called with the owner's number and the seconds that a shard of it had the slot. */
function metered(pool: Pool, used: (owner: number, seconds: number) => void): Pool {
  let last = performance.now();
  return {
    ...pool,
    session(evict) {
      const session = pool.session(evict);
      return {
        ...session,
        open(kernel, rank) {
          const job = session.open(kernel, rank);
          const queue: typeof job.queue = (assignment, finish) =>
            job.queue(assignment, (outcome) => {
              const now = performance.now();
              used(rank.owner, (now - last) / 1000);
              last = now;
              return finish(outcome);
            });
          return Object.create(job, { queue: { value: queue } }) as typeof job;
        },
      };
    },
  };
}

export async function fair(): Promise<void> {
  const pools = Array.from({ length: WORKERS }, () => openPool(1));
  await Promise.all(pools.map((pool) => Promise.all([pool.started, pool.offer('simd')])));
  const log = { began: nothing, finished: () => [], aborted: nothing, ended: nothing };
  const program = { version: 'bench', build: 'build' };
  /** By number of the owner: the film's is 0, that of the others 1. */
  const seconds = [0, 0];
  const dial = ({ port }: { readonly port: number }) => {
    const { leader, worker } = linkInProcess(`local:${port}`);
    const pool = metered(pools[port] as Pool, (owner, used) => {
      seconds[owner] = (seconds[owner] ?? 0) + used;
    });
    serve(worker, pool, program, log);
    return leader;
  };
  const now = () => performance.now();
  const identity = { ...program, session: 'bench', retries: 0, maxSlots: 0 };
  const fleet = openFleet({ dialer: { dial }, ...identity, random: Math.random, now });
  for (const port of pools.keys()) fleet.add({ address: { host: 'local', port }, slots: 0 });
  const measured = async (ms: number) => {
    await pause(WARM_MS);
    const before = [...seconds];
    await pause(ms);
    return seconds.slice(0, 2).map((used, owner) => used - (before[owner] as number)) as [number, number];
  };
  const rows: (string | number)[][] = [];
  const latencies: (string | number)[][] = [];
  for (const weight of [1, 3]) {
    fleet.setOwner('film', { weight });
    const end = new AbortController();
    setMaxListeners(20, end.signal);
    const film = [start(fleet, jobOf(dense, 10_000, undefined), end.signal, { owner: 'film' })];
    const others = Array.from({ length: 10 }, (_, k) =>
      start(fleet, jobOf(still, 200, BLOCKS[k % BLOCKS.length]), end.signal, { owner: 'others' }),
    );
    const reading = [...film, ...others].map((job) => read(job).catch(nothing));
    const [own, rest] = await measured(MEASURED_MS);
    const off = 100 * (own / weight / rest - 1);
    rows.push([`${weight}:1`, own.toFixed(2), rest.toFixed(2), (own / rest).toFixed(3), `${off.toFixed(1)} %`]);

    const firsts: number[] = [];
    for (let run = 0; run < STILLS; run++) {
      await pause(500 * Math.random());
      const from = performance.now();
      let first = 0;
      const progress = ({ shardsDone }: { readonly shardsDone: number }) => {
        if (shardsDone > 0) first ||= performance.now() - from;
      };
      await read(start(fleet, jobOf(still, 1, undefined), end.signal, { priority: 90, owner: 'still', progress }));
      firsts.push(first);
    }
    latencies.push([`${weight}:1`, Math.round(median(firsts)), Math.round(Math.max(...firsts))]);

    film[0]?.pause();
    const paused = await measured(WARM_MS);
    rows.push([`${weight}:1, film paused`, ...paused.map((used) => used.toFixed(2)), '', '']);
    end.abort(new Error('measured'));
    await Promise.all(reading);
  }
  fleet.close();
  await Promise.all(pools.map((pool) => pool.close()));
  print(
    'A film against ten jobs of another owner, on two workers of one slot: slot seconds',
    ['weights', 'film', 'others', 'ratio', 'off'],
    rows,
  );
  print(
    'A still of priority 90 beside them: milliseconds to its first answer',
    ['weights', 'median', 'longest'],
    latencies,
  );
}
