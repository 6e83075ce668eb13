/**
 * A shard: a rectangle of pixels of one frame's view. Pure data: wherever, whenever and however often it is computed, the
 * bytes are the same.
 */

import type { Channels } from '../view/channels.js';

export interface Rect {
  /** Pixels; (0, 0) is the top left corner of the view, which keyframes of films go beyond. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Shard extends Rect {
  /** Unique within a job. */
  readonly id: number;
  /** Index of the render whose view this is a part of. */
  readonly render: number;
}

/**
 * The raw answer: per pixel in rows from the top left `perPixel` samples in the order of the view's sampling, each the
 * numbers of its channels (view/channels.ts), one after the other.
 */
export interface Samples {
  readonly kind: 'samples';
  readonly values: Float64Array;
  readonly channels: Channels;
}

/** The finished answer: 8-bit sRGB, 3 bytes a pixel, rows from the top left. */
export interface Pixels {
  readonly kind: 'pixels';
  readonly rgb: Uint8Array;
}

/** The finished answer: 16-bit sRGB, 3 numbers a pixel, rows from the top left. */
export interface DeepPixels {
  readonly kind: 'deep-pixels';
  readonly rgb: Uint16Array;
}

/**
 * The samples of a whole render, one a pixel, packed for a viewer where they were computed (tiles/packing.ts). Parts of a
 * render do not fit together; and the same samples may become other bytes with another version of zlib.
 */
export interface Packed {
  readonly kind: 'packed';
  readonly bytes: Uint8Array;
}

export type Answer = Samples | Pixels | DeepPixels | Packed;
