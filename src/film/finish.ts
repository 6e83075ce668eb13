/** Sums of weighted texels as pixels, by the tables of render/quantise.ts. */

import { DITHER, type Levels, levelTables } from '../render/quantise.js';
import type { Film, FilmMemory } from './memory.js';

/** Levels of 16 bits from one of 8 bits to the next, and from which on above it the next one is nearer. */
const STEP = 257;
const NEAREST = 129;

/** Addresses of the tables, which all threads use. */
export interface Tables {
  readonly thresholds: number;
  readonly fine: number;
  readonly coarse: number;
  /** From how many levels of 16 bits on a pixel is rounded up: dithered, and all alike. */
  readonly dither: number;
  readonly plain: number;
}

export function placeTables(memory: FilmMemory): Tables {
  const { cells, start, thresholds } = levelTables();
  const { side, shifts } = DITHER;
  // Behind the last level there is none, wherever a dither rounds up.
  const levels = new Float32Array(thresholds.length + STEP).fill(Infinity);
  levels.set(Float32Array.from(thresholds, atLeast));
  const dither = Int32Array.from({ length: 3 * side * side }, (_, i) => {
    const [x, channel, y] = [i % side, Math.floor(i / side) % 3, Math.floor(i / (3 * side))];
    return DITHER.thresholds[side * y + ((x + (shifts[channel] as number)) % side)] as number;
  });
  const startOf = (count: number) => start.filter((_, cell) => cell % (cells / count) === 0);
  return {
    thresholds: memory.place(levels),
    fine: memory.place(startOf(memory.film.FINE.value)),
    coarse: memory.place(startOf(memory.film.COARSE.value)),
    dither: placeDither(memory, dither),
    plain: placeDither(memory, new Int32Array(dither.length).fill(NEAREST)),
  };
}

/**
 * What is added to a level of 8 bits, less a half, before it is rounded (f32); behind it the levels of 16 bits themselves. A
 * level of 16 bits is the nearest one, too: hence another half of one.
 */
function placeDither(memory: FilmMemory, thresholds: Int32Array): number {
  const both = new Int32Array(2 * thresholds.length);
  const up = Float32Array.from(thresholds, (threshold) => (STEP + 0.5 - threshold) / STEP - 0.5);
  both.set(new Int32Array(up.buffer));
  both.set(thresholds, thresholds.length);
  return memory.place(both);
}

/** Rows of sums, the first of which is row y of the picture; each is rowOf(width) pixels long. */
export interface Rows {
  readonly sums: number;
  readonly width: number;
  readonly rows: number;
  readonly y: number;
}

/** Pixels of a row of sums, and of finished pixels. */
export function rowOf(width: number): number {
  return 4 * Math.ceil(width / 4);
}

/** How the pixels of a frame are written: `planes`, as render/yuv.ts has them, in the place of pixels of 8 bits. */
export interface FrameLevels extends Levels {
  readonly planes?: boolean;
}

/** Bytes of the pixels of so many rows, and what is written beyond. */
export function finishedBytes(width: number, rows: number): number {
  return 6 * rowOf(width) * rows + PAIRS * rowOf(width) + 16;
}

/** Bytes that the colours of a pixel of a row take, until those below come: behind the planes. */
const PAIRS = 8;

/** Writes the pixels of rows to an address of finishedBytes, clears their sums, and returns the first pixel without samples, or -1. */
export type Finish = (rows: Rows, levels: FrameLevels, to: number) => number;

export function openFinish(film: Film, { thresholds, fine, coarse, dither, plain }: Tables): Finish {
  film.useTables(thresholds, fine, coarse);
  return ({ sums, width, rows, y }, levels, to) => {
    if (levels.bits === 16) return film.finishDeep(sums, width, rows, to);
    const up = levels.dither ? dither : plain;
    if (!levels.planes) return film.finishBytes(sums, width, rows, y, to, up, DITHER.side);
    const above = to + 6 * rowOf(width) * rows;
    return film.finishPlanes(sums, width, rows, y, to, above, up, DITHER.side);
  };
}

/** The smallest f32 that is not less. */
function atLeast(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, near);
  bits.setInt32(0, bits.getInt32(0) + 1);
  return bits.getFloat32(0);
}
