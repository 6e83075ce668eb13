/** What of a frame is not the frame before it, moved as the camera moved: flicker, and jumps where keyframes meet. */

import type { Similarity } from '../../src/film/camera.js';
import type { Size } from '../../src/film/footprint.js';
import { toLinear } from '../../src/render/oklab.js';

const LINEAR = Float64Array.from({ length: 256 }, (_, level) => toLinear(level / 255));

/** Pixels at the edges, of which the frame before has not all. */
const EDGE = 2;

/**
 * Squares of the differences, in linear light: the mean of a pixel's three; NaN at the edges. Frames are 8-bit sRGB. `to`: from
 * pixels of the frame to those of the frame before, both counted from the centre.
 */
export function residuals(
  before: Uint8Array,
  after: Uint8Array,
  to: Similarity,
  { width, height }: Size,
): Float64Array {
  const found = new Float64Array(width * height).fill(Number.NaN);
  for (let y = EDGE; y < height - EDGE; y++) {
    for (let x = EDGE; x < width - EDGE; x++) {
      const [X, Y] = [x + 0.5 - width / 2, height / 2 - (y + 0.5)];
      const u = width / 2 + to.cos * X - to.sin * Y + to.x - 0.5;
      const v = height / 2 - (to.sin * X + to.cos * Y + to.y) - 0.5;
      const [i, j] = [Math.floor(u), Math.floor(v)];
      if (i < 0 || j < 0 || i > width - 2 || j > height - 2) continue;
      const [p, q] = [u - i, v - j];
      let sum = 0;
      for (let c = 0; c < 3; c++) {
        const at = (column: number, row: number) => LINEAR[before[3 * (row * width + column) + c] as number] as number;
        const upper = (1 - p) * at(i, j) + p * at(i + 1, j);
        const lower = (1 - p) * at(i, j + 1) + p * at(i + 1, j + 1);
        const expected = (1 - q) * upper + q * lower;
        sum += (expected - (LINEAR[after[3 * (y * width + x) + c] as number] as number)) ** 2;
      }
      found[y * width + x] = sum / 3;
    }
  }
  return found;
}

/** The root of the mean over all pixels. */
export function residual(before: Uint8Array, after: Uint8Array, to: Similarity, size: Size): number {
  return rootMean(residuals(before, after, to, size));
}

export function rootMean(squares: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < squares.length; i++) {
    const square = squares[i] as number;
    if (Number.isNaN(square)) continue;
    sum += square;
    count++;
  }
  return Math.sqrt(sum / count);
}
