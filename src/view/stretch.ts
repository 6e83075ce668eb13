/**
 * Stretched and skewed views: a linear map L of the plane that keeps areas. The camera turns first, then the plane is
 * deformed, so that frames of a film whose camera turns and zooms are similar to one another:
 *
 *   c = centre + L·R(rotation)·(X, Y),  L = R(angle)·diag(factor, 1/factor)·R(-angle)·K,  K = (1, tan(skew); 0, 1)
 *
 * X and Y from the picture's centre, to the right and up; R(degrees) turns counter-clockwise.
 */

import type { Matrix } from './matrix.js';
import { sinCos } from './plane.js';

export interface Stretch {
  /** The view is so many times as long in one direction, and as many times shorter across it; above 0. */
  readonly factor: number;
  /** That direction, degrees counter-clockwise from the real axis. */
  readonly angle: number;
  /** Degrees by which the sides of an upright view lean to the right; between -90 and 90. */
  readonly skew: number;
}

/** undefined: nothing changes. */
export function deformationOf({ factor, angle, skew }: Stretch): Matrix | undefined {
  if (factor === 1 && skew === 0) return undefined;
  const [sin, cos] = sinCos(angle);
  const [rise, run] = sinCos(skew);
  const [along, across, lean] = [factor, 1 / factor, rise / run];
  const xx = along * cos * cos + across * sin * sin;
  const both = (along - across) * cos * sin;
  const yy = along * sin * sin + across * cos * cos;
  // + 0: no -0, which texts do not show.
  return [xx, xx * lean + both + 0, both + 0, both * lean + yy];
}
