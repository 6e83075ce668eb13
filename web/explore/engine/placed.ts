/** A piece and where it is drawn. */

import type { Samples } from './samples.js';
import type { PieceTextures } from './textures.js';

/** A piece on the canvas: device pixels, y pointing down. */
export interface Placed {
  readonly samples: Pick<Samples, 'width' | 'height' | 'base'>;
  readonly textures: PieceTextures;
  readonly origin: readonly [x: number, y: number];
  /** Its upper side, and its left side. */
  readonly across: readonly [x: number, y: number];
  readonly down: readonly [x: number, y: number];
  /** Each sample is one pixel of the canvas. */
  readonly exact: boolean;
}
