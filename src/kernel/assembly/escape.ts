/** Where iterating ends, for all kernels. */

/** How much further than the limit a point may run that has left |z| <= 2 but not yet reached the bailout. */
export const BEYOND: i64 = 200;
