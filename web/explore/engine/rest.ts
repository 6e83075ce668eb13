/**
 * Where a picture rests: on the lattice of its level, its centre at a corner of pixels, so that its pixels are samples of the
 * lattice. Lattices are kept, so that a place that is seen again has the tiles that it had.
 */

import {
  anchorNear,
  bitsOf,
  type Lattice,
  MOST_OFFSET,
  offsetOf,
  type Point,
  pointAt,
  zoomAt,
} from '../../../src/tiles/lattice.js';
import type { Matrix } from '../../../src/view/matrix.js';
import { type Aim, centreOf, turn, type Vector } from './camera.js';
import type { Place } from './contract.js';

export interface Rest {
  readonly lattice: Lattice;
  /** The centre: whole pixels from the anchor. */
  readonly x: number;
  readonly y: number;
  readonly centre: Point;
  readonly place: Place;
  /** Off the aim, in pixels: at most half of one. */
  readonly off: Vector;
}

export interface Lattices {
  restOf(aim: Aim, deformation: Matrix | undefined, height: number): Rest;
}

/** Lattices that are kept, and how far from an anchor pictures may be. */
const MOST_LATTICES = 512;
const REACH = MOST_OFFSET / 4;

export function openLattices(): Lattices {
  const kept = new Map<string, Lattice[]>();

  function latticeAt(centre: Point, level: number, rotation: number, deformation: Matrix | undefined): Lattice {
    const key = JSON.stringify([level, rotation, deformation]);
    const known = kept.get(key) ?? [];
    kept.delete(key);
    kept.set(key, known);
    for (const old of kept.keys()) {
      if (kept.size <= MOST_LATTICES) break;
      kept.delete(old);
    }
    const near = known.find((lattice) => {
      const { x, y } = offsetOf(lattice, centre);
      return Math.abs(x) < REACH && Math.abs(y) < REACH;
    });
    if (near) return near;
    const anchor = anchorNear(centre, level, rotation !== 0 || deformation !== undefined);
    const lattice = { anchor, level, rotation, ...(deformation ? { deformation } : {}) };
    known.unshift(lattice);
    known.length = Math.min(known.length, 8);
    return lattice;
  }

  return {
    restOf(aim, deformation, height) {
      const level = Math.round(aim.depth);
      const aimed = centreOf(aim);
      const lattice = latticeAt(aimed, level, turn(aim.rotation), deformation);
      const offset = offsetOf(lattice, aimed);
      const [x, y] = [Math.round(offset.x), Math.round(offset.y)];
      const centre = pointAt(lattice, x, y);
      const place = { ...centre, zoom: zoomAt(level, height), rotation: lattice.rotation };
      return { lattice, x, y, centre, place, off: { x: x - offset.x, y: y - offset.y } };
    },
  };
}

/** Whether the centres of two rests are within `most` pixels, and their levels within `levels`. */
export function areNear(a: Rest, b: Rest, most: number, levels: number): boolean {
  if (Math.abs(a.lattice.level - b.lattice.level) > levels || bitsOf(a.lattice.level) === 0) return false;
  const { x, y } = offsetOf(a.lattice, b.centre);
  return Math.hypot(x - a.x, y - a.y) < most;
}
