/** A shard, or some pixels of it, in parts that fit into a slot's memory. */

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

/** A part should take so long: in between a shard may be stopped. */
const PART_MS = 10;
/** Points of the first part, whose cost is not known, and of any at least: fewer would not fill the lanes of a kernel. */
const FIRST_POINTS = 2_048;
const LEAST_POINTS = 256;

/**
 * The same for points whose samples do not depend on the part that they are in, each part about as large as PART_MS allows
 * by what the one before took: costs are seen as they come. `now`: monotonic milliseconds.
 */
export function* timedChunks(rect: Rect, perPixel: number, now: () => number): Generator<Rect> {
  const { width } = rect;
  let points = FIRST_POINTS;
  for (let at = 0; at < width * rect.height; ) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const pixels = Math.max(1, Math.floor(points / perPixel));
    const rows = x === 0 ? Math.min(Math.floor(pixels / width), rect.height - y) : 0;
    const part = rows > 0 ? { width, height: rows } : { width: Math.min(pixels, width - x), height: 1 };
    const began = now();
    yield { x: rect.x + x, y: rect.y + y, ...part };
    at += part.width * part.height;
    const suitable = (part.width * part.height * perPixel * PART_MS) / Math.max(now() - began, 0.01);
    points = Math.max(LEAST_POINTS, Math.min(CHUNK, suitable));
  }
}

/** 1 for each pixel of a rectangle, in rows, that is wanted. */
export type Mask = Uint8Array;

/** The wanted pixels of a part of a rectangle as rectangles of one row, with at most so many samples each. */
export function* runs(rect: Rect, mask: Mask, perPixel: number, part = rect): Generator<Rect> {
  const most = Math.floor(CHUNK / perPixel);
  for (let y = part.y; y < part.y + part.height; y++) {
    const row = (y - rect.y) * rect.width - rect.x;
    const end = part.x + part.width;
    for (let x = part.x; x < end; x++) {
      if (!mask[row + x]) continue;
      const from = x;
      while (x < end && x - from < most && mask[row + x]) x++;
      yield { x: from, y, width: x - from, height: 1 };
      x--;
    }
  }
}

/** Parts of a rectangle that fit into a slot's memory together, in the order of their samples. */
export function* batches(rect: Rect, perPixel: number, mask?: Mask): Generator<readonly Rect[]> {
  if (!mask) {
    for (const part of chunks(rect, perPixel)) yield [part];
    return;
  }
  const most = Math.floor(CHUNK / perPixel);
  let parts: Rect[] = [];
  let pixels = 0;
  for (const run of runs(rect, mask, perPixel)) {
    if (pixels + run.width > most) {
      yield parts;
      [parts, pixels] = [[], 0];
    }
    parts.push(run);
    pixels += run.width;
  }
  if (pixels > 0) yield parts;
}

/** How many pixels of a rectangle are wanted. */
export function wantedOf({ width, height }: Rect, mask?: Mask): number {
  return mask ? mask.reduce((sum, wanted) => sum + wanted, 0) : width * height;
}
