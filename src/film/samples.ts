/** Raw samples of keyframes, and how they become colours. */

import type { Escape } from '../render/escape.js';
import type { Paint } from '../render/paint.js';
import type { Pieces } from '../shard/frame.js';
import type { Channels } from '../view/channels.js';

/** Rectangles that make up a keyframe's parts, in its pixels: the samples of raw answers (shard/shard.ts), one a pixel. */
export type KeyframeSamples = Pieces['pieces'];

export function bytesOf(samples: KeyframeSamples): number {
  return samples.reduce((sum, { values }) => sum + values.byteLength, 0);
}

/** How samples are coloured: plain data, to be sent. */
export interface Look {
  readonly paint: Paint;
  /** Of the view. */
  readonly iterations: number;
  readonly escaping?: Escape;
  /** The palette is filtered over footprints. */
  readonly filter: boolean;
  /** Of samples, some of which may not be needed. */
  readonly channels: Channels;
}

/** How the frames of a film colour the samples of keyframes. */
export interface Painting {
  /** Frames with the same name colour alike. */
  nameOf(frame: number): string;
  /** Whether colours depend on the size of a frame's pixel, as slopes and distances do. */
  readonly scaled: boolean;
  /** Those with the same name have the same one. */
  lookOf(frame: number): Look;
}

/** A painting of a keyframe, and its share in a frame. */
export interface Blend {
  /** The painting is made for frames with a pixel of 2^(step/2) samples along its side. */
  readonly step: number;
  /** 0 to 1; the shares of a keyframe in a frame add up to 1. */
  readonly share: number;
}

const SAME = 1e-6;

/**
 * Colours that depend on the size of a pixel are painted for sizes a factor sqrt(2) apart, and frames between two of
 * these blend them: so a keyframe is painted twice an octave and not for each frame, and nothing changes abruptly.
 */
export function blendsOf({ scaled }: Painting, scale: number): Blend[] {
  if (!scaled) return [{ step: 0, share: 1 }];
  const position = 2 * Math.log2(scale);
  const step = Math.floor(position + SAME);
  const share = Math.max(0, position - step);
  if (share < SAME) return [{ step, share: 1 }];
  return [
    { step, share: 1 - share },
    { step: step + 1, share },
  ];
}

/** Samples of the keyframe along a pixel, at a step. */
export function scaleAt(step: number): number {
  const whole = 2 ** Math.floor(step / 2);
  return step % 2 === 0 ? whole : whole * Math.SQRT2;
}
