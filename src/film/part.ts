/** What a frame shows, and what of its rows a tile has a part in. */

import type { Similarity } from './camera.js';
import type { Size } from './footprint.js';
import type { Film } from './memory.js';
import type { Scratch } from './scratch.js';
import type { Tile } from './texture.js';

/** A mip level of a keyframe in a frame. */
export interface Shown {
  /** All of the same level. */
  readonly tiles: readonly Tile[];
  /** From pixels of the frame to those of the keyframe. */
  readonly to: Similarity;
  /** A factor on its weights. */
  readonly weight: number;
}

/** A tile's part in a frame. */
export interface Part {
  /** The rows of the frame that take something of it: from `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  /** Adds what rows from `row` on take of it to their sums. */
  add(row: number, rows: number): void;
}

/** Where parts are prepared and added. */
export interface Space {
  readonly size: Size;
  readonly film: Film;
  readonly scratch: Scratch;
  /** Address of the sums of the rows that are being added: 16 bytes a pixel. */
  readonly sums: number;
  /** Address of the sums of a tile's columns. */
  readonly line: number;
}
