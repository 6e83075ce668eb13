/**
 * Painted samples of a keyframe in linear light, and their mip levels. A keyframe is kept in tiles, since most of it is
 * the hole of a ring. A texel is four 16-bit numbers: red, green, blue, all times the fourth, the share of the texel that
 * has samples. So means of texels and sums over tiles and keyframes need no case for edges: what is divided at the end, by
 * the sum of the shares, is the mean over the samples that there are.
 */

import type { Rect } from '../shard/shard.js';

/** Pixels along the side: a multiple of cells. */
export const TILE = 128;
/** The share of a texel that is all samples. */
export const WHOLE = 65535;
/** Numbers of a texel. */
export const CHANNELS = 4;

/** Texels of 2^level pixels along the side; texel (0, 0) of a keyframe has its corner at pixel (0, 0). */
export interface Texels extends Rect {
  readonly level: number;
  /** width * height * CHANNELS, rows from the top left. */
  readonly values: Uint16Array;
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

/** Texels of level 0 of a rectangle, as yet without samples. */
export function emptyTexels({ x, y, width, height }: Rect): Texels {
  return { level: 0, x, y, width, height, values: new Uint16Array(CHANNELS * width * height) };
}

/** Puts what texels of level 0 have of a painted rectangle: linear light, 3 numbers a pixel. */
export function putLight(texels: Texels, light: Float32Array, rect: Rect): void {
  const [left, right] = [Math.max(texels.x, rect.x), Math.min(texels.x + texels.width, rect.x + rect.width)];
  const [top, bottom] = [Math.max(texels.y, rect.y), Math.min(texels.y + texels.height, rect.y + rect.height)];
  for (let y = top; y < bottom; y++) {
    let from = 3 * ((y - rect.y) * rect.width + left - rect.x);
    let to = CHANNELS * ((y - texels.y) * texels.width + left - texels.x);
    for (let x = left; x < right; x++, from += 3, to += CHANNELS) {
      texels.values[to] = WHOLE * (light[from] as number) + 0.5;
      texels.values[to + 1] = WHOLE * (light[from + 1] as number) + 0.5;
      texels.values[to + 2] = WHOLE * (light[from + 2] as number) + 0.5;
      texels.values[to + 3] = WHOLE;
    }
  }
}

/** Half as many texels along each side: means of four, nothing counting as no samples. */
export function halved({ level, x, y, width, height, values }: Texels): Texels {
  const [left, top] = [Math.floor(x / 2), Math.floor(y / 2)];
  const half = { x: left, y: top, width: Math.ceil((x + width) / 2) - left, height: Math.ceil((y + height) / 2) - top };
  const sums = new Uint32Array(CHANNELS * half.width * half.height);
  for (let row = 0; row < height; row++) {
    const to = CHANNELS * (Math.floor((y + row) / 2) - top) * half.width;
    for (let column = 0; column < width; column++) {
      const source = CHANNELS * (row * width + column);
      const target = to + CHANNELS * (Math.floor((x + column) / 2) - left);
      for (let c = 0; c < CHANNELS; c++) sums[target + c]! += values[source + c] as number;
    }
  }
  return { level: level + 1, ...half, values: Uint16Array.from(sums, (sum) => (sum + 2) >> 2) };
}
