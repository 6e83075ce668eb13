/** Real 2×2 matrices: linear maps of the plane. + - * / and the root alone, so that every machine gets the same bits. */

/** Rows (xx, xy) and (yx, yy). */
export type Matrix = readonly [xx: number, xy: number, yx: number, yy: number];

const IDENTITY: Matrix = [1, 0, 0, 1];

export function determinant([xx, xy, yx, yy]: Matrix): number {
  return xx * yy - xy * yx;
}

/** The singular values: how long the longest and the shortest image of a vector of length 1 is. Of none: 1 and 1. */
export function extentOf(matrix: Matrix = IDENTITY): readonly [longest: number, shortest: number] {
  const [xx, xy, yx, yy] = matrix;
  // A matrix is a multiple of a rotation plus one of a reflection.
  const rotation = Math.sqrt((xx + yy) * (xx + yy) + (yx - xy) * (yx - xy));
  const reflection = Math.sqrt((xx - yy) * (xx - yy) + (xy + yx) * (xy + yx));
  const longest = (rotation + reflection) / 2;
  return [longest, Math.abs(determinant(matrix)) / longest];
}

/** The vector whose image is (x, y). */
export function preimageOf(x: number, y: number, matrix: Matrix | undefined): [x: number, y: number] {
  if (!matrix) return [x, y];
  const [xx, xy, yx, yy] = matrix;
  const area = determinant(matrix);
  return [(yy * x - xy * y) / area, (xx * y - yx * x) / area];
}
