/**
 * The zooms of keyframes: R = 2^(1/4) apart, counted from the zoom of the grid, so that films through the same places have
 * the same keyframes. Level 0 is the deepest: so deep that the deepest frame has its samples.
 */

import { fromLog10 } from '../view/decimal.js';
import { depthOf } from './camera.js';
import type { Grid } from './grid.js';

/** log10 of R. */
export const STEP = Math.log10(2) / 4;
/** Zooms that differ by less, in powers of ten, are the same: path.ts rounds to that. */
export const SAME_DEPTH = 1e-9;

export interface Levels {
  /** Samples along the side of a pixel of the deepest frame that a level serves: a power of R, rounded up. */
  readonly density: number;
  /** The coarsest level whose samples are dense enough for a frame of this depth, the log10 of its zoom. */
  of(depth: number): number;
  /** The depth of the widest frame that a level serves, from which on the next one does. */
  endOf(level: number): number;
  /** log10 of the zoom of a level. */
  depthOf(level: number): number;
  /** A level's zoom, as text. */
  zoomOf(level: number): string;
}

/** Samples along the side of a pixel where it has at least so many: a power of R. */
export function densityOf(samples: number): number {
  return Math.exp(Math.ceil(Math.log10(samples) / 2 / STEP - SAME_DEPTH) * STEP * Math.LN10);
}

export interface LevelOptions {
  /** At least so many a pixel of any frame. */
  readonly samples: number;
  /** Height of the frames, in pixels. */
  readonly height: number;
  /** log10 of the zoom of the deepest frame. */
  readonly deepest: number;
}

export function levelsOf({ samples, height, deepest }: LevelOptions, grid: Grid): Levels {
  const origin = depthOf(grid);
  const end = depthOf({ zoom: grid.end });
  const dense = Math.log10(samples) / 2;
  /** By how much deeper a keyframe is than a frame with just as dense samples. */
  const above = Math.max(dense + Math.log10(height / grid.size.height), Math.log10(grid.samples ?? 0) / 2);
  const first = Math.ceil((deepest + above - origin) / STEP - SAME_DEPTH);
  const depth = (level: number) => origin + (first - level) * STEP;
  return {
    density: densityOf(samples),
    of: (frame) => Math.floor((depth(0) - frame - above) / STEP + SAME_DEPTH / STEP),
    endOf: (level) => depth(level + 1) - above,
    depthOf: depth,
    zoomOf(level) {
      if (level === first) return grid.zoom;
      // As path.ts rounds, so that a frame at this zoom has the same text.
      return isSameDepth(depth(level), end) ? grid.end : fromLog10(Math.round(depth(level) * 1e11) / 1e11);
    },
  };
}

export function isSameDepth(a: number, b: number): boolean {
  return Math.abs(a - b) < SAME_DEPTH;
}
