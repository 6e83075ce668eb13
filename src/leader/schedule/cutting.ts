/** How a job's renders are cut into shards, and shards into halves. */

import { bandCutter, undivided } from '../../shard/bands.js';
import type { Rect } from '../../shard/shard.js';
import { type Cutter, cutter } from '../../shard/split.js';
import type { Job } from './events.js';

/** For rectangles of one render. */
export function cutterOf(
  rects: readonly Rect[],
  { grain, shape, blockSize }: Pick<Job, 'grain' | 'shape' | 'blockSize'>,
): Cutter {
  if (grain === 'undivided') return undivided(rects);
  if (grain && blockSize === undefined) return bandCutter(rects, grain.unit);
  return cutter(rects, shape === 'auto' ? 'tile' : shape, blockSize);
}

/** Two parts; the rectangle itself where it cannot be divided. */
export function halvesOf(rect: Rect, { grain }: Pick<Job, 'grain'>): Rect[] {
  const pixels = rect.width * rect.height;
  if (grain === 'undivided' || pixels === 1) return [rect];
  const parts = grain ? bandCutter([rect], grain.unit) : cutter([rect], 'tile');
  const first = parts.next(grain ? pixels / 2 : pixels - 1) as Rect;
  const halves = [first];
  for (let next = parts.next(Infinity); next; next = parts.next(Infinity)) halves.push(next);
  return halves;
}
