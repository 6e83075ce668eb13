/** Where the samples of a film's keyframes lie. Films with the same grid share samples, whatever else differs. */

import type { Size } from './footprint.js';

export interface Grid {
  /** Of the views of keyframes. */
  readonly size: Size;
  /** Keyframes have this zoom, or one a power of R from it. */
  readonly zoom: string;
  /** The zoom of the other end of the film that chose the grid: a keyframe just as deep has this text. */
  readonly end: string;
  /** The way between the frames is covered as well: films of any speed take the same keyframes. */
  readonly whole: boolean;
  /** Of all keyframes, degrees counter-clockwise; absent: 0. */
  readonly rotation?: number;
  /** What frames of any rotation show is covered. */
  readonly round?: boolean;
  /**
   * Samples that a pixel of the film had that chose the grid, whose frames had its size: smaller and coarser films take the
   * same keyframes, though others would do. Absent: 0.
   */
  readonly samples?: number;
  /**
   * Keyframes are kept from the deepest place of the film on to this zoom, around the same centre: what a frame shows of them
   * need not be computed. Absent: none is.
   */
  readonly deeper?: string;
}
