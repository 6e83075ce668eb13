/** Frames of films, assembled from texels, as work: what the frames of a segment share, and what one of them shows. */

import type { Segment } from '../../film/segment.js';
import type { Rect } from '../../shard/shard.js';

export interface FilmScene extends Segment {
  readonly kind: 'film';
}

/** A rectangle of a frame: as a rule the whole of it. */
export interface FilmTask {
  readonly kind: 'film';
  readonly rect: Rect;
  /** What the frame shows, as film/segment.ts writes it: the leader has computed where keyframes lie in it. */
  readonly shown: Float64Array;
}
