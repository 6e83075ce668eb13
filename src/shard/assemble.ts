/** Puts the answers of shards, in any order, together into a frame. */

import { type Channels, numbersOf } from '../view/channels.js';
import type { Frame } from './frame.js';
import type { Answer, Rect, Shard } from './shard.js';

export interface Assembly {
  /** Takes the bytes of a valid answer. */
  put(shard: Shard, bytes: Uint8Array): void;
  /** The frame; pixels without an answer are zero. */
  frame(): Frame;
  /** The rectangles that have been put. */
  readonly placed: readonly Rect[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly perPixel: number;
  /** Of raw samples. */
  readonly channels: Channels;
}

/** `samples`: the numbers of perPixel samples a pixel, doubles; `pixels`: 3 bytes; `deep-pixels`: 3 numbers of 16 bits; little endian. */
export function assemble(size: Size, index: number, kind: Answer['kind']): Assembly {
  const { width, height, perPixel } = size;
  const bytesPerPixel = bytesOfPixel(kind, size);
  const whole = new Uint8Array(width * height * bytesPerPixel);
  const placed: Rect[] = [];
  return {
    placed,
    put(shard, bytes) {
      placed.push(shard);
      const row = shard.width * bytesPerPixel;
      if (shard.width === width) return whole.set(bytes, shard.y * row);
      for (let y = 0; y < shard.height; y++) {
        const at = ((shard.y + y) * width + shard.x) * bytesPerPixel;
        whole.set(bytes.subarray(y * row, (y + 1) * row), at);
      }
    },
    frame: () => ({ index, width, height, perPixel, answer: answerOf(kind, whole, size) }),
  };
}

function answerOf(kind: Answer['kind'], whole: Uint8Array<ArrayBuffer>, { channels }: Pick<Size, 'channels'>): Answer {
  switch (kind) {
    case 'samples':
      return { kind, values: new Float64Array(whole.buffer), channels };
    case 'pixels':
      return { kind, rgb: whole };
    case 'deep-pixels':
      return { kind, rgb: new Uint16Array(whole.buffer) };
  }
}

export function bytesOfPixel(
  kind: Answer['kind'],
  { perPixel, channels }: Pick<Size, 'perPixel' | 'channels'>,
): number {
  switch (kind) {
    case 'samples':
      return 8 * perPixel * numbersOf(channels);
    case 'pixels':
      return 3;
    case 'deep-pixels':
      return 6;
  }
}
