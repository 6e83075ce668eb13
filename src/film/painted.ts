/**
 * Samples of a keyframe as texels. A sample whose colour is noise takes part of that of its neighbours: so the filter of
 * frames can be narrow, and blurs only what would sparkle.
 */

import type { Rect } from '../shard/shard.js';
import type { FilmMemory } from './memory.js';
import type { KeyframeSamples, Painting } from './samples.js';
import { emptyTile, putLight, type Tile } from './texture.js';

/** Where no width of nu says how much is noise. */
const UNKNOWN = 0.5;

export interface PaintedFor {
  readonly painting: Painting;
  readonly frame: number;
  /** Samples of the keyframe along a pixel of the frame. */
  readonly scale: number;
}

/** The tile of level 0 of a rectangle: all samples in it. */
export function paintedTile(memory: FilmMemory, rect: Rect, samples: KeyframeSamples, of: PaintedFor): Tile {
  const { painting, frame, scale } = of;
  const around = { x: rect.x - 1, y: rect.y - 1, width: rect.width + 2, height: rect.height + 2 };
  const { values, there } = cut(samples, around);
  const noise = painting.noise?.(values, frame);
  const light = painting.light(values, frame, scale);
  const tile = emptyTile(memory, rect);
  putLight(memory, tile, steadied(light, noise, there, around.width), there, around);
  return tile;
}

/** The samples within a rectangle, and where there are any. What is not there is interior. */
function cut(samples: KeyframeSamples, { x, y, width, height }: Rect) {
  const there = new Uint8Array(width * height);
  const [first] = samples;
  const channels = first ? first.values.length / (first.rect.width * first.rect.height) : 1;
  const values = new Float64Array(channels * there.length).fill(Infinity);
  for (const { rect, values: own } of samples) {
    const [left, right] = [Math.max(x, rect.x), Math.min(x + width, rect.x + rect.width)];
    const [top, bottom] = [Math.max(y, rect.y), Math.min(y + height, rect.y + rect.height)];
    if (left >= right) continue;
    for (let row = top; row < bottom; row++) {
      const from = (row - rect.y) * rect.width - rect.x;
      const to = (row - y) * width - x;
      values.set(own.subarray(channels * (from + left), channels * (from + right)), channels * (to + left));
      there.fill(1, to + left, to + right);
    }
  }
  return { values, there };
}

/**
 * Each sample mixed with the mean of itself and the neighbours that there are, as far as it is noise. The outermost samples are only
 * neighbours.
 */
function steadied(
  light: Float32Array,
  noise: Float32Array | undefined,
  there: Uint8Array,
  width: number,
): Float32Array {
  const result = light.slice();
  const around = Int32Array.of(-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1);
  const last = there.length - width - 1;
  for (let i = width + 1; i < last; i++) {
    const share = noise ? (noise[i] as number) : UNKNOWN;
    if (there[i] === 0 || share < LEAST) continue;
    let red = 0;
    let green = 0;
    let blue = 0;
    let count = 0;
    for (let k = 0; k < 9; k++) {
      const at = i + (around[k] as number);
      if (there[at] === 0) continue;
      red += light[3 * at] as number;
      green += light[3 * at + 1] as number;
      blue += light[3 * at + 2] as number;
      count++;
    }
    const own = 1 - share;
    const mean = share / count;
    result[3 * i] = own * (light[3 * i] as number) + mean * red;
    result[3 * i + 1] = own * (light[3 * i + 1] as number) + mean * green;
    result[3 * i + 2] = own * (light[3 * i + 2] as number) + mean * blue;
  }
  return result;
}

/** A smaller share changes nothing that is seen. */
const LEAST = 1 / 256;
