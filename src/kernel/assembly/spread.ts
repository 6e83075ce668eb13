/**
 * The spread of points of z^p + c that are iterated in lanes: how far apart the points of a sample's footprint are, |dz|. Each
 * iteration multiplies it by |f'(z)| = p·|z|^(p-1) and adds the footprint's size in c. Within a block only the product of
 * the |z|^2 is formed; what the iterations of the block add is taken together at its end.
 */

import { SEPARATE } from './footprint';
import { BLOCK, SPREAD, START_SPREAD, TOGETHER } from './lane';

/** The spreads of two lanes after a block that ended at `now`. product: of |z|^2 in the block; add: of all its iterations. */
@inline
export function spreadBlock(power: i32, at: usize, product: v128, now: i64, add: f64): void {
  const before = v128.load(at, SPREAD);
  const root = f64x2.sqrt(product);
  let slope = f64x2.mul(root, f64x2.splat(powerOfBlock(power)));
  for (let k = 2; k < power; k++) slope = f64x2.mul(slope, root);
  const spread = f64x2.add(f64x2.mul(before, slope), f64x2.splat(add));
  v128.store(at, before, START_SPREAD);
  v128.store(at, spread, SPREAD);
  const together = f64x2.lt(spread, f64x2.splat(SEPARATE));
  v128.store(at, v128.bitselect(i64x2.splat(now), v128.load(at, TOGETHER), together), TOGETHER);
}

/** power^BLOCK */
@inline
function powerOfBlock(power: i32): f64 {
  if (power == 2) return <f64>(1 << <i32>BLOCK);
  let result: f64 = 1;
  for (let k: i64 = 0; k < BLOCK; k++) result *= <f64>power;
  return result;
}
