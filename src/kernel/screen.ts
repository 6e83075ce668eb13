/**
 * Distances of deformed views. The kernels compute the distance estimate K / |g| as a vector along the gradient g of the
 * potential by pixels of the view without its deformation. A pixel of the view with it has the gradient Aᵀ·g, where A
 * = R(-rotation)·L·R(rotation) takes pixels of the deformed view to those of the other one (view/stretch.ts). So the
 * vector v becomes
 *
 *   K·Aᵀg / |Aᵀg|² = Aᵀv·|v|² / |Aᵀv|²,
 *
 * which is normal to the lines of equal potential as the picture shows them, and as long as their distance in its pixels
 * says: lines keep their width, slopes their light.
 */

import { sinCos } from '../view/plane.js';
import type { View } from '../view/view.js';

/** Changes pairs of a view without its deformation, if there are any, into those of the view. */
export function deformDistances(pairs: Float64Array | undefined, { deformation, rotation }: View): void {
  if (!deformation || !pairs) return;
  const [xx, xy, yx, yy] = deformation;
  const [sin, cos] = sinCos(rotation);
  // The columns of L·R, then those of A.
  const [rightX, rightY] = [xx * cos + xy * sin, yx * cos + yy * sin];
  const [upX, upY] = [xy * cos - xx * sin, yy * cos - yx * sin];
  const [ax, ay] = [rightX * cos + rightY * sin, rightY * cos - rightX * sin];
  const [bx, by] = [upX * cos + upY * sin, upY * cos - upX * sin];
  for (let k = 0; k < pairs.length; k += 2) {
    const [x, y] = [pairs[k] as number, pairs[k + 1] as number];
    const size = Math.max(Math.abs(x), Math.abs(y));
    if (size === 0) continue;
    // Squares of distances may be beyond doubles.
    const [u, v] = [x / size, y / size];
    const [right, up] = [ax * u + ay * v, bx * u + by * v];
    const scale = (size * (u * u + v * v)) / (right * right + up * up);
    pairs[k] = right * scale;
    pairs[k + 1] = up * scale;
  }
}
