/** What the rectangles of a real picture cost, measured in small tiles. */

import { openSimd } from '../src/kernel/simd.js';
import type { Rect } from '../src/shard/shard.js';
import type { View } from '../src/view/view.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the view, and a side of the tiles. */
const [MAP_WIDTH, MAP_HEIGHT, TILE] = [960, 540, 6];

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

/** Sums of the cost of all tiles above and to the left: (columns + 1) x (rows + 1). */
export interface CostMap {
  readonly sums: Float64Array;
  readonly columns: number;
  readonly rows: number;
}

export async function costMap(): Promise<CostMap> {
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

/** Seconds of a rectangle of a picture of this size, all of which takes `total`. */
export function costOf({ sums, columns, rows }: CostMap, size: Size, total: number): (rect: Rect) => number {
  const whole = sums.at(-1) as number;
  const [perColumn, perRow] = [size.width / columns, size.height / rows];
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
