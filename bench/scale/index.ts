/** `make bench ARGS=scale`: from one slot to 10,000, in virtual time. */

import { type Cluster, simulateCluster } from '../../test/leader/simulate-cluster.js';
import { costMap } from '../cost-map.js';
import { print } from '../table.js';
import { cluster, jobs, limitOf, type Named, SLOWER_LINK } from './scenario.js';

const SLOTS = [4, 16, 64, 256, 1_000, 4_000, 10_000];

export async function scale(): Promise<void> {
  const all = jobs(await costMap());
  const rows = all.map((job) => [job.name, Math.round(job.work), ...SLOTS.map((slots) => cell(job, cluster(slots)))]);
  print(
    'One leader, workers of 16 slots, 10 Gbit/s, 0.1 ms: seconds, efficiency, and what limits it',
    ['job', 'core seconds', ...SLOTS.map((slots) => `${slots} slots`)],
    rows,
  );
  const poster = all.find(({ name }) => name.startsWith('poster')) as Named;
  const deep = all.find(({ name }) => name.endsWith('deep')) as Named;
  const slow = (slots: number) => ({
    workers: cluster(slots).workers.map((one, k) => (k === 0 ? { ...one, speed: 0.1, stated: 1 } : one)),
  });
  const cases: [string, (slots: number) => Cluster][] = [
    ['as above', (slots) => cluster(slots)],
    ['workers of 4 slots', (slots) => cluster(slots, 4)],
    ['workers of 64 slots', (slots) => cluster(slots, 64)],
    ['latency of 1 ms', (slots) => cluster(slots, 16, { latency: 1e-3 })],
    ['latency of 20 ms', (slots) => cluster(slots, 16, { latency: 20e-3 })],
    ['1 Gbit/s', (slots) => cluster(slots, 16, SLOWER_LINK)],
    [
      'a worker is lost every second, and back after 5',
      (slots) => cluster(slots, 16, { losses: { every: 1, back: 5 } }),
    ],
    ['one worker is ten times slower than it states', (slots) => cluster(slots, 16, slow(slots))],
    ['50 workers join a second', (slots) => cluster(slots, 16, { joining: 50 })],
  ];
  const counts = [256, 1_000, 4_000];
  for (const job of [poster, deep]) {
    print(
      `${job.name}, ${Math.round(job.work)} core seconds: one thing is different`,
      ['', ...counts.map((slots) => `${slots} slots`)],
      cases.map(([name, of]) => [name, ...counts.map((slots) => cell(job, of(slots)))]),
    );
  }
}

function cell(job: Named, where: Cluster): string {
  const outcome = simulateCluster(job, where);
  const { seconds, efficiency } = outcome;
  return `${seconds.toPrecision(3)} s, ${efficiency.toFixed(2)}, ${limitOf(outcome)}`;
}
