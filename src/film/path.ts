/** The way of the camera through a film, or a part of it. */

import type { Camera } from './camera.js';
import type { Size } from './footprint.js';

export interface FilmPath {
  readonly frames: number;
  /** Also between frames. */
  at(frame: number): Camera;
  /** Absent: no motion blur. */
  readonly shutter?: Shutter;
  /** All of the way from the first frame to the last; absent: it is known at frames only. */
  readonly legs?: readonly Leg[];
}

/**
 * A part of the way without its times: the zoom only grows, only shrinks, or stays. Positions along it are depths, or shares
 * of it, or whatever else they need to be the same for a film of another speed.
 */
export interface Leg {
  readonly from: number;
  readonly to: number;
  at(position: number): Camera;
  /** log10 of the zoom there. */
  depthAt(position: number): number;
  /** Where it has this depth, which lies between those of its ends. */
  positionAt(depth: number): number;
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
