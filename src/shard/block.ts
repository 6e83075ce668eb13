/**
 * Blocks: squares of BLOCK pixels, counted from a picture's top left, whose points take their first steps together where
 * they are perturbed (kernel/assembly/perturbation/series.ts). Where a block is cut through, both sides take them.
 */

import type { Rect } from './shard.js';

/** Pixels along the side. */
export const BLOCK = 16;

/** A block by its top left pixel, and what a rectangle has of it. */
export interface Block {
  readonly x: number;
  readonly y: number;
  readonly part: Rect;
}

/** The blocks that a rectangle is of, or squares of `side` pixels. It may lie beyond the picture, to all sides. */
export function* blocks({ x, y, width, height }: Rect, side = BLOCK): Generator<Block> {
  for (let top = edgeBefore(y, side); top < y + height; top += side) {
    for (let left = edgeBefore(x, side); left < x + width; left += side) {
      const [fromX, fromY] = [Math.max(x, left), Math.max(y, top)];
      const [toX, toY] = [Math.min(x + width, left + side), Math.min(y + height, top + side)];
      yield { x: left, y: top, part: { x: fromX, y: fromY, width: toX - fromX, height: toY - fromY } };
    }
  }
}

/** How much of [from, from + length) to cut off: at most `first`, up to an edge between blocks if there is one. */
export function cutAtEdge(from: number, length: number, first: number): number {
  if (first >= length) return length;
  const edge = edgeBefore(from + first);
  return edge > from ? edge - from : first;
}

/** The last edge between blocks that is not behind this pixel. */
function edgeBefore(at: number, side = BLOCK): number {
  return side * Math.floor(at / side);
}
