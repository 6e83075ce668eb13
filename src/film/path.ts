/** The way of the camera through a film, or a part of it. */

import type { Camera } from './camera.js';
import type { Size } from './footprint.js';

export interface FilmPath {
  readonly frames: number;
  /** Also between frames. */
  at(frame: number): Camera;
  /** Absent: no motion blur. */
  readonly shutter?: Shutter;
  /** The camera at a depth (log10 of the zoom) between those of frames; absent: there may be several. */
  atDepth?(depth: number): Camera;
}

export interface Shutter {
  /** For this part of the time from one frame to the next, 0 to 1. */
  readonly open: number;
  /** Of the frames. */
  readonly size: Size;
  /** The first and the last time of the film, in frames of the path. */
  readonly begin: number;
  readonly end: number;
}
