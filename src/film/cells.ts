/**
 * What is wanted of a keyframe: squares of CELL pixels, counted from the keyframe's top left, also beyond its edges. A
 * quarter of a block (shard/block.ts): smaller ones would cut more blocks through, larger ones cost more samples.
 */

import type { Rect } from '../shard/shard.js';

/** Pixels along the side. */
export const CELL = 8;

export type State = 0 | 1 | 2;
/** A deeper keyframe has it. */
export const ELSEWHERE = 1;
/** This keyframe has it. */
export const HERE = 2;

/** By cells: from `left` to before `right`. */
export interface CellRange {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Far away rounding may leave nothing of a range, or make it NaN: then it is not contained. */
export function contains(range: CellRange, { left, top, right, bottom }: CellRange): boolean {
  return left >= range.left && top >= range.top && right <= range.right && bottom <= range.bottom;
}

const NOTHING: CellRange = { left: 0, top: 0, right: 0, bottom: 0 };

export class Cells {
  private readonly states: Uint8Array;
  private readonly columns: number;
  /** A rectangle with all cells that have a state other than 0. */
  readonly extent = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  /** A rectangle in which every cell has a state other than 0. */
  solid = NOTHING;

  /** `range`: cells beyond it cannot be set. */
  constructor(readonly range: CellRange) {
    this.columns = range.right - range.left;
    this.states = new Uint8Array(this.columns * (range.bottom - range.top));
  }

  /** 0 beyond the range. */
  at(column: number, row: number): State {
    const { left, top, right, bottom } = this.range;
    if (column < left || column >= right || row < top || row >= bottom) return 0;
    return this.states[(row - top) * this.columns + column - left] as State;
  }

  set(column: number, row: number, state: State): void {
    const { left, top } = this.range;
    this.states[(row - top) * this.columns + column - left] = state;
    this.extend(row, column, column + 1);
  }

  private extend(row: number, from: number, to: number): void {
    const { extent } = this;
    if (from < extent.left) extent.left = from;
    if (to > extent.right) extent.right = to;
    if (row < extent.top) extent.top = row;
    if (row >= extent.bottom) extent.bottom = row + 1;
  }

  /** Cells of a row that have no state yet get this one. Only those of the range. */
  fill(row: number, from: number, to: number, state: State): void {
    const { left, top, right, bottom } = this.range;
    if (row < top || row >= bottom) return;
    const start = (row - top) * this.columns - left;
    this.extend(row, Math.max(from, left), Math.min(to, right));
    for (let at = start + Math.max(from, left); at < start + Math.min(to, right); at++) this.states[at] ||= state;
  }

  /** Every cell of this rectangle has a state: kept where it contains what is known so far. */
  isSolid(range: CellRange): void {
    const { solid } = this;
    if (contains(this.range, range) && (solid === NOTHING || contains(range, solid))) this.solid = range;
  }

  /** Whether every cell of a range has a state other than 0. */
  hasAll(all: CellRange): boolean {
    if (!contains(this.range, all)) return false;
    const { left, top, right, bottom } = all;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) if (this.at(column, row) === 0) return false;
    }
    return true;
  }

  /** The cells of state HERE as rectangles of pixels without overlaps, from the top to the bottom. */
  parts(): Rect[] {
    const { left, top, right, bottom } = this.extent;
    const done: Rect[] = [];
    let open: Rect[] = [];
    for (let row = top; row < bottom; row++) {
      const next: Rect[] = [];
      for (let column = left; column < right; column++) {
        if (this.at(column, row) !== HERE) continue;
        const from = column;
        while (column < right && this.at(column, row) === HERE) column++;
        const [x, width] = [from * CELL, (column - from) * CELL];
        const above = open.find((one) => one.x === x && one.width === width);
        next.push({ x, y: above?.y ?? row * CELL, width, height: (above?.height ?? 0) + CELL });
      }
      done.push(...open.filter((one) => !next.some((grown) => grown.x === one.x && grown.y === one.y)));
      open = next;
    }
    return [...done, ...open].sort((a, b) => a.y - b.y || a.x - b.x);
  }
}
