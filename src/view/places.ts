/**
 * Where the samples of a pixel lie within it, from 0 at its left and top to 1. By integers and + * / alone, so that every
 * machine gets the same bits.
 */

import { type Sampling, samplesPerPixel } from './view.js';

/** The places of one pixel's samples, in their order. */
export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Moves them to those of the pixel in column x and row y. */
  moveTo(x: number, y: number): void;
}

/** Of samplings that are computed now: each part of a shard asks for the same one. */
const known = new WeakMap<Sampling, Places>();

/** The same object for the same sampling: to be moved and read at once. */
export function placesOf(sampling: Sampling): Places {
  const places = known.get(sampling) ?? makePlaces(sampling);
  known.set(sampling, places);
  return places;
}

function makePlaces(sampling: Sampling): Places {
  const count = samplesPerPixel(sampling);
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  switch (sampling.kind) {
    case 'grid': {
      for (const [s, cell] of cellsOf(count).entries()) {
        x[s] = cell.x + cell.width / 2;
        y[s] = cell.y + cell.height / 2;
      }
      return { x, y, moveTo: () => undefined };
    }
    case 'jittered': {
      const cells = cellsOf(count);
      const moveTo = (column: number, row: number) => {
        for (const [s, cell] of cells.entries()) {
          const h = hash(sampling.seed, column, row, s);
          x[s] = cell.x + cell.width * ((h >>> 16) / 65536);
          y[s] = cell.y + cell.height * ((h & 65535) / 65536);
        }
      };
      return { x, y, moveTo };
    }
    case 'sequence': {
      const { from, seed } = sampling;
      const bits = sequence(from, count);
      const moveTo = (column: number, row: number) => {
        const [right, down] = [hash(seed, column, row, 0), hash(seed, column, row, 1)];
        for (let s = 0; s < count; s++) {
          const centre = from + s === 0;
          x[s] = centre ? 0.5 : (((bits.x[s] as number) ^ right) >>> 0) / RANGE;
          y[s] = centre ? 0.5 : (((bits.y[s] as number) ^ down) >>> 0) / RANGE;
        }
      };
      return { x, y, moveTo };
    }
    case 'adaptive':
      throw new TypeError('adaptive samples are taken in rounds, each of which is a part of a sequence');
  }
}

/** Part of the unit square of a pixel. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Cells of equal area, one a sample: a square grid, or for a count that is no square rows of nearly equal length. */
function cellsOf(count: number): Cell[] {
  const rows = Math.round(Math.sqrt(count));
  const cells: Cell[] = [];
  for (let row = 0; row < rows; row++) {
    const from = Math.floor((row * count) / rows);
    const to = Math.floor(((row + 1) * count) / rows);
    for (let k = from; k < to; k++) {
      const width = 1 / (to - from);
      cells.push({ x: (k - from) * width, y: from / count, width, height: (to - from) / count });
    }
  }
  return cells;
}

const RANGE = 2 ** 32;

/**
 * Points of the (0, 2)-sequence of van der Corput and Sobol, in units of 2^-32: of the first 4^k points, and of each further
 * 4^k, one lies in every rectangle of the area 4^-k whose sides are halvings of 1. XOR with any number keeps that
 * (T. Kollig and A. Keller, Efficient multidimensional sampling, 2002). Sample 0 is the centre and no point of it.
 */
function sequence(from: number, count: number): { readonly x: Int32Array; readonly y: Int32Array } {
  const [x, y] = [new Int32Array(count), new Int32Array(count)];
  for (let s = 0; s < count; s++) {
    let vector = 1 << 31;
    for (let rest = Math.max(0, from + s - 1), bit = 1 << 31; rest > 0; rest >>>= 1, bit >>>= 1) {
      if (rest & 1) {
        x[s] = (x[s] as number) ^ bit;
        y[s] = (y[s] as number) ^ vector;
      }
      vector ^= vector >>> 1;
    }
  }
  return { x, y };
}

/** 32 well-mixed bits of (seed, x, y, sample); integers only. */
function hash(seed: number, x: number, y: number, sample: number): number {
  return mix(mix(mix(mix(seed | 0) ^ x) ^ y) ^ sample);
}

function mix(bits: number): number {
  let h = bits + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}
