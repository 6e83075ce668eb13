/** One finished picture, or the raw samples of one. */

import type { Channels } from '../view/channels.js';
import { mirrorSigns } from './raw-samples.js';
import type { Answer, Rect, Samples } from './shard.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture as films hold it (render/yuv.ts): Y' of every pixel, then Cb and then Cr of every 2 x 2 pixels, all in rows from the top left. */
export interface Planes {
  readonly kind: 'planes';
  readonly yuv: Uint8Array;
}

/** Samples of parts of a picture, one a pixel, as they came. Where rectangles overlap, they have the same numbers. */
export interface Pieces {
  readonly kind: 'pieces';
  readonly pieces: readonly { readonly rect: Rect; readonly values: Float64Array }[];
  readonly channels: Channels;
}

export interface Frame extends Size {
  /** Position in the film, from 0; 0 for a still. */
  readonly index: number;
  /**
   * Samples a pixel; an answer of `samples` has width * height * perPixel of them, of its channels, an
   * answer of `pixels` or `deep-pixels` 3 numbers a pixel. `planes`: only of a film that is assembled from keyframes,
   * for an output that takes them. `pieces`: only of a keyframe.
   */
  readonly perPixel: number;
  readonly answer: Answer | Planes | Pieces;
}

/** The frame mirrored top to bottom, vectors of distances as well; its samples and pixels are copied. */
export function flipped(frame: Frame): Frame {
  const { answer, height } = frame;
  switch (answer.kind) {
    case 'samples':
      return { ...frame, answer: { ...answer, values: mirrored(answer, height) } };
    case 'pixels':
      return { ...frame, answer: { ...answer, rgb: rowsReversed(answer.rgb, height) } };
    case 'deep-pixels':
      return { ...frame, answer: { ...answer, rgb: rowsReversed(answer.rgb, height) } };
    case 'planes':
    case 'pieces':
    case 'packed':
      throw new TypeError(`${answer.kind} are not mirrored`);
  }
}

function mirrored(samples: Samples, height: number): Float64Array {
  const values = rowsReversed(samples.values, height);
  mirrorSigns(values, samples.channels);
  return values;
}

/** The same numbers, the last row first. */
export function rowsReversed<T extends Uint8Array | Uint16Array | Float32Array | Float64Array>(
  rows: T,
  height: number,
): T {
  const reversed = rows.slice() as T;
  const length = rows.length / height;
  for (let y = 0; y < height; y++)
    reversed.set(rows.subarray((height - 1 - y) * length, (height - y) * length), y * length);
  return reversed;
}
