/** Puts the answers of shards, in any order, together into a frame. */

import type { Frame } from './frame.js';
import type { Answer, Shard } from './shard.js';

export interface Assembly {
  /** Takes the bytes of a valid answer. */
  put(shard: Shard, bytes: Uint8Array): void;
  /** The frame; pixels without an answer are zero. */
  frame(): Frame;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  /** Numbers a raw sample has: nu, the vector of the distance, the width across its footprint. */
  readonly channels: number;
}

/** `samples`: perPixel * channels doubles a pixel, little endian; `pixels`: 3 bytes. */
export function assemble(size: Size, index: number, kind: Answer['kind']): Assembly {
  const { width, height, perPixel } = size;
  const bytesPerPixel = bytesOfPixel(kind, size);
  const whole = new Uint8Array(width * height * bytesPerPixel);
  return {
    put(shard, bytes) {
      const row = shard.width * bytesPerPixel;
      if (shard.width === width) return whole.set(bytes, shard.y * row);
      for (let y = 0; y < shard.height; y++) {
        const at = ((shard.y + y) * width + shard.x) * bytesPerPixel;
        whole.set(bytes.subarray(y * row, (y + 1) * row), at);
      }
    },
    frame: () => ({
      index,
      width,
      height,
      perPixel,
      answer: kind === 'samples' ? { kind, values: new Float64Array(whole.buffer) } : { kind, rgb: whole },
    }),
  };
}

export function bytesOfPixel(
  kind: Answer['kind'],
  { perPixel, channels }: Pick<Size, 'perPixel' | 'channels'>,
): number {
  return kind === 'samples' ? 8 * perPixel * channels : 3;
}
