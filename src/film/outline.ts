/** Convex polygons in pixels of a keyframe, and the cells that they touch. */

import { CELL } from './region.js';

/** Pixels from the keyframe's top left, Y down. */
export type Point = readonly [x: number, y: number];

/** What rounding may be off, in pixels. */
const TINY = 1e-6;

/** The convex polygon around points; `more`: wider by so many pixels along both axes. A. M. Andrew, Inf. Proc. Letters 9 (1979). */
export function hullOf(points: readonly Point[], more = 0): Point[] {
  const wider =
    more === 0 ? points : points.flatMap(([x, y]) => SIGNS.map(([a, b]): Point => [x + a * more, y + b * more]));
  const sorted = [...wider].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...chain(sorted), ...chain(sorted.reverse())];
}

const SIGNS = [-1, 1].flatMap((a) => [-1, 1].map((b) => [a, b] as const));

/** From the first point to before the last one, along one side. */
function chain(sorted: readonly Point[]): Point[] {
  const found: Point[] = [];
  for (const point of sorted) {
    while (found.length > 1 && turn(found.at(-2) as Point, found.at(-1) as Point, point) <= 0) found.pop();
    found.push(point);
  }
  return found.slice(0, -1);
}

/** Positive where c lies on the inner side of the edge from a to b. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** How far points are outside of a polygon that `hullOf` made, in pixels; 0: they are within. */
export function beyond(hull: readonly Point[], points: readonly Point[]): number {
  let most = 0;
  for (const [k, a] of hull.entries()) {
    const b = hull[(k + 1) % hull.length] as Point;
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    for (const point of points) most = Math.max(most, -turn(a, b, point) / length);
  }
  return most;
}

/** The cells that a polygon touches: of each row from `top` on those from `from` to before `to`. */
export interface TouchedCells {
  readonly top: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

export function cellsOf(hull: readonly Point[]): TouchedCells {
  const ys = hull.map(([, y]) => y);
  const top = Math.floor((Math.min(...ys) + TINY) / CELL);
  const count = Math.max(0, Math.ceil((Math.max(...ys) - TINY) / CELL) - top);
  const [left, right] = [new Float64Array(count).fill(Infinity), new Float64Array(count).fill(-Infinity)];
  for (const [k, point] of hull.entries()) {
    const next = hull[(k + 1) % hull.length] as Point;
    const [[x0, y0], [x1, y1]] = point[1] <= next[1] ? [point, next] : [next, point];
    const last = Math.min(count - 1, Math.floor(y1 / CELL) - top);
    for (let row = Math.max(0, Math.floor(y0 / CELL) - top); row <= last; row++) {
      const [begin, end] = [Math.max(y0, (top + row) * CELL), Math.min(y1, (top + row + 1) * CELL)];
      const slope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
      const ends = slope === 0 ? [x0, x1] : [x0 + slope * (begin - y0), x0 + slope * (end - y0)];
      left[row] = Math.min(left[row] as number, ...ends);
      right[row] = Math.max(right[row] as number, ...ends);
    }
  }
  return {
    top,
    from: Int32Array.from(left, (x) => Math.floor((x + TINY) / CELL)),
    to: Int32Array.from(right, (x) => Math.ceil((x - TINY) / CELL)),
  };
}
