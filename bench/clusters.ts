/** Clusters of many slots in virtual time: the real schedule, the measured cost of a real view, no network. */

import { openSimd } from '../src/kernel/simd.js';
import type { Rect } from '../src/shard/shard.js';
import type { View } from '../src/view/view.js';
import { type SimulatedPeer, simulate } from '../test/leader/simulate.js';
import { uniform } from '../test/leader/uniform.js';
import { print } from './table.js';

const [WIDTH, HEIGHT, SAMPLES] = [7680, 4320, 4];
/** Pixels of the view, and a side of the tiles whose cost is measured. */
const [MAP_WIDTH, MAP_HEIGHT, TILE] = [960, 540, 6];
/** The time of the healthy cluster without idle slots. */
const SECONDS = 20;
const SLOTS_OF_PEER = 8;

const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-0.7454286',
  im: '0.1130089',
  zoom: '1308',
  rotation: 0,
  width: MAP_WIDTH,
  height: MAP_HEIGHT,
  iterations: 20_000,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

export async function clusters(): Promise<void> {
  const costs = await costMap();
  const job = { renders: uniform(1, WIDTH, HEIGHT, SAMPLES), shape: 'auto' as const, window: 4 };
  const rows = [100, 1_000, 10_000].map((slots) => {
    const from = performance.now();
    const { efficiency, events, shards, copies } = simulate(job, workers(slots), costOf(costs, slots * SECONDS));
    const perSecond = events / ((performance.now() - from) / 1000);
    return [slots, shards, copies, efficiency.toFixed(3), Math.round(perSecond)];
  });
  print(
    `Clusters in virtual time: ${WIDTH}x${HEIGHT}, ${SAMPLES} samples, ${SECONDS} s of work for each slot`,
    ['slots', 'shards', 'copies', 'efficiency', 'events/s'],
    rows,
  );
  const healthy = simulate(job, workers(64), costOf(costs, 64 * SECONDS)).seconds;
  const slow = [0, 10, 19].map((from) => {
    const peers = workers(64).map((peer, k) => (k > 0 ? peer : { ...peer, actual: { speed: 0.1, from } }));
    const { seconds, copies } = simulate(job, peers, costOf(costs, 64 * SECONDS));
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

/** Sums of the cost of all tiles above and to the left: (columns + 1) x (rows + 1). */
interface CostMap {
  readonly sums: Float64Array;
  readonly columns: number;
  readonly rows: number;
}

async function costMap(): Promise<CostMap> {
  const kernel = openSimd();
  const [columns, rows] = [MAP_WIDTH / TILE, MAP_HEIGHT / TILE];
  const sums = new Float64Array((columns + 1) * (rows + 1));
  const at = (column: number, row: number) => row * (columns + 1) + column;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const rect = { x: column * TILE, y: row * TILE, width: TILE, height: TILE };
      // What the kernel executed, and a little for each point whatever it takes.
      const cost = (await kernel.compute(view, rect)).iterations + 50 * TILE * TILE;
      const [above, left, both] = [at(column + 1, row), at(column, row + 1), at(column, row)].map((k) => sums[k]);
      sums[at(column + 1, row + 1)] = cost + (above as number) + (left as number) - (both as number);
    }
  }
  return { sums, columns, rows };
}

/** Seconds of a rectangle of the large picture, all of which takes `total`. */
function costOf({ sums, columns, rows }: CostMap, total: number): (rect: Rect) => number {
  const whole = sums.at(-1) as number;
  const [perColumn, perRow] = [WIDTH / columns, HEIGHT / rows];
  /** Cost of everything above and to the left of a pixel, linear within tiles. */
  const before = (x: number, y: number) => {
    const [u, v] = [x / perColumn, y / perRow];
    const [column, row] = [Math.min(columns - 1, Math.floor(u)), Math.min(rows - 1, Math.floor(v))];
    const [a, b] = [u - column, v - row];
    const sum = (c: number, r: number) => sums[r * (columns + 1) + c] as number;
    const upper = sum(column, row) * (1 - a) + sum(column + 1, row) * a;
    const lower = sum(column, row + 1) * (1 - a) + sum(column + 1, row + 1) * a;
    return upper * (1 - b) + lower * b;
  };
  return ({ x, y, width, height }) => {
    const cost = before(x + width, y + height) - before(x, y + height) - before(x + width, y) + before(x, y);
    return (Math.max(0, cost) / whole) * total;
  };
}
