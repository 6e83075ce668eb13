/**
 * Cuts rectangles into bands for work that is done in blocks, and pays for each band anew: cuts are at multiples of `unit`
 * pixels, as few as the requested sizes allow. A band lower than two blocks may be cut across, into columns.
 */

import { areaOf } from './missing.js';
import type { Rect } from './shard.js';
import type { Cutter } from './split.js';

/** `rects` do not overlap; the first is cut first. */
export function bandCutter(rects: readonly Rect[], unit: number): Cutter {
  const rest = rects.toReversed();
  let left = areaOf(rects);
  return {
    get left() {
      return left;
    },
    next(target) {
      const rect = rest.pop();
      if (!rect) return undefined;
      const { x, y, width, height } = rect;
      const rows = upTo(y, target / width, unit);
      const columns = rows > unit || target >= width * Math.min(unit, height) ? width : upTo(x, target / unit, unit);
      const first = { x, y, width: Math.min(width, columns), height: Math.min(height, rows) };
      if (first.height < height) rest.push({ x, y: y + first.height, width, height: height - first.height });
      if (first.width < width) {
        rest.push({ x: x + first.width, y, width: width - first.width, height: first.height });
      }
      left -= areaOf([first]);
      return first;
    },
  };
}

/** The rectangles as they are. */
export function undivided(rects: readonly Rect[]): Cutter {
  return bandCutter(rects, Infinity);
}

/** How many pixels from `from` on, to a multiple of `unit`: about so many, and at least to the next one. */
function upTo(from: number, pixels: number, unit: number): number {
  if (unit === Infinity) return Infinity;
  const last = Math.floor((from + pixels + unit / 4) / unit) * unit;
  return Math.max(last, (Math.floor(from / unit) + 1) * unit) - from;
}
