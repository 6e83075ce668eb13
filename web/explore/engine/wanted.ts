/** Which pieces a picture wants, and in which order: coarse ones first, those near the focus first. */

import { type Area, type Piece, TILE } from '../../../src/tiles/lattice.js';
import { LIMITS } from '../../../src/tiles/protocol.js';
import type { Vector } from './camera.js';

/** Pixels of the lattice that are one of a piece, and tiles of such a piece's side, at most. */
export const PASSES = [
  { scale: 16, tiles: 4 },
  { scale: 4, tiles: 2 },
  { scale: 1, tiles: 1 },
] as const;

/** The tiles of a picture. `x`, `y`: its centre, in pixels from the anchor. */
export function areaOf({ x, y }: Vector, width: number, height: number): Area {
  return {
    left: Math.floor((x - width / 2) / TILE),
    top: Math.floor((y - height / 2) / TILE),
    right: Math.ceil((x + width / 2) / TILE),
    bottom: Math.ceil((y + height / 2) / TILE),
  };
}

/** The finest scale in which each tile is there, by tile. */
export type Coverage = ReadonlyMap<string, number>;

export function tileName(x: number, y: number): string {
  return `${x} ${y}`;
}

/** `focus`: pixels from the anchor. `finest`: the scale of the last pass. */
export function wantedPieces(area: Area, coverage: Coverage, focus: Vector, finest: number): Piece[] {
  const pieces: Piece[] = [];
  for (const { scale, tiles } of PASSES) {
    if (scale < finest) break;
    pieces.push(...blocksOf(area, coverage, scale, tiles).sort(byDistance(focus)));
  }
  return pieces.slice(0, LIMITS.pieces);
}

/** Blocks of tiles that are missing at a scale: their sides start at multiples of `side`, and they are cut to what is missing. */
function blocksOf(area: Area, coverage: Coverage, scale: number, side: number): Piece[] {
  const blocks = new Map<string, Piece>();
  for (let y = area.top; y < area.bottom; y++) {
    for (let x = area.left; x < area.right; x++) {
      if ((coverage.get(tileName(x, y)) ?? Infinity) <= scale) continue;
      const name = tileName(Math.floor(x / side), Math.floor(y / side));
      const { left, top, right, bottom } = blocks.get(name) ?? { left: x, top: y, right: x + 1, bottom: y + 1 };
      blocks.set(name, {
        ...{ left: Math.min(left, x), top: Math.min(top, y) },
        ...{ right: Math.max(right, x + 1), bottom: Math.max(bottom, y + 1), scale },
      });
    }
  }
  return [...blocks.values()];
}

function byDistance(focus: Vector): (a: Piece, b: Piece) => number {
  const distance = ({ left, top, right, bottom }: Piece) =>
    Math.hypot(((left + right) * TILE) / 2 - focus.x, ((top + bottom) * TILE) / 2 - focus.y);
  return (a, b) => distance(a) - distance(b);
}

/** The share of an area's tiles that is there at full resolution. */
export function shareOf(area: Area, coverage: Coverage): number {
  let there = 0;
  for (let y = area.top; y < area.bottom; y++)
    for (let x = area.left; x < area.right; x++) if (coverage.get(tileName(x, y)) === 1) there++;
  return there / Math.max(1, (area.right - area.left) * (area.bottom - area.top));
}
