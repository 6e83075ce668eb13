/**
 * Frames, assembled one after another in one thread: weighted sums of texels, and their quotient by the sums of the shares, a
 * few rows at a time, so that their sums stay in the cache. Plain IEEE numbers of 32 bits and whole numbers: the same frames
 * on every machine.
 */

import { LEVEL_TABLES } from '../render/oklab.js';
import type { Size } from './footprint.js';
import { type Film, type FilmMemory, openFilm } from './memory.js';
import type { Part, Shown, Space } from './part.js';
import { Scratch } from './scratch.js';
import { TILE } from './texture.js';
import { turnedParts } from './turned.js';
import { uprightParts } from './upright.js';

/** Rows of a frame that are added at once. */
const ROWS = 16;
/** Bytes of a sum. */
const SUM = 16;
/** Bytes of tables for each pixel along both sides of a frame, and in all; the keyframes of one frame take some 200. */
const TABLE_BYTES = 4096;

const LEVEL_BYTES = LEVEL_TABLES.thresholds.byteLength + 8 + LEVEL_TABLES.start.byteLength;

/** Where things are in the memory. */
interface Layout {
  readonly sums: number;
  readonly line: number;
  readonly rgb: number;
  readonly thresholds: number;
  readonly start: number;
  readonly tables: number;
  readonly tableBytes: number;
}

function layoutOf({ width, height }: Size, { MARGIN }: Film): Layout & { readonly bytes: number } {
  const line = SUM * ROWS * width + SUM * MARGIN.value;
  const rgb = line + SUM * (TILE + MARGIN.value);
  const thresholds = rgb + 16 * Math.ceil((3 * ROWS * width) / 16);
  const start = thresholds + 8 * 257;
  const tables = thresholds + 16 * Math.ceil(LEVEL_BYTES / 16);
  const tableBytes = TABLE_BYTES * (width + height);
  return { sums: 0, line, rgb, thresholds, start, tables, tableBytes, bytes: tables + tableBytes };
}

/** Bytes that a Gathering needs. */
export function gatheringBytes(size: Size, film: Film): number {
  return layoutOf(size, film).bytes;
}

export class Gathering {
  private readonly film: Film;
  private readonly layout: Layout;
  private readonly space: Space & { readonly scratch: Scratch };

  /** `at`: address of gatheringBytes bytes of its own. */
  constructor(
    private readonly size: Size,
    private readonly memory: WebAssembly.Memory,
    private readonly at: number,
  ) {
    this.film = openFilm(memory);
    this.layout = layoutOf(size, this.film);
    const { sums, line, thresholds, start, tables, tableBytes } = this.layout;
    const { film } = this;
    new Float64Array(memory.buffer, at + thresholds, 257).set([...LEVEL_TABLES.thresholds, Infinity]);
    new Uint8Array(memory.buffer, at + start, LEVEL_TABLES.start.length).set(LEVEL_TABLES.start);
    new Uint8Array(memory.buffer, at + sums, SUM * ROWS * size.width).fill(0);
    this.space = {
      size,
      film,
      scratch: new Scratch(memory, at + tables, tableBytes),
      sums: at + sums,
      line: at + line,
    };
  }

  /** In memory of a film. */
  static of(size: Size, memory: FilmMemory): Gathering {
    return new Gathering(size, memory.memory, memory.take(gatheringBytes(size, memory.film)));
  }

  /** 8-bit sRGB, 3 bytes a pixel. @throws Error for a pixel without samples */
  frame(shown: readonly Shown[]): Uint8Array {
    const { width, height } = this.size;
    this.space.scratch.clear();
    const parts = shown.filter(({ tiles }) => tiles.length > 0).flatMap((one) => partsOf(one, this.space));
    const rgb = new Uint8Array(3 * width * height);
    for (let row = 0; row < height; row += ROWS) {
      const rows = Math.min(ROWS, height - row);
      for (const part of parts) if (part.from < row + rows && part.to > row) part.add(row, rows);
      rgb.set(this.finished(width * row, width * rows), 3 * width * row);
    }
    return rgb;
  }

  private finished(first: number, count: number): Uint8Array {
    const { sums, rgb, thresholds, start } = this.layout;
    const { at } = this;
    const without = this.film.finish(at + sums, count, at + rgb, at + thresholds, at + start, LEVEL_TABLES.cells);
    if (without >= 0) throw new Error(`pixel ${first + without} of a frame has no samples`);
    return new Uint8Array(this.memory.buffer, at + rgb, 3 * count);
  }
}

function partsOf(one: Shown, space: Space): Part[] {
  return one.to.sin === 0 && one.to.cos > 0 ? uprightParts(one, space) : turnedParts(one, space);
}
