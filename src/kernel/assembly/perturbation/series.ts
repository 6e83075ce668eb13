/** The series approximation of a block, as expand-block.ts leaves it. */

import { Polynomial } from './polynomial';

/** Where the series of a block ends: what its points start with (start-in-series.ts). */
@unmanaged
export class Series {
  /** d there, and its derivative by x. */
  d: Polynomial;
  slopes: Polynomial;
  /** Whether there is a series. */
  exists: bool;
  /** The centre of the block, and 1 / its radius. */
  centreRe: f64;
  centreIm: f64;
  perRadius: f64;
  m: i32;
  end: i32;
  n: i64;
  /** The exponent of d; 0 where it is a double. */
  e: i32;
  /** The error bound of the centre. */
  errorE: i32;
  error: f64;
  /** The bound of the error of d, rounding included, in units of 2^e. */
  lack: f64;
  /** The same of the last point that was started, in pixels. */
  offBy: f64;
}
