/** How soon a small job has its first answer, and its last, beside a film on the same two slots: by its priority. */

import { linkInProcess } from '../src/cluster/in-process.js';
import { openFleet } from '../src/leader/fleet/fleet.js';
import { type JobOptions, startJob } from '../src/leader/job/job.js';
import type { View } from '../src/view/view.js';
import { fractalRenders } from '../src/work/fractal/renders.js';
import { openPool } from '../src/worker/pool.js';
import { serve } from '../src/worker/session.js';
import { median, print } from './table.js';

const RUNS = 15;
/** Shards of the film take up to a quarter of a second each, as the schedule cuts them. */
const dense: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '-0.7454286', im: '0.1130089', zoom: '1308000', rotation: 0, width: 1280, height: 720 },
  ...{ iterations: 20_000, bailout: 256, count: 'smooth' },
  sampling: { kind: 'grid', side: 2 },
};
const tile: View = { ...dense, width: 256, height: 256, sampling: { kind: 'grid', side: 1 } };

export async function priority(): Promise<void> {
  const pool = openPool(2);
  await Promise.all([pool.started, pool.offer('simd')]);
  const log = { began() {}, finished: () => [], aborted() {}, ended() {} };
  const program = { version: 'bench', build: 'build' };
  const dial = () => {
    const { leader, worker } = linkInProcess('local');
    serve(worker, pool, program, log);
    return leader;
  };
  const now = () => performance.now();
  const identity = { ...program, session: 'bench', retries: 0, maxSlots: 0 };
  const fleet = openFleet({ dialer: { dial }, ...identity, random: Math.random, now });
  fleet.add({ address: { host: 'local', port: 1 }, slots: 0 });
  const end = new AbortController();
  const options = (some: Partial<JobOptions>): JobOptions => ({
    ...{ name: 'bench', kernel: 'simd', minWorkers: 1, strict: false, metrics: false, signal: end.signal, now },
    ...{ note() {}, progress() {}, gathered() {} },
    ...some,
  });
  const film = fractalRenders(new Array(10_000).fill({ view: dense }));
  const background = startJob(fleet, { ...film, shape: 'auto', window: 2 }, options({ priority: 20 }));
  const reading = (async () => {
    for await (const _ of background.frames);
  })().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const rows: (string | number)[][] = [];
  for (const level of [90, 20]) {
    const [firsts, wholes]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      await new Promise((resolve) => setTimeout(resolve, 500 * Math.random()));
      const from = performance.now();
      let first = 0;
      const progress = ({ shardsDone }: { readonly shardsDone: number }) => {
        if (shardsDone > 0) first ||= performance.now() - from;
      };
      const job = { ...fractalRenders([{ view: tile }]), shape: 'auto', window: 1 } as const;
      const { frames } = startJob(fleet, job, options({ priority: level, progress }));
      for await (const _ of frames);
      firsts.push(first);
      wholes.push(performance.now() - from);
    }
    const times = [firsts, wholes].flatMap((all) => [median(all), Math.max(...all)]);
    rows.push([level, ...times.map(Math.round)]);
  }
  end.abort(new Error('measured'));
  await reading;
  fleet.close();
  await pool.close();
  print(
    'A job of 256x256 pixels beside a film of priority 20, on the same 2 slots: milliseconds',
    ['priority', 'first answer, median', 'longest', 'whole job, median', 'longest'],
    rows,
  );
}
