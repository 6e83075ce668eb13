/**
 * The one kernel that gpu.js translates (to WGSL, GLSL or JavaScript): z ← fold(z)^power + c for a batch of points.
 * gpu.js compiles its source text, so it is a plain function and refers to nothing outside of it.
 */

import type { IKernelFunctionThis } from 'gpu.js';

/** The number of each fold: none, |Re| + i|Im|, the conjugate. */
export const FOLDS = { holomorphic: 0, 'burning-ship': 1, tricorn: 2 } as const;

/** Constants of a compiled kernel: one of FOLDS, and the power. */
export interface Shape {
  readonly fold: number;
  readonly power: number;
  [name: string]: number;
}

/**
 * Iterates z at most `steps` times, and stops where |z|^2 > bailout2.
 * Returns z, the iterations done, and |z|^2.
 */
export function iterateBatch(
  this: IKernelFunctionThis<Shape>,
  cRe: ArrayLike<number>,
  cIm: ArrayLike<number>,
  zRe: ArrayLike<number>,
  zIm: ArrayLike<number>,
  bailout2: number,
  steps: number,
): [number, number, number, number] {
  const cr = cRe[this.thread.x]!;
  const ci = cIm[this.thread.x]!;
  let zr = zRe[this.thread.x]!;
  let zi = zIm[this.thread.x]!;
  let mag2 = zr * zr + zi * zi;
  let done = 0;
  for (let i = 0; i < steps; i++) {
    if (mag2 > bailout2) {
      break;
    }
    if (this.constants.fold === 1) {
      zr = Math.abs(zr);
      zi = Math.abs(zi);
    }
    if (this.constants.fold === 2) {
      zi = -zi;
    }
    let pr = zr * zr - zi * zi;
    let pi = 2 * zr * zi;
    for (let k = 2; k < this.constants.power; k++) {
      const t = pr * zr - pi * zi;
      pi = pr * zi + pi * zr;
      pr = t;
    }
    zr = pr + cr;
    zi = pi + ci;
    mag2 = zr * zr + zi * zi;
    done = done + 1;
  }
  return [zr, zi, done, mag2];
}
