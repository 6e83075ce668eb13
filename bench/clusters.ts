/** Clusters of many slots in virtual time: the real schedule, the measured cost of a real view, no network. */

import { type SimulatedPeer, simulate } from '../test/leader/simulate.js';
import { uniform } from '../test/leader/uniform.js';
import { costMap, costOf } from './cost-map.js';
import { print } from './table.js';

const [WIDTH, HEIGHT, SAMPLES] = [7680, 4320, 4];
const WHOLE = { width: WIDTH, height: HEIGHT };
/** The time of the healthy cluster without idle slots. */
const SECONDS = 20;
const SLOTS_OF_PEER = 8;

export async function clusters(): Promise<void> {
  const costs = await costMap();
  const job = { renders: uniform(1, WIDTH, HEIGHT, SAMPLES), shape: 'auto' as const, window: 4 };
  const rows = [100, 1_000, 10_000].map((slots) => {
    const from = performance.now();
    const { efficiency, events, shards, copies } = simulate(job, workers(slots), costOf(costs, WHOLE, slots * SECONDS));
    const perSecond = events / ((performance.now() - from) / 1000);
    return [slots, shards, copies, efficiency.toFixed(3), Math.round(perSecond)];
  });
  print(
    `Clusters in virtual time: ${WIDTH}x${HEIGHT}, ${SAMPLES} samples, ${SECONDS} s of work for each slot`,
    ['slots', 'shards', 'copies', 'efficiency', 'events/s'],
    rows,
  );
  const healthy = simulate(job, workers(64), costOf(costs, WHOLE, 64 * SECONDS)).seconds;
  const slow = [0, 10, 19].map((from) => {
    const peers = workers(64).map((peer, k) => (k > 0 ? peer : { ...peer, actual: { speed: 0.1, from } }));
    const { seconds, copies } = simulate(job, peers, costOf(costs, WHOLE, 64 * SECONDS));
    return [`from second ${from}`, (seconds / healthy).toFixed(3), copies];
  });
  print(
    'One worker of eight (8 slots each) is ten times slower than its stated speed',
    ['slow', 'time, over the healthy time', 'copies'],
    slow,
  );
}

function workers(slots: number): SimulatedPeer[] {
  const count = Math.ceil(slots / SLOTS_OF_PEER);
  return Array.from({ length: count }, (_, k) => {
    return { name: `p${k}`, slots: Math.min(SLOTS_OF_PEER, slots - k * SLOTS_OF_PEER), speed: 1 };
  });
}
