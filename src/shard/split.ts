/**
 * Cuts a frame, or what is missing of it, into rectangles, one after another, each of the size that is requested at that
 * moment: by halving the rest, along the longer side for tiles, across for rows. With a block size: squares, or bands, of
 * exactly that size.
 */

import { BLOCK, cutAtEdge } from './block.js';
import { areaOf } from './missing.js';
import type { Rect } from './shard.js';

export type Shape = 'row' | 'tile';

export interface Cutter {
  /** Pixels not yet cut off. */
  readonly left: number;
  /** The next rectangle of at most `target` pixels (but at least one row, or one pixel); undefined when all is cut. */
  next(target: number): Rect | undefined;
}

/** `rects` do not overlap; the first is cut first. */
export function cutter(rects: readonly Rect[], shape: Shape, blockSize?: number): Cutter {
  const rest = rects.toReversed();
  let left = areaOf(rects);

  /** Returns the first half of a rectangle, and puts the second back. */
  function halve(rect: Rect): Rect {
    const { x, y, width: w, height: h } = rect;
    if (shape === 'tile' && w > h) {
      const first = blockSize ? Math.min(blockSize, w) : half(x, w);
      rest.push({ x: x + first, y, width: w - first, height: h });
      return { x, y, width: first, height: h };
    }
    const first = blockSize ? Math.min(blockSize, h) : half(y, h);
    rest.push({ x, y: y + first, width: w, height: h - first });
    return { x, y, width: w, height: first };
  }

  function fits(rect: Rect, target: number): boolean {
    if (blockSize) return rect.height <= blockSize && (shape === 'row' || rect.width <= blockSize);
    if (rect.width * rect.height <= target) return true;
    return shape === 'row' ? rect.height === 1 : rect.width === 1 && rect.height === 1;
  }

  return {
    get left() {
      return left;
    },
    next(target) {
      let rect = rest.pop();
      if (!rect) return undefined;
      while (!fits(rect, target)) rect = halve(rect);
      left -= rect.width * rect.height;
      return rect;
    },
  };
}

/** The first half of [from, from + length), to the next edge of a block. */
function half(from: number, length: number): number {
  const first = length >> 1;
  return length > 2 * BLOCK ? cutAtEdge(from, length, first + BLOCK / 2) : first;
}
