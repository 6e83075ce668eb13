/** What of a frame is still to be computed, when some rectangles of it are there. */

import type { Rect } from './shard.js';

/** What `part` leaves of rectangles that do not overlap: again such. */
export function without(rest: readonly Rect[], part: Rect): Rect[] {
  return rest.flatMap((rect) => (overlap(rect, part) ? remainder(rect, part) : [rect]));
}

export function areaOf(rects: readonly Rect[]): number {
  return rects.reduce((sum, { width, height }) => sum + width * height, 0);
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Above and below the part in full width, beside it as high as the part. */
function remainder({ x, y, width, height }: Rect, part: Rect): Rect[] {
  const [right, bottom] = [x + width, y + height];
  const [top, foot] = [Math.max(y, part.y), Math.min(bottom, part.y + part.height)];
  const [left, end] = [Math.max(x, part.x), Math.min(right, part.x + part.width)];
  const all = [
    { x, y, width, height: top - y },
    { x, y: top, width: left - x, height: foot - top },
    { x: end, y: top, width: right - end, height: foot - top },
    { x, y: foot, width, height: bottom - foot },
  ];
  return all.filter((rect) => rect.width > 0 && rect.height > 0);
}

/** What two lists of rectangles have in common; each list without overlaps. */
export function common(some: readonly Rect[], others: readonly Rect[]): Rect[] {
  return some.flatMap((a) => others.flatMap((b) => (overlap(a, b) ? [intersection(a, b)] : [])));
}

function intersection(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  return { x, y, width, height: Math.min(a.y + a.height, b.y + b.height) - y };
}
