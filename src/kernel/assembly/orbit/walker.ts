/** The state of an orbit in fixed point. */

import { Format } from './fixed';
import { Jacobian } from './jacobian';

@unmanaged
export class Walker {
  /** The formula, as in formula.ts, and the format of its numbers. */
  fold: i32;
  power: i32;
  format: Format;
  /** Numbers: z, c, the power under way, 0. */
  z: usize;
  c: usize;
  powers: usize;
  zero: usize;
  /** Where the entries of a call are written, as doubles, and the underflow list of them. */
  entries: usize;
  underflow: usize;
  underflows: i32;
  /** |z|^2 beyond which the orbit has escaped. */
  outside: f64;
  escaped: bool;
  /** Whether an orbit closes where a c less than radius·2^radiusE away makes z 0; and whether it has. */
  closes: bool;
  closed: bool;
  radius: f64;
  radiusE: i32;
  /** The entry that was written last, (zr + i·zi)·2^ze. */
  zr: f64;
  zi: f64;
  ze: i32;
  derivative: Jacobian;
}
