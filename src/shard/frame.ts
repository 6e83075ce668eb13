/** One finished picture, or the raw samples of one. */

import type { Answer } from './shard.js';

export interface Frame {
  /** Position in the film, from 0; 0 for a still. */
  readonly index: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * Samples a pixel; an answer of `samples` has width * height * perPixel of them, of one number each or three, an answer
   * of `pixels` 3 bytes a pixel.
   */
  readonly perPixel: number;
  readonly answer: Answer;
}
