/** A shard in parts that fit into a slot's memory. */

import { cutAtEdge } from '../shard/block.js';
import type { Rect } from '../shard/shard.js';

/** Points worked on at a time, which bounds a slot's memory. */
export const CHUNK = 16384;

/** Parts of a rectangle, in the order of its samples, of at most CHUNK samples each. */
export function* chunks(rect: Rect, perPixel: number): Generator<Rect> {
  const pixels = Math.floor(CHUNK / perPixel);
  if (rect.width <= pixels) {
    const rows = Math.floor(pixels / rect.width);
    let height = 0;
    for (let y = 0; y < rect.height; y += height) {
      height = cutAtEdge(rect.y + y, rect.height - y, rows);
      yield { x: rect.x, y: rect.y + y, width: rect.width, height };
    }
    return;
  }
  for (let y = 0; y < rect.height; y++) {
    for (let x = 0; x < rect.width; x += pixels) {
      yield { x: rect.x + x, y: rect.y + y, width: Math.min(pixels, rect.width - x), height: 1 };
    }
  }
}
