/** The simulator beside a real leader and real worker processes, whose shards take a stated time. */

import { clusterOf, simulated, timedCluster } from '../../test/leader/timed-cluster.js';
import { median, print } from '../table.js';

const RUNS = 5;
/** Seconds of work for each slot. */
const SECONDS = 2;
const CLUSTERS = [[1, 1], [4, 4, 4, 4], new Array<number>(8).fill(8), new Array<number>(16).fill(16)];

export async function compared(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const each of CLUSTERS) {
    const slots = each.reduce((sum, one) => sum + one, 0);
    const total = SECONDS * slots;
    const cluster = await timedCluster(total, each);
    const reports = [];
    for (let run = 0; run < RUNS; run++) reports.push(await cluster.render());
    cluster.close();
    const { seconds, shards } = simulated(total, clusterOf(each));
    const real = median(reports.map(({ computeSeconds }) => computeSeconds));
    const realShards = Math.round(median(reports.map((one) => one.shards)));
    rows.push([
      slots,
      each.length,
      seconds.toFixed(2),
      real.toFixed(2),
      (real / seconds).toFixed(3),
      shards,
      realShards,
    ]);
  }
  print(
    `Simulated and real: one picture, ${SECONDS} s of work for each slot, an uneven cost`,
    ['slots', 'workers', 'simulated, s', 'real, s', 'real over simulated', 'shards simulated', 'real'],
    rows,
  );
}
