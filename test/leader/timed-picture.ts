/** A picture whose rectangles take a known time: a little at its top, 20 times as much at its bottom. */

import type { Rect } from '../../src/shard/shard.js';

export const SIZE = { width: 640, height: 640 };

/** Seconds of a slot for a rectangle, if all of the picture takes so many. */
export function secondsOf(total: number): (rect: Rect) => number {
  /** The integral of the cost of a row, of which the whole is 1. */
  const before = (row: number) => {
    const part = row / SIZE.height;
    return (part + 9.5 * part * part) / 10.5;
  };
  return ({ y, width, height }) => (total * (before(y + height) - before(y)) * width) / SIZE.width;
}
