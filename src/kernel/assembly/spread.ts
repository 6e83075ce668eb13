/**
 * The spread of points of z^p + c that are iterated directly: how far apart the points of a sample's footprint are, |dz|. Each
 * iteration multiplies it by |f'(z)| = p·|z|^(p-1) and adds the footprint's size in c. It is kept as its square, so that no iteration needs a
 * root. What is added is then a share of the square, too: ADDED is chosen such that together with it the square is about that of
 * the bound e ← |f'(z)|·e + side, which measured best.
 */

import { SEPARATE } from './footprint';
import { ADDS, BLOCK, SPREAD2, START_SPREAD2, TOGETHER } from './lane';

export const SEPARATE2: f64 = SEPARATE * SEPARATE;
/** What an iteration adds to the square, in squares of the footprint's side. */
export const ADDED: f64 = 10;

/** |z|^2 of two points. */
@inline
export function squares(zr: v128, zi: v128): v128 {
  return f64x2.add(f64x2.mul(zr, zr), f64x2.mul(zi, zi));
}

/** |f'(z)|^2 of |z|^2. */
@inline
export function slope2Of(power: i32, mag2: f64): f64 {
  let slope2 = <f64>(power * power) * mag2;
  for (let k = 2; k < power; k++) slope2 *= mag2;
  return slope2;
}

/** The squares of two spreads after an iteration of z of |z|^2. */
@inline
export function spreadPair(power: i32, spread2: v128, mag2: v128, added: f64): v128 {
  spread2 = f64x2.mul(spread2, f64x2.splat(<f64>(power * power)));
  for (let k = 1; k < power; k++) spread2 = f64x2.mul(spread2, mag2);
  return f64x2.add(spread2, f64x2.splat(added));
}

/** For the loop of z^2: what every second iteration adds to a product of |z|^2 that lacks the factors 4. */
export function storeAdds(lanes: usize, added: f64): void {
  let adds = 2 * added;
  for (let k: usize = 0; k < <usize>BLOCK >> 1; k++) {
    adds *= 0.0625;
    v128.store(lanes + ADDS + (k << 4), f64x2.splat(adds));
  }
}

/** The spreads of two lanes before a block, which are kept. */
@inline
export function beginBlock(at: usize): v128 {
  const spread2 = v128.load(at, SPREAD2);
  v128.store(at, spread2, START_SPREAD2);
  return spread2;
}

/** The squares of the spreads of two lanes after a block that ended at `now`. */
@inline
export function endBlock(at: usize, spread2: v128, now: i64): void {
  v128.store(at, spread2, SPREAD2);
  const together = f64x2.lt(spread2, f64x2.splat(SEPARATE2));
  v128.store(at, v128.bitselect(i64x2.splat(now), v128.load(at, TOGETHER), together), TOGETHER);
}
