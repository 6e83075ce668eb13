/** What a frame shows of a keyframe: a rectangle of the keyframe's pixels, turned where their rotations differ. */

import { type Camera, type Similarity, similarity } from './camera.js';
import { CELL, type CellRange } from './cells.js';
import { marginOf } from './filter.js';

/** Pixels from the top left of the keyframe, Y down. */
export interface Footprint {
  readonly x: number;
  readonly y: number;
  /** Half of its sides, and the direction of the first: a unit vector. */
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly cos: number;
  readonly sin: number;
  /** Half of the sides of the upright rectangle around it. */
  readonly reachX: number;
  readonly reachY: number;
}

/** What rounding may be off, in pixels. */
const TINY = 1e-6;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a frame with the margin that its filter takes. `size`: of the frame, `view`: of the keyframe. */
export function footprint(frame: Camera, keyframe: Camera, { width, height }: Size, view: Size): Footprint {
  const { cos, sin, scale, x, y } = similarity(frame, keyframe, height, view.height);
  const margin = marginOf(scale);
  const [halfWidth, halfHeight] = [scale * (width / 2 + margin), scale * (height / 2 + margin)];
  const [unitCos, unitSin] = [cos / scale, -sin / scale];
  return {
    x: view.width / 2 + x,
    y: view.height / 2 - y,
    halfWidth,
    halfHeight,
    cos: unitCos,
    sin: unitSin,
    reachX: Math.abs(unitCos) * halfWidth + Math.abs(unitSin) * halfHeight,
    reachY: Math.abs(unitSin) * halfWidth + Math.abs(unitCos) * halfHeight,
  };
}

/** The cells of the upright rectangle around a footprint. */
export function cellsAround({ x, y, reachX, reachY }: Pick<Footprint, 'x' | 'y' | 'reachX' | 'reachY'>): CellRange {
  return {
    left: Math.floor((x - reachX + TINY) / CELL),
    top: Math.floor((y - reachY + TINY) / CELL),
    right: Math.ceil((x + reachX - TINY) / CELL),
    bottom: Math.ceil((y + reachY - TINY) / CELL),
  };
}

/** Whether a cell of the upright rectangle around a footprint touches the footprint itself. */
export function touches({ x, y, halfWidth, halfHeight, cos, sin }: Footprint, column: number, row: number): boolean {
  if (sin === 0) return true;
  const [dx, dy] = [(column + 0.5) * CELL - x, (row + 0.5) * CELL - y];
  const half = (CELL / 2) * (Math.abs(cos) + Math.abs(sin));
  return Math.abs(dx * cos + dy * sin) < halfWidth + half && Math.abs(dy * cos - dx * sin) < halfHeight + half;
}

/** The cells of another keyframe around a rectangle of cells. `to`: from pixels of this keyframe to those of the other one. */
export function cellsSeen({ left, top, right, bottom }: CellRange, to: Similarity, { width, height }: Size): CellRange {
  const X = ((left + right) * CELL) / 2 - width / 2;
  const Y = height / 2 - ((top + bottom) * CELL) / 2;
  const [halfWidth, halfHeight] = [((right - left) * CELL) / 2, ((bottom - top) * CELL) / 2];
  return cellsAround({
    x: width / 2 + to.cos * X - to.sin * Y + to.x,
    y: height / 2 - (to.sin * X + to.cos * Y + to.y),
    reachX: Math.abs(to.cos) * halfWidth + Math.abs(to.sin) * halfHeight,
    reachY: Math.abs(to.sin) * halfWidth + Math.abs(to.cos) * halfHeight,
  });
}

/** The cells of another keyframe that a cell lies in. `to`: from pixels of this keyframe to those of the other one. */
export function cellsUnder(column: number, row: number, to: Similarity, { width, height }: Size): CellRange {
  const X = (column + 0.5) * CELL - width / 2;
  const Y = height / 2 - (row + 0.5) * CELL;
  const reach = (CELL / 2) * (Math.abs(to.cos) + Math.abs(to.sin));
  return cellsAround({
    x: width / 2 + to.cos * X - to.sin * Y + to.x,
    y: height / 2 - (to.sin * X + to.cos * Y + to.y),
    reachX: reach,
    reachY: reach,
  });
}
