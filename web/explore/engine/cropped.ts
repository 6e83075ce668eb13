/** Thumbnails. */

import type { Scenery } from './painter.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The middle of a picture, made larger or smaller until it fills another one. */
export function cropped(scenery: Scenery, size: Size, { width, height }: Size): Scenery {
  const factor = Math.max(width / size.width, height / size.height);
  const by = ([x, y]: readonly [number, number]) => [x * factor, y * factor] as const;
  const pieces = scenery.pieces.map((placed) => ({
    ...placed,
    origin: [
      (placed.origin[0] - size.width / 2) * factor + width / 2,
      (placed.origin[1] - size.height / 2) * factor + height / 2,
    ] as const,
    ...{ across: by(placed.across), down: by(placed.down), exact: placed.exact && factor === 1 },
  }));
  return { ...scenery, ...{ width, height, rows: scenery.rows * factor, pieces } };
}
