/**
 * Rebasing (after Zhuoran): a point goes on from the start of the critical orbit, d <- Z_m + d, m <- 0, when z is nearer to 0
 * than to Z_m, or where the orbit ends. No difference is ever larger than z then, so that no digits are lost ("glitches").
 * Distances are in the 1-norm, which is never smaller than the modulus and does not underflow.
 */

/** Whether z = zr + i·zi is nearer to 0 than to the reference, from which it differs by dr + i·di. */
@inline
export function isNearerToZero(zr: f64, zi: f64, dr: f64, di: f64): bool {
  return Math.abs(zr) + Math.abs(zi) < Math.abs(dr) + Math.abs(di);
}
