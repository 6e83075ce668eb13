/** Which pieces are drawn, and where on the canvas: the finest in front, older ones of other levels behind. */

import { type Lattice, LEVELS_PER_OCTAVE, offsetOf, type Point, TILE } from '../../../src/tiles/lattice.js';
import type { Matrix } from '../../../src/view/matrix.js';
import { type Aim, axesOf, centreOf, pixelRatio } from './camera.js';
import { rotatedBy, type Shown, shownPixel } from './motion.js';
import type { Placed } from './placed.js';
import type { Tile } from './tiles.js';

export interface Sight {
  readonly aim: Aim;
  readonly shown: Shown;
  readonly deformation: Matrix | undefined;
  readonly flip: boolean;
  /** Pixels of the picture, whose centre is at half of them on the canvas. */
  readonly width: number;
  readonly height: number;
  /** The lattice at rest. */
  readonly lattice: Lattice;
  /** Of the scene, as tiles have it. */
  readonly key: string;
}

/** Pixels of the lattice to pixels of the canvas. */
interface Projection {
  readonly origin: readonly [x: number, y: number];
  readonly right: readonly [x: number, y: number];
  readonly below: readonly [x: number, y: number];
}

/** Levels of pictures that are drawn, so many octaves above what is shown and below it. */
const ABOVE = 12 * LEVELS_PER_OCTAVE;
const BELOW = 4 * LEVELS_PER_OCTAVE;
/** Pieces behind those of the lattice at rest. */
const MOST_BEHIND = 300;
/** Differences from whole pixels that are only rounding. */
const TINY = 1e-3;

export function placedPieces(sight: Sight, tiles: Iterable<Tile>, isCovered: boolean, shownIn: number): Placed[] {
  const projections = new Map<Lattice, Projection>();
  const centre = centreOf(sight.aim);
  const shownLevel = sight.aim.depth + sight.shown.depth;
  const front: [Tile, Placed][] = [];
  const behind: [Tile, Placed][] = [];
  for (const tile of tiles) {
    const { lattice } = tile;
    const isFront = lattice === sight.lattice && tile.key === sight.key;
    if (isCovered && !(isFront && tile.piece.scale === 1)) continue;
    if (lattice.level < shownLevel - ABOVE || lattice.level > shownLevel + BELOW) continue;
    const projection = projections.get(lattice) ?? projectionOf(sight, lattice, centre);
    projections.set(lattice, projection);
    const placed = placedPiece(tile, projection);
    if (!isOnCanvas(placed, sight)) continue;
    tile.shownIn = shownIn;
    (isFront ? front : behind).push([tile, placed]);
  }
  front.sort(([a], [b]) => a.piece.scale - b.piece.scale);
  behind.sort(([a], [b]) => rankOf(a, sight) - rankOf(b, sight));
  return [...front, ...behind.slice(0, MOST_BEHIND)].map(([, placed]) => placed);
}

/** The log2 of a sample's size, those of former scenes last. */
function rankOf({ piece, lattice, key }: Tile, sight: Sight): number {
  const size = Math.log2(piece.scale) + (sight.aim.depth - lattice.level) / LEVELS_PER_OCTAVE;
  return key === sight.key ? size : size + 1_000;
}

function projectionOf(sight: Sight, lattice: Lattice, centre: Point): Projection {
  const { aim, shown, deformation, flip, width, height } = sight;
  const offset = offsetOf(lattice, centre);
  const map = between(axesOf(lattice), axesOf({ rotation: aim.rotation, ...(deformation ? { deformation } : {}) }));
  const ratio = pixelRatio(aim.depth, lattice.level);
  const scale = 1 / shownPixel(shown);
  const mirror = flip ? -1 : 1;
  /** Of a vector in pixels of the aim. */
  const onCanvas = (x: number, y: number): readonly [number, number] => {
    const seen = rotatedBy({ x: x * scale, y: y * scale }, -shown.rotation);
    return [seen.x, mirror * seen.y];
  };
  const [xx, xy, yx, yy] = map;
  const inAim = (x: number, y: number) => [(xx * x + xy * y) * ratio, (yx * x + yy * y) * ratio] as const;
  const [ax, ay] = inAim(-offset.x, -offset.y);
  const [ox, oy] = onCanvas(ax - shown.x, ay - shown.y);
  return {
    origin: [ox + width / 2, oy + height / 2],
    right: onCanvas(...inAim(1, 0)),
    below: onCanvas(...inAim(0, 1)),
  };
}

/** The inverse of the second map, after the first one. */
function between([a, b, c, d]: Matrix, [xx, xy, yx, yy]: Matrix): Matrix {
  const determinant = xx * yy - xy * yx;
  const [p, q, r, s] = [yy / determinant, -xy / determinant, -yx / determinant, xx / determinant];
  return [p * a + q * c, p * b + q * d, r * a + s * c, r * b + s * d];
}

function placedPiece({ piece, samples, textures }: Tile, { origin, right, below }: Projection): Placed {
  const [x, y] = [piece.left * TILE, piece.top * TILE];
  const [w, h] = [(piece.right - piece.left) * TILE, (piece.bottom - piece.top) * TILE];
  const at = [origin[0] + x * right[0] + y * below[0], origin[1] + x * right[1] + y * below[1]] as const;
  const upright = near(right[0], 1) && near(right[1], 0) && near(below[0], 0) && near(Math.abs(below[1]), 1);
  return {
    ...{ samples, textures, origin: at },
    across: [w * right[0], w * right[1]],
    down: [h * below[0], h * below[1]],
    exact: piece.scale === 1 && upright && near(at[0], Math.round(at[0])) && near(at[1], Math.round(at[1])),
  };
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < TINY;
}

function isOnCanvas({ origin: [x, y], across, down }: Placed, { width, height }: Sight): boolean {
  const xs = [x, x + across[0], x + down[0], x + across[0] + down[0]];
  const ys = [y, y + across[1], y + down[1], y + across[1] + down[1]];
  // The canvas may have a row and a column more than the picture.
  return Math.max(...xs) > 0 && Math.min(...xs) < width + 1 && Math.max(...ys) > 0 && Math.min(...ys) < height + 1;
}
