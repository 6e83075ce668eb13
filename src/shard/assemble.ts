/** Puts the answers of shards, in any order, together into a frame. */

import { type Channels, numbersOf } from '../view/channels.js';
import type { Frame, Pieces } from './frame.js';
import type { Answer, Rect, Samples, Shard } from './shard.js';

export interface Assembly {
  /** Takes the bytes of a valid answer, which must not change any more. */
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
  /** What of it is wanted; absent: all. */
  readonly parts?: readonly Rect[];
}

/**
 * `samples`: the numbers of perPixel samples a pixel, doubles; `pixels`: 3 bytes; `deep-pixels`: 3 numbers of 16 bits; little
 * endian; `packed`: one answer for all. Samples of parts stay in pieces: they are not copied, and there is no space for the rest.
 */
export function assemble(size: Size, index: number, kind: Answer['kind']): Assembly {
  if (kind === 'samples' && size.parts) return inPieces(size, index);
  if (kind === 'packed') return inOne(size, index);
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

function inPieces({ width, height, perPixel, channels }: Size, index: number): Assembly {
  const placed: Rect[] = [];
  const pieces: Pieces['pieces'][number][] = [];
  return {
    placed,
    put(shard, bytes) {
      placed.push(shard);
      pieces.push({ rect: shard, values: doublesIn(bytes) });
    },
    frame: () => ({ index, width, height, perPixel, answer: { kind: 'pieces', pieces: [...pieces], channels } }),
  };
}

/** A render that is one shard. */
function inOne({ width, height, perPixel }: Size, index: number): Assembly {
  const placed: Rect[] = [];
  let packed = new Uint8Array(0);
  return {
    placed,
    put(shard, bytes) {
      placed.push(shard);
      packed = bytes as Uint8Array<ArrayBuffer>;
    },
    frame: () => ({ index, width, height, perPixel, answer: { kind: 'packed', bytes: packed } }),
  };
}

/** The samples of a whole picture; zero where there is no piece. */
export function wholeOf({ pieces, channels }: Pieces, size: Pick<Size, 'width' | 'height'>): Samples {
  const numbers = numbersOf(channels);
  const whole = new Float64Array(numbers * size.width * size.height);
  for (const { rect, values } of pieces) {
    for (let y = 0; y < rect.height; y++) {
      const row = values.subarray(numbers * y * rect.width, numbers * (y + 1) * rect.width);
      whole.set(row, numbers * ((rect.y + y) * size.width + rect.x));
    }
  }
  return { kind: 'samples', values: whole, channels };
}

/** The same bytes; copied only where no double may begin. */
function doublesIn(bytes: Uint8Array): Float64Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(buffer, byteOffset, byteLength / 8);
}

function answerOf(
  kind: Exclude<Answer['kind'], 'packed'>,
  whole: Uint8Array<ArrayBuffer>,
  { channels }: Pick<Size, 'channels'>,
): Answer {
  switch (kind) {
    case 'samples':
      return { kind, values: new Float64Array(whole.buffer), channels };
    case 'pixels':
      return { kind, rgb: whole };
    case 'deep-pixels':
      return { kind, rgb: new Uint16Array(whole.buffer) };
  }
}

/** Of packed answers, which are shorter: as many as raw samples have. */
export function bytesOfPixel(
  kind: Answer['kind'],
  { perPixel, channels }: Pick<Size, 'perPixel' | 'channels'>,
): number {
  switch (kind) {
    case 'samples':
    case 'packed':
      return 8 * perPixel * numbersOf(channels);
    case 'pixels':
      return 3;
    case 'deep-pixels':
      return 6;
  }
}
