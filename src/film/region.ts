/**
 * What is wanted of a keyframe: squares of CELL pixels, counted from the keyframe's top left, also beyond its edges. A
 * quarter of a block (shard/block.ts): smaller ones would cut more blocks through, larger ones cost more samples.
 */

import type { Rect } from '../shard/shard.js';
import { type Spans, union } from './spans.js';

/** Pixels along the side. */
export const CELL = 8;

/** By cells: from `left` to before `right`. */
export interface CellRange {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const NONE: Spans = [];

/** Rows of cells: what they take in memory grows with the number of rows, not with that of cells. */
export class Region {
  private readonly rows = new Map<number, Spans>();
  private readonly all = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  /** A rectangle with all cells, so far. */
  readonly extent: CellRange = this.all;

  at(row: number): Spans {
    return this.rows.get(row) ?? NONE;
  }

  add(row: number, spans: Spans): void {
    if (spans.length === 0) return;
    const { all } = this;
    all.left = Math.min(all.left, spans[0] as number);
    all.top = Math.min(all.top, row);
    all.right = Math.max(all.right, spans.at(-1) as number);
    all.bottom = Math.max(all.bottom, row + 1);
    this.rows.set(row, union(this.at(row), spans));
  }

  /** As rectangles of pixels without overlaps, from the top to the bottom. */
  parts(): Rect[] {
    const { top, bottom } = this.all;
    const done: Rect[] = [];
    let open: Rect[] = [];
    for (let row = top; row < bottom; row++) {
      const spans = this.at(row);
      const next: Rect[] = [];
      for (let k = 0; k < spans.length; k += 2) {
        const [from, to] = [spans[k] as number, spans[k + 1] as number];
        const [x, width] = [from * CELL, (to - from) * CELL];
        const above = open.find((one) => one.x === x && one.width === width);
        next.push({ x, y: above?.y ?? row * CELL, width, height: (above?.height ?? 0) + CELL });
      }
      done.push(...open.filter((one) => !next.some((grown) => grown.x === one.x && grown.y === one.y)));
      open = next;
    }
    return [...done, ...open].sort((a, b) => a.y - b.y || a.x - b.x);
  }
}
