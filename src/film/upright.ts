/** What a frame takes of tiles that are not turned against it: weights by the columns and by the rows of its pixels. */

import { type Filter, filterOf, windowAt } from './filter.js';
import { rowOf } from './finish.js';
import type { Part, Shown, Space } from './part.js';
import { columnWeights, pairsFor, pairWeights } from './weights.js';

/** An axis of the frame, in texels. */
interface Axis {
  readonly pixels: number;
  /** Where the frame's edge lies. */
  readonly origin: number;
  /** Texels that there are: from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
}

/** The windows of pixels along an axis. */
interface Windows {
  /** The first pixel. */
  readonly from: number;
  /** Where the window of each begins. */
  readonly at: Float64Array;
}

export function uprightParts({ tiles, to, weight }: Shown, { size, film, scratch, sums, line }: Space): Part[] {
  const { width, height } = size;
  const texel = 2 ** (tiles[0]?.level ?? 0);
  const filter = filterOf(to.scale, texel);
  const { taps } = filter;
  const most = pairsFor(taps);
  const across = windowsOf(
    {
      pixels: width,
      origin: (width / 2 + to.x - (to.scale * width) / 2) / texel,
      begin: Math.min(...tiles.map(({ x }) => x)),
      end: Math.max(...tiles.map((tile) => tile.x + tile.width)),
    },
    filter,
  );
  const down = windowsOf(
    {
      pixels: height,
      origin: (height / 2 - to.y - (to.scale * height) / 2) / texel,
      begin: Math.min(...tiles.map(({ y }) => y)),
      end: Math.max(...tiles.map((tile) => tile.y + tile.height)),
    },
    filter,
  );
  const columns = Int32Array.from(across.at, Math.floor);
  const pairs = Int32Array.from(down.at, (window) => Math.floor(window / 2));
  const columnsAt = scratch.place(columns);
  const pairsAt = scratch.place(pairs);
  const acrossAt = scratch.place(columnWeights(across.at, filter, weight));
  const downAt = scratch.place(pairWeights(down.at, filter));
  return tiles.map((tile) => {
    const [left, right] = [firstFrom(columns, tile.x - taps + 1), firstFrom(columns, tile.x + tile.width)];
    const top = firstFrom(pairs, tile.y / 2 - most + 1);
    const bottom = firstFrom(pairs, (tile.y + tile.height) / 2);
    return {
      from: down.from + top,
      to: left < right ? down.from + bottom : 0,
      add(row, rows) {
        const begin = Math.max(row, down.from + top);
        const count = Math.min(row + rows, down.from + bottom) - begin;
        const first = begin - down.from;
        // biome-ignore format: as declared
        film.addUpright(tile.at, tile.width, tile.height / 2, pairsAt + 4 * first, tile.y / 2, downAt + 4 * most * first,
          most, count, columnsAt + 4 * left, tile.x, acrossAt + 4 * taps * left, taps, right - left,
          line, sums + 16 * ((begin - row) * rowOf(width) + across.from + left), rowOf(width));
      },
    };
  });
}

function windowsOf({ pixels, origin, begin, end }: Axis, filter: Filter): Windows {
  const { step, reach } = filter;
  const from = Math.max(0, Math.floor((begin - origin - reach) / step - 0.5));
  const to = Math.min(pixels, Math.ceil((end - origin + reach) / step + 0.5));
  const centre = (k: number) => origin + (from + k + 0.5) * step;
  return { from, at: Float64Array.from({ length: Math.max(0, to - from) }, (_, k) => windowAt(centre(k), filter)) };
}

/** The first index with a number of at least `least`, in numbers that never fall. */
function firstFrom(numbers: Int32Array, least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
