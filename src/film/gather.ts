/**
 * Frames, assembled one after another in one thread: weighted sums of texels, and their quotient by the sums of the shares, a
 * few rows at a time, so that their sums stay in the cache. Plain IEEE numbers of 32 bits and whole numbers: the same frames
 * on every machine.
 */

import { type Finish, type FrameLevels, finishedBytes, openFinish, rowOf, type Tables } from './finish.js';
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
/**
 * Bytes of tables, of which only motion blur takes much: a frame is then up to 64 paintings of some 40 keyframes. For each
 * pixel along both sides of a frame; and for turned keyframes, whose tables are as large for small frames.
 */
const TABLE_BYTES = 12288;
const TURNED_BYTES = 24 << 20;
/** The same of one painting of a keyframe. */
const TABLE_BYTES_EACH = 48;
const TURNED_BYTES_EACH = 16384;

/** The part of a film's memory that one thread works in. */
export interface Bench {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** What layoutOf says lies from there on, then tables. */
  readonly at: number;
  readonly bytes: number;
  readonly tables: Tables;
}

/** A bench of its own for one more thread. `most`: see benchBytes. @throws FractalError RESOURCES */
export function benchIn(memory: FilmMemory, tables: Tables, size: Size, most = Infinity): Bench {
  const bytes = benchBytes(size, memory.film, most);
  return { module: memory.module, memory: memory.memory, at: memory.take(bytes), bytes, tables };
}

/** Of a bench for frames that show at most so many paintings of keyframes. */
export function benchBytes(size: Size, film: Film, most: number): number {
  const { width, height } = size;
  const all = TABLE_BYTES * (width + height) + TURNED_BYTES;
  const each = TABLE_BYTES_EACH * (width + height) + TURNED_BYTES_EACH;
  return layoutOf(size, film).scratch + Math.min(all, most * each);
}

/** Where things are in a bench: from 0 on. */
function layoutOf({ width }: Size, { MARGIN }: Film) {
  const line = SUM * ROWS * rowOf(width) + SUM * MARGIN.value;
  const rgb = line + SUM * (TILE + MARGIN.value);
  return { sums: 0, line, rgb, scratch: rgb + finishedBytes(width, ROWS) };
}

export class Gathering {
  private readonly finish: Finish;
  private readonly space: Space & { readonly scratch: Scratch };
  private readonly rgb: number;

  constructor(
    private readonly size: Size,
    private readonly bench: Bench,
  ) {
    const { module, memory, at, bytes, tables } = bench;
    const film = openFilm(module, memory);
    const { sums, line, rgb, scratch } = layoutOf(size, film);
    this.finish = openFinish(film, tables);
    this.rgb = at + rgb;
    this.space = {
      ...{ size, film, sums: at + sums, line: at + line },
      scratch: new Scratch(memory, at + scratch, bytes - scratch),
    };
    new Uint8Array(memory.buffer, at + sums, SUM * ROWS * rowOf(size.width)).fill(0);
  }

  /** sRGB, 3 numbers a pixel; or planes. @throws Error for a pixel without samples */
  frame(shown: readonly Shown[], levels: FrameLevels): Uint8Array | Uint16Array {
    const { width, height } = this.size;
    this.space.scratch.clear();
    const parts = shown.filter(({ tiles }) => tiles.length > 0).flatMap((one) => partsOf(one, this.space));
    const pixels = unset(levels.planes ? 1.5 * width * height : 3 * width * height, levels);
    const inRows = byRows(parts, height);
    for (let row = 0; row < height; row += ROWS) {
      const rows = Math.min(ROWS, height - row);
      for (const part of inRows[row / ROWS] as Part[]) part.add(row, rows);
      const finished = this.finished(row, rows, levels);
      if (levels.planes) copyPlanes(finished, pixels, { row, rows }, this.size);
      else copyRows(finished, pixels, 3 * width * row, rows, 3 * width, 3 * rowOf(width));
    }
    return pixels;
  }

  private finished(y: number, rows: number, levels: FrameLevels): Uint8Array | Uint16Array {
    const { width } = this.size;
    const without = this.finish({ sums: this.space.sums, width, rows, y }, levels, this.rgb);
    if (without >= 0) throw new Error(`pixel ${width * y + without} of a frame has no samples`);
    const { buffer } = this.bench.memory;
    const count = 3 * rowOf(width) * rows;
    return levels.bits === 16 ? new Uint16Array(buffer, this.rgb, count) : new Uint8Array(buffer, this.rgb, count);
  }
}

/** Copies rows of so many numbers, each of which is followed by others up to `padded`, to a place. */
function copyRows(
  from: Uint8Array | Uint16Array,
  to: Uint8Array | Uint16Array,
  at: number,
  rows: number,
  length: number,
  padded: number,
): void {
  if (length === padded) to.set(from.subarray(0, rows * length), at);
  else for (let k = 0; k < rows; k++) to.set(from.subarray(padded * k, padded * k + length), at + length * k);
}

/** Copies what finishPlanes wrote of some rows to the planes of a frame. */
function copyPlanes(
  from: Uint8Array | Uint16Array,
  to: Uint8Array | Uint16Array,
  { row, rows }: { readonly row: number; readonly rows: number },
  { width, height }: Size,
): void {
  const padded = rowOf(width);
  copyRows(from, to, width * row, rows, width, padded);
  for (let plane = 0; plane < 2; plane++) {
    const source = padded * rows + (plane * padded * rows) / 4;
    const target = width * height + (plane * width * height) / 4 + (width / 2) * (row / 2);
    copyRows(from.subarray(source), to, target, rows / 2, width / 2, padded / 2);
  }
}

/** Those that have a part in each ROWS rows of a frame, in their order. */
function byRows(parts: readonly Part[], height: number): Part[][] {
  const found: Part[][] = Array.from({ length: Math.ceil(height / ROWS) }, () => []);
  for (const part of parts) {
    const end = Math.min(height, part.to);
    for (let k = Math.floor(part.from / ROWS); k * ROWS < end; k++) found[k]?.push(part);
  }
  return found;
}

/** Numbers that are all written before they are read: to set them to 0 first takes as long as to write them. */
function unset(numbers: number, { bits }: FrameLevels): Uint8Array | Uint16Array {
  const { buffer } = Buffer.allocUnsafeSlow((bits / 8) * numbers);
  return bits === 16 ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

function partsOf(one: Shown, space: Space): Part[] {
  return one.to.sin === 0 && one.to.cos > 0 ? uprightParts(one, space) : turnedParts(one, space);
}
