/**
 * What is shown on the way to an aim: a picture whose centre is `x`, `y` off the aim's, in pixels of the aim, whose pixels are of a
 * level `depth` beyond it, and that is turned by `rotation` degrees more. All 0: the aim itself. Moving the aim leaves what is shown
 * where it is; `along` then leads it there.
 */

import { LEVELS_PER_OCTAVE } from '../../../src/tiles/lattice.js';
import { sinCos } from '../../../src/view/plane.js';
import type { Vector } from './camera.js';

export interface Shown extends Vector {
  readonly depth: number;
  readonly rotation: number;
}

export const AT_AIM: Shown = { x: 0, y: 0, depth: 0, rotation: 0 };

/** Turned counter-clockwise, y pointing down. */
export function rotatedBy({ x, y }: Vector, degrees: number): Vector {
  const [sin, cos] = sinCos(degrees);
  return { x: x * cos + y * sin, y: y * cos - x * sin };
}

/** The same picture, seen from an aim that has moved by a vector. */
export function seenFromMoved(shown: Shown, { x, y }: Vector): Shown {
  return { ...shown, x: shown.x - x, y: shown.y - y };
}

export interface Turn {
  /** The point of the former aim's picture that is at `to` in the other one. */
  readonly at: Vector;
  readonly to: Vector;
  readonly levels: number;
  readonly degrees: number;
  /** Pixels of the former in one of the other. */
  readonly ratio: number;
}

/** Seen from an aim that was turned. */
export function seenFromTurned(shown: Shown, { at, to, levels, degrees, ratio }: Turn): Shown {
  const around = rotatedBy(to, degrees);
  const [cx, cy] = [at.x - around.x * ratio, at.y - around.y * ratio];
  const off = rotatedBy({ x: (shown.x - cx) / ratio, y: (shown.y - cy) / ratio }, -degrees);
  return { ...off, depth: shown.depth - levels, rotation: shown.rotation - degrees };
}

/** A pixel of what is shown, in pixels of the aim. */
export function shownPixel({ depth }: Shown): number {
  return 2 ** (-depth / LEVELS_PER_OCTAVE);
}

/** A point of what is shown, as one of the aim's picture. */
export function toAim(shown: Shown, at: Vector): Vector {
  const { x, y } = rotatedBy(at, shown.rotation);
  const pixel = shownPixel(shown);
  return { x: shown.x + x * pixel, y: shown.y + y * pixel };
}

/** Below this difference of levels a way is straight. */
const STRAIGHT = 1e-6;

/**
 * On the way from `from` to `to`, at `part` of 0 to 1: a zoom about the one point that both have at the same place, so that what is
 * under the cursor stays there.
 */
export function along(from: Shown, to: Shown, part: number): Shown {
  const left = 1 - part;
  const depth = to.depth + (from.depth - to.depth) * left;
  const rotation = to.rotation + (from.rotation - to.rotation) * left;
  const zooms = Math.abs(from.depth - to.depth) > STRAIGHT;
  const share = zooms ? (shownPixel({ ...to, depth }) - shownPixel(to)) / (shownPixel(from) - shownPixel(to)) : left;
  return { x: to.x + (from.x - to.x) * share, y: to.y + (from.y - to.y) * share, depth, rotation };
}
