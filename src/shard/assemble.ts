/** Puts the answers of shards, in any order, together into a frame. */

import type { Frame } from './frame.js';
import type { Answer, Rect, Shard } from './shard.js';

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
  /** Numbers a raw sample has: nu, or nu and the vector of the distance. */
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

/** What is wrong with an answer, if anything: its length, or samples that no view has. */
export function objectionTo(
  answer: Uint8Array,
  { width, height }: Rect,
  kind: Answer['kind'],
  size: Pick<Size, 'perPixel' | 'channels'>,
): string | undefined {
  const expected = width * height * bytesOfPixel(kind, size);
  if (answer.length !== expected) {
    return `${answer.length} bytes came for ${width}x${height} pixels, not ${expected}`;
  }
  if (kind === 'pixels') return undefined;
  const aligned = answer.byteOffset % 8 === 0 ? answer : Uint8Array.from(answer);
  const nu = new Float64Array(aligned.buffer, aligned.byteOffset, expected / 8);
  // Counts are finite, or +Infinity where a point never escapes.
  for (let at = 0; at < nu.length; at += size.channels) {
    if (!((nu[at] as number) > -Infinity)) {
      return `sample ${at / size.channels} of ${width}x${height} pixels is ${nu[at]}, which no sample is`;
    }
  }
  return undefined;
}

export function bytesOfPixel(
  kind: Answer['kind'],
  { perPixel, channels }: Pick<Size, 'perPixel' | 'channels'>,
): number {
  return kind === 'samples' ? 8 * perPixel * channels : 3;
}
