/** Keyframes of painted noise, as tiles and as what their texels are by definition. */

import type { FilmMemory } from '../../src/film/memory.js';
import { emptyTile, halved, putLight, release, type Tile, tilesOf } from '../../src/film/texture.js';
import type { Rect } from '../../src/shard/shard.js';

export interface Noise {
  readonly parts: readonly Rect[];
  readonly seed: number;
}

export function noise(parts: readonly Rect[], seed: number): Noise {
  return { parts, seed };
}

/** Linear light of a sample: the same for the same place. */
function sample(seed: number, x: number, y: number, channel: number): number {
  let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(4 * seed + channel, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 8) / 2 ** 24;
}

/** The tiles of a mip level. */
export function textured(memory: FilmMemory, { parts, seed }: Noise, level: number): Tile[] {
  let tiles = tilesOf(parts).map((rect) => emptyTile(memory, rect));
  for (const rect of parts) {
    const light = new Float32Array(3 * rect.width * rect.height);
    for (let i = 0; i < light.length; i++) {
      const pixel = Math.floor(i / 3);
      light[i] = sample(seed, rect.x + (pixel % rect.width), rect.y + Math.floor(pixel / rect.width), i % 3);
    }
    const there = new Uint8Array(light.length / 3).fill(1);
    for (const tile of tiles) putLight(memory, tile, light, there, rect);
  }
  for (let k = 0; k < level; k++) {
    const finer = tiles;
    tiles = finer.map((tile) => halved(memory, tile));
    release(memory, finer);
  }
  return tiles;
}

/** Of a texel: its red times its share, and its share. */
export function lightOf({ parts, seed }: Noise, level: number, x: number, y: number): { red: number; share: number } {
  const side = 2 ** level;
  let [red, share] = [0, 0];
  for (let j = y * side; j < (y + 1) * side; j++) {
    for (let i = x * side; i < (x + 1) * side; i++) {
      if (!parts.some((one) => i >= one.x && i < one.x + one.width && j >= one.y && j < one.y + one.height)) continue;
      red += sample(seed, i, j, 0) / side ** 2;
      share += 1 / side ** 2;
    }
  }
  return { red, share };
}
