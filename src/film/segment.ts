/**
 * Frames in a row as plain data: all texels that they show, once, and what each frame shows of them. From it the frames are
 * assembled in another process, with the same bytes.
 */

import type { Levels } from '../render/quantise.js';
import type { Similarity } from './camera.js';
import { tentOf } from './filter.js';
import type { Size } from './footprint.js';
import type { FilmMemory } from './memory.js';
import type { Shown } from './part.js';
import { bytesOf, copyOf, type Tile } from './texture.js';

/** What the frames of a segment share. */
export interface Segment {
  /** Of a frame. */
  readonly size: Size;
  readonly levels: Levels;
  /** At most so many levels of keyframes are shown in a frame. */
  readonly most: number;
  /** Of each tile TILE_NUMBERS: the group that it belongs to, x, y, width, height, level. Groups are in order. */
  readonly tiles: Int32Array;
  /** The texels of one tile after the other. */
  readonly texels: Uint8Array;
}

export const TILE_NUMBERS = 6;
/** Of each Shown: the group of its tiles, cos, sin, x, y and scale of its similarity, its weight. */
export const SHOWN_NUMBERS = 7;

/** Tiles that frames show together, and those of them that are seen, with their texels. */
interface Group {
  readonly number: number;
  readonly tiles: readonly Tile[];
  readonly seen: Map<Tile, Uint8Array>;
}

export class SegmentWriter {
  private readonly groups = new Map<readonly Tile[], Group>();
  private most = 0;

  constructor(
    private readonly memory: FilmMemory,
    private readonly size: Size,
    private readonly levels: Levels,
  ) {}

  /** Copies what the next frame shows, as far as it is not there yet; what the frame shows, as SHOWN_NUMBERS each. */
  add(shown: readonly Shown[]): Float64Array {
    const numbers: number[] = [];
    for (const { tiles, to, weight } of shown) {
      if (tiles.length === 0) continue;
      const group = this.groups.get(tiles) ?? { number: this.groups.size, tiles, seen: new Map() };
      this.groups.set(tiles, group);
      for (const tile of tiles) {
        if (!group.seen.has(tile) && mayBeSeen(tile, to, this.size)) group.seen.set(tile, copyOf(this.memory, tile));
      }
      numbers.push(group.number, to.cos, to.sin, to.x, to.y, to.scale, weight);
    }
    this.most = Math.max(this.most, numbers.length / SHOWN_NUMBERS);
    return Float64Array.from(numbers);
  }

  /** Without the frames to come. */
  finish(): Segment {
    const { size, levels, most } = this;
    const numbers: number[] = [];
    const copies: Uint8Array[] = [];
    for (const { number, tiles, seen } of this.groups.values()) {
      // In the order in which the leader's own threads add them: sums of floats depend on it.
      for (const tile of tiles) {
        const copy = seen.get(tile);
        if (!copy) continue;
        numbers.push(number, tile.x, tile.y, tile.width, tile.height, tile.level);
        copies.push(copy);
      }
    }
    return { size, levels, most, tiles: Int32Array.from(numbers), texels: joined(copies) };
  }
}

/** The tiles of each group, of texels that are at an address in the order of the segment. */
export function tilesIn({ tiles }: Pick<Segment, 'tiles'>, at: number): Tile[][] {
  const groups: Tile[][] = [];
  for (let k = 0, next = at; k < tiles.length; k += TILE_NUMBERS) {
    const [group = 0, x = 0, y = 0, width = 0, height = 0, level = 0] = tiles.subarray(k, k + TILE_NUMBERS);
    const tile = { level, x, y, width, height, at: next };
    while (groups.length <= group) groups.push([]);
    groups[group]?.push(tile);
    next += bytesOf(tile);
  }
  return groups;
}

/** What a frame shows, of `groups` of tiles. */
export function shownIn(numbers: Float64Array, groups: readonly (readonly Tile[])[]): Shown[] {
  return Array.from({ length: numbers.length / SHOWN_NUMBERS }, (_, k) => {
    const from = SHOWN_NUMBERS * k;
    const [group = 0, cos = 0, sin = 0, x = 0, y = 0, scale = 0, weight = 0] = numbers.subarray(
      from,
      from + SHOWN_NUMBERS,
    );
    return { tiles: groups[group] ?? [], to: { cos, sin, x, y, scale }, weight };
  });
}

/** Whether a frame may take something of a tile: by a circle around the tile, and a margin that no window is wider than. */
function mayBeSeen({ x, y, width, height, level }: Tile, to: Similarity, size: Size): boolean {
  const texel = 2 ** level;
  const right = texel * (x + width / 2) - size.width / 2 - to.x;
  const up = size.height / 2 - texel * (y + height / 2) - to.y;
  const square = to.scale * to.scale;
  const [X, Y] = [(to.cos * right + to.sin * up) / square, (to.cos * up - to.sin * right) / square];
  const reach = (texel * Math.hypot(width, height)) / 2 / to.scale + 2 * tentOf(to.scale) + MARGIN;
  return Math.abs(X) < size.width / 2 + reach && Math.abs(Y) < size.height / 2 + reach;
}

/** Pixels of a frame. */
const MARGIN = 4;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
