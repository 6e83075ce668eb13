/** Keyframes of painted noise, as tiles and as what their texels are by definition. */

import type { FilmMemory } from '../../src/film/memory.js';
import { around } from '../../src/film/painter.js';
import { halved, release, type Tile, tileFor, tilesOf } from '../../src/film/texture.js';
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

/** No sample of it is chance. */
function put(memory: FilmMemory, tile: Tile, { parts, seed }: Noise): void {
  const { x, y, width, height } = around(tile);
  const light = new Float32Array(3 * width * height + 1);
  const chance = new Float32Array(width * height).fill(-1);
  for (let i = 0; i < chance.length; i++) {
    const at = { x: x + (i % width), y: y + Math.floor(i / width) };
    if (!parts.some((part) => isIn(part, at.x, at.y))) continue;
    chance[i] = 0;
    for (let channel = 0; channel < 3; channel++) light[3 * i + channel] = sample(seed, at.x, at.y, channel);
  }
  steadied(memory, tile, light, chance);
}

function isIn(part: Rect, x: number, y: number): boolean {
  return x >= part.x && x < part.x + part.width && y >= part.y && y < part.y + part.height;
}

/** Writes the texels of a tile, of the light of samples in it and around it. */
export function steadied(memory: FilmMemory, tile: Tile, light: Float32Array, noise: Float32Array): void {
  const [a, b] = [memory.place(light), memory.place(noise)];
  memory.film.steady(a, b, tile.width, tile.height / 2, tile.at);
  memory.give(a, light.byteLength);
  memory.give(b, noise.byteLength);
}

/** The tiles of a mip level. */
export function textured(memory: FilmMemory, { parts, seed }: Noise, level: number): Tile[] {
  let tiles = tilesOf(parts).map((rect) => tileFor(memory, rect));
  for (const tile of tiles) put(memory, tile, { parts, seed });
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
      if (!parts.some((part) => isIn(part, i, j))) continue;
      red += sample(seed, i, j, 0) / side ** 2;
      share += 1 / side ** 2;
    }
  }
  return { red, share };
}
