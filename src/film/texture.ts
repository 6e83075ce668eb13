/**
 * Painted samples of a keyframe in linear light, and their mip levels. A keyframe is kept in tiles, since most of it is
 * the hole of a ring. A texel is four 16-bit numbers: red, green, blue, all times the fourth, the share of the texel that
 * has samples. So means of texels and sums over tiles and keyframes need no case for edges: what is divided at the end, by
 * the sum of the shares, is the mean over the samples that there are.
 */

import type { Rect } from '../shard/shard.js';
import type { FilmMemory } from './memory.js';

/** Pixels along the side: a multiple of cells. */
export const TILE = 128;
/** Numbers of a texel. */
const CHANNELS = 4;

/** Texels of 2^level pixels along the side; texel (0, 0) of a keyframe has its corner at pixel (0, 0). Rows are in pairs. */
export interface Tile extends Rect {
  readonly level: number;
  /** Where its pairs of texels are in the memory: rows of pairs from the top left. */
  readonly at: number;
}

/** The tiles that parts of a keyframe lie in: for each the smallest rectangle with all that it has of them. */
export function tilesOf(parts: readonly Rect[]): Rect[] {
  const tiles = new Map<string, { left: number; top: number; right: number; bottom: number }>();
  for (const { x, y, width, height } of parts) {
    for (let row = Math.floor(y / TILE); row * TILE < y + height; row++) {
      for (let column = Math.floor(x / TILE); column * TILE < x + width; column++) {
        const name = `${column} ${row}`;
        const tile = tiles.get(name) ?? { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
        tiles.set(name, {
          left: Math.min(tile.left, Math.max(x, column * TILE)),
          top: Math.min(tile.top, Math.max(y, row * TILE)),
          right: Math.max(tile.right, Math.min(x + width, (column + 1) * TILE)),
          bottom: Math.max(tile.bottom, Math.min(y + height, (row + 1) * TILE)),
        });
      }
    }
  }
  return [...tiles.values()].map(({ left, top, right, bottom }) => ({
    ...{ x: left, y: top },
    ...{ width: right - left, height: bottom - top },
  }));
}

/** A tile of level 0 of a rectangle, whose texels are yet to be written. */
export function tileFor(memory: FilmMemory, rect: Rect): Tile {
  return placed(memory, 0, rect);
}

/** Half as many texels along each side: means of four, nothing counting as no samples. */
export function halved(memory: FilmMemory, tile: Tile): Tile {
  const { level, at, x, y, width, height } = tile;
  const left = Math.floor(x / 2);
  const wide = Math.ceil((x + width) / 2) - left;
  const half = placed(memory, level + 1, { x: left, y: y / 2, width: wide, height: height / 2 });
  memory.film.halve(at, x, y / 2, width, height / 2, half.at, half.x, half.y / 2, half.width, half.height / 2);
  return half;
}

/** The tiles are needed no more, once all frames that hold them are done. */
export function release(memory: FilmMemory, tiles: readonly Tile[]): void {
  for (const tile of tiles) memory.give(tile.at, bytesOf(tile));
}

function placed(memory: FilmMemory, level: number, { x, y, width, height }: Rect): Tile {
  const rect = evenRows(x, y, width, height);
  return { level, ...rect, at: memory.take(bytesOf(rect)) };
}

/** With rows above and below, so that it has pairs only, of which the first is an even row with the next one. */
function evenRows(x: number, y: number, width: number, height: number): Rect {
  const top = 2 * Math.floor(y / 2);
  return { x, y: top, width, height: 2 * Math.ceil((y + height) / 2) - top };
}

export function bytesOf({ width, height }: Pick<Tile, 'width' | 'height'>): number {
  return 2 * CHANNELS * width * height;
}

/** Its texels. */
export function copyOf({ memory }: FilmMemory, tile: Tile): Uint8Array {
  return new Uint8Array(memory.buffer, tile.at, bytesOf(tile)).slice();
}
