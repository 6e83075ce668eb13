/** Pieces of pictures that are here, in graphics memory: those that were shown longest ago make room for others. */

import type { Area, Lattice, Piece } from '../../../src/tiles/lattice.js';
import type { Samples } from './samples.js';
import type { Extra } from './scene.js';
import type { PieceTextures } from './textures.js';
import { type Coverage, tileName } from './wanted.js';

export interface Tile {
  readonly lattice: Lattice;
  readonly piece: Piece;
  /** Of the scene: samplesKey. */
  readonly key: string;
  readonly iterations: number;
  readonly samples: Omit<Samples, 'counts' | 'distance' | 'footprint' | 'phase' | 'cycle'>;
  readonly textures: PieceTextures;
  /** The number of the last picture with it. */
  shownIn: number;
}

/** What a tile must have to need no other in its place. `iterations`: the limit; absent: any. */
export interface Need {
  readonly key: string;
  readonly extras: readonly Extra[];
  readonly iterations: number | undefined;
}

export interface Tiles {
  readonly all: ReadonlySet<Tile>;
  add(tile: Tile): void;
  coverage(lattice: Lattice, area: Area, need: Need): Coverage;
  /** Drops tiles beyond the budget, but none that was shown in picture `shownIn` or later. */
  trim(shownIn: number): void;
  clear(): void;
}

export function openTiles(budget: number, discard: (textures: PieceTextures) => void): Tiles {
  const all = new Set<Tile>();
  let bytes = 0;

  function drop(tile: Tile): void {
    if (!all.delete(tile)) return;
    bytes -= tile.textures.bytes;
    discard(tile.textures);
  }

  return {
    all,
    add(tile) {
      for (const other of all) if (isReplacedBy(other, tile)) drop(other);
      all.add(tile);
      bytes += tile.textures.bytes;
    },
    coverage(lattice, area, need) {
      const finest = new Map<string, number>();
      for (const tile of all) {
        if (tile.lattice !== lattice || !serves(tile, need)) continue;
        const { left, top, right, bottom, scale } = tile.piece;
        for (let y = Math.max(top, area.top); y < Math.min(bottom, area.bottom); y++)
          for (let x = Math.max(left, area.left); x < Math.min(right, area.right); x++)
            finest.set(tileName(x, y), Math.min(scale, finest.get(tileName(x, y)) ?? Infinity));
      }
      return finest;
    },
    trim(shownIn) {
      if (bytes <= budget) return;
      const old = [...all].filter((tile) => tile.shownIn < shownIn).sort((a, b) => a.shownIn - b.shownIn);
      for (const tile of old) {
        if (bytes <= budget) return;
        drop(tile);
      }
    },
    clear() {
      for (const tile of all) drop(tile);
    },
  };
}

function isReplacedBy(tile: Tile, other: Tile): boolean {
  const [a, b] = [tile.piece, other.piece];
  const same =
    a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom && a.scale === b.scale;
  return same && tile.lattice === other.lattice && tile.key === other.key;
}

/** Counts of points that have escaped at the latest are so far from the iteration at which they did, at most. */
const SPREAD = 8;

function serves({ key, iterations, samples, textures }: Tile, need: Need): boolean {
  const has = {
    distance: textures.vectors,
    cycle: textures.cycles,
    phase: textures.phases,
    footprint: textures.footprints,
  };
  if (key !== need.key || !need.extras.every((extra) => has[extra])) return false;
  if (need.iterations === undefined || need.iterations === iterations) return true;
  // Where all points escape early, a limit changes nothing.
  return !samples.hasInterior && samples.most + SPREAD < Math.min(iterations, need.iterations);
}

/** Whether colours have all that they need of it. */
export function isCurrent({ key }: Tile, need: Need): boolean {
  return key === need.key;
}
