/** An iteration limit that shows what there is: found by looking at a coarse grid of the view. */

import type { View } from '../view/view.js';
import { coarse } from './method.js';

/** Points of the grid along the longer side. */
const GRID = 48;
/** The limit is doubled at most so often. */
const MOST_DOUBLINGS = 5;
/** Share of the points that may still change when the limit is doubled once more. */
const STILL = 0.004;

export interface Limit {
  readonly iterations: number;
  /** Share of the points that have not escaped by then. */
  readonly undecided: number;
}

/**
 * Doubles a first guess until hardly a point more escapes; and goes on while none escapes at all, for then nothing is
 * to be seen yet. Where none ever does, the guess is as good as anything.
 * @param nuOf the samples of a coarse view
 */
export async function settleLimit(
  view: View,
  guess: number,
  most: number,
  nuOf: (coarse: View) => Promise<Float64Array>,
): Promise<Limit> {
  const { distance: _, ...shown } = view;
  const probe = coarse(shown, GRID);
  const undecidedAt = async (iterations: number) => {
    const nu = await nuOf({ ...probe, iterations });
    return nu.filter((value) => value === Infinity).length / nu.length;
  };
  let iterations = guess;
  let undecided = await undecidedAt(iterations);
  for (let k = 0; k < MOST_DOUBLINGS && undecided > 0 && 2 * iterations <= most; k++) {
    const next = await undecidedAt(2 * iterations);
    if (next < 1 && undecided - next <= STILL) break;
    iterations *= 2;
    undecided = next;
  }
  return undecided < 1 ? { iterations, undecided } : { iterations: guess, undecided };
}
