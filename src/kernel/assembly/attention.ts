/** Which lanes need attention after a block of iterations. */

import { BOUND, MARK_IM, MARK_RE, NEAR, Z_IM, Z_RE } from './lane';
import { squares } from './spread';

/** A bit for every lane that escaped or came near its mark. */
@inline
export function attention(lanes: usize): i32 {
  const quietLanes =
    i64x2.bitmask(isQuiet(lanes, 0)) |
    (i64x2.bitmask(isQuiet(lanes, 16)) << 2) |
    (i64x2.bitmask(isQuiet(lanes, 32)) << 4) |
    (i64x2.bitmask(isQuiet(lanes, 48)) << 6);
  return quietLanes ^ 255;
}

/** All bits of a lane set where |z|^2 is within the bound (false for infinity and NaN) and z is not near its mark. */
@inline
export function isQuiet(lanes: usize, chain: usize): v128 {
  const zr = v128.load(lanes + chain, Z_RE);
  const zi = v128.load(lanes + chain, Z_IM);
  const mag2 = squares(zr, zi);
  const within = f64x2.le(mag2, v128.load(lanes, BOUND));
  const dr = f64x2.sub(zr, v128.load(lanes + chain, MARK_RE));
  const di = f64x2.sub(zi, v128.load(lanes + chain, MARK_IM));
  const distance2 = squares(dr, di);
  return v128.andnot(within, f64x2.le(distance2, v128.load(lanes + chain, NEAR)));
}
