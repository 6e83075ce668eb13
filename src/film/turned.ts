/**
 * What a frame takes of tiles that are turned against it: pixel by pixel, weighted along the rows and columns of the texels.
 * A pixel's window begins somewhere between two texels: at one of some places, each with its weights in a table.
 */

import { filterOf, windowAt } from './filter.js';
import { rowOf } from './finish.js';
import type { Film } from './memory.js';
import type { Part, Shown, Space } from './part.js';
import { columnWeights, pairsFor, pairWeights } from './weights.js';

export function turnedParts({ tiles, to, weight }: Shown, { size, film, scratch, sums }: Space): Part[] {
  const { width, height } = size;
  const texel = 2 ** (tiles[0]?.level ?? 0);
  const filter = filterOf(to.scale, texel);
  const { taps } = filter;
  const most = pairsFor(taps);
  const acrossAt = scratch.place(columnWeights(placesOf(1, film), filter, weight));
  const downAt = scratch.place(withSums(pairWeights(placesOf(2, film), filter), most, film));
  const [du, dv] = [to.cos / texel, -to.sin / texel];
  // The window of the frame's pixel (0, 0), in texels of the keyframe.
  const [right, up] = [(1 - width) / 2, (height - 1) / 2];
  const u = windowAt((width / 2 + to.cos * right - to.sin * up + to.x) / texel, filter);
  const v = windowAt((height / 2 - to.sin * right - to.cos * up - to.y) / texel, filter);
  const scale = du * du + dv * dv;
  return tiles.map((tile) => {
    // Rows of the frame at the corners of where windows touch the tile begin.
    const corners = [tile.x - taps, tile.x + tile.width].flatMap((x) =>
      [tile.y - 2 * most, tile.y + tile.height].map((y) => ((y - v) * du - (x - u) * dv) / scale),
    );
    return {
      from: Math.max(0, Math.floor(Math.min(...corners))),
      to: Math.min(height, Math.ceil(Math.max(...corners)) + 1),
      add(row, rows) {
        // biome-ignore format: as declared
        film.addTurned(tile.at, tile.width, tile.height / 2, u - row * dv - tile.x, v + row * du - tile.y, du, dv,
          rows, width, acrossAt, taps, downAt, most, sums, rowOf(width));
      },
    };
  });
}

/** The windows that begin within so many texels. */
function placesOf(texels: number, { PLACES }: Film): Float64Array {
  return Float64Array.from({ length: texels * PLACES.value }, (_, k) => (k + 0.5) / PLACES.value);
}

/** Of each window the sum of its weights times BIAS, then its `pairs` pairs of weights. */
function withSums(weights: Int16Array, pairs: number, { BIAS }: Film): Int32Array {
  const both = new Int32Array(weights.buffer);
  const table = new Int32Array((both.length / pairs) * (pairs + 1));
  for (let from = 0, to = 0; from < both.length; from += pairs, to += pairs + 1) {
    table[to] = BIAS.value * weights.subarray(2 * from, 2 * (from + pairs)).reduce((a, b) => a + b, 0);
    table.set(both.subarray(from, from + pairs), to + 1);
  }
  return table;
}
