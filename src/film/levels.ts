/**
 * The zooms of keyframes: R = 2^(1/4) apart, counted from the deepest frame of the film, so that films through the same
 * places have the same keyframes. Level 0 is the deepest: so deep that the deepest frame has its samples.
 */

import { fromLog10 } from '../view/decimal.js';
import { depthOf } from './camera.js';

/** log10 of R. */
export const STEP = Math.log10(2) / 4;
/** Zooms that differ by less, in powers of ten, are the same: path.ts rounds to that. */
export const SAME_DEPTH = 1e-9;

export interface Levels {
  /** Samples along the side of a pixel of the deepest frame: a power of R. */
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

/** `samples`: at least so many a pixel, anywhere. `zoom`: of the deepest frame. */
export function levelsOf(samples: number, zoom: string): Levels {
  const deepest = depthOf({ zoom });
  const dense = Math.log10(samples) / 2;
  const above = Math.ceil(dense / STEP - SAME_DEPTH);
  const depth = (level: number) => deepest + (above - level) * STEP;
  return {
    density: Math.exp(above * STEP * Math.LN10),
    of: (frame) => Math.floor((depth(0) - frame - dense) / STEP + SAME_DEPTH / STEP),
    endOf: (level) => depth(level + 1) - dense,
    depthOf: depth,
    // As path.ts rounds, so that a frame at this zoom has the same text.
    zoomOf: (level) => (level === above ? zoom : fromLog10(Math.round(depth(level) * 1e11) / 1e11)),
  };
}

export function isSameDepth(a: number, b: number): boolean {
  return Math.abs(a - b) < SAME_DEPTH;
}
