/** A part of a rectangle's bytes. */

import type { Rect } from './shard.js';

/** The bytes of `part`, which lies in `rect`: rows from the top left. Of the whole of it: `bytes` themselves. */
export function crop(bytes: Uint8Array, rect: Rect, part: Rect, bytesPerPixel: number): Uint8Array {
  const row = part.width * bytesPerPixel;
  if (row * part.height === bytes.length) return bytes;
  const cropped = new Uint8Array(row * part.height);
  for (let y = 0; y < part.height; y++) {
    const from = ((part.y - rect.y + y) * rect.width + part.x - rect.x) * bytesPerPixel;
    cropped.set(bytes.subarray(from, from + row), y * row);
  }
  return cropped;
}

/** The rectangle as seen from another origin. */
export function movedBy({ x, y, width, height }: Rect, right: number, down: number): Rect {
  return { x: x + right, y: y + down, width, height };
}
