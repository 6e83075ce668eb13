/**
 * Names of pieces by what they show: two viewers with anchors of their own who look at the same tile get the same name. Made
 * without the digits of the place, of which there may be thousands for each piece.
 */

import { createHash } from 'node:crypto';
import { type Lattice, type Piece, tileAt } from '../../tiles/lattice.js';

/** Tiles are counted from multiples of this number, so that what is left are small integers. */
const REGION_BITS = 24n;
const REGION = 2 ** Number(REGION_BITS);

/** The names of pieces of a lattice. */
export function placesOf(lattice: Lattice): (piece: Piece) => string {
  const tile = tileAt(lattice);
  if (!tile) {
    const { anchor, level, rotation, deformation } = lattice;
    const grid = digestOf(['anchor', anchor.re, anchor.im, level, rotation, deformation ?? null]);
    return (piece) => nameOf(grid, piece.left, piece.top, piece);
  }
  const [columns, rows] = [partsOf(tile.column), partsOf(tile.row)];
  const grids = new Map<string, string>();
  return (piece) => {
    const [x, y] = [within(columns.rest + piece.left), within(rows.rest + piece.top)];
    const region = `${x.carry} ${y.carry}`;
    const grid = grids.get(region) ?? gridOf(lattice.level, columns.region + x.carry, rows.region + y.carry);
    grids.set(region, grid);
    return nameOf(grid, x.rest, y.rest, piece);
  };
}

function gridOf(level: number, column: bigint, row: bigint): string {
  return digestOf(['tiles', level, column.toString(16), row.toString(16)]);
}

function partsOf(tile: bigint): { readonly region: bigint; readonly rest: number } {
  return { region: tile >> REGION_BITS, rest: Number(BigInt.asUintN(Number(REGION_BITS), tile)) };
}

function within(tile: number): { readonly carry: bigint; readonly rest: number } {
  const carry = Math.floor(tile / REGION);
  return { carry: BigInt(carry), rest: tile - carry * REGION };
}

function nameOf(grid: string, x: number, y: number, { left, top, right, bottom, scale }: Piece): string {
  return `${grid}/${x},${y}+${right - left}x${bottom - top}/${scale}`;
}

function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
