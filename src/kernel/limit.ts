/** An iteration limit that shows what there is: found by looking at a coarse grid of the view. */

import type { View } from '../view/view.js';
import { coarse } from './method.js';

/** Points of the grid along the longer side. */
const GRID = 48;
/** The first look: a guess for great depth may be far more than is needed. */
const FIRST = 4_000;
/** The guess is doubled at most so often. */
const MOST_DOUBLINGS = 5;
/** Share of the points that may still change when the limit is doubled once more. */
const STILL = 0.004;
/** Below the guess: doublings in a row without change, the share undecided, and the room above what all escape by. */
const STILL_DOUBLINGS = 3;
const FEW = 0.25;
const ROOM = 4;

export interface Limit {
  readonly iterations: number;
  /** Share of the points that have not escaped by then. */
  readonly undecided: number;
}

/**
 * Doubles a limit until hardly a point more escapes; and goes on while none escapes at all, for then nothing is to be
 * seen yet. Where none ever does, the guess is as good as anything. It may be large: what is settled long before it
 * shows early.
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
  const halvings = Math.max(0, Math.ceil(Math.log2(guess / FIRST)));
  const limits = Array.from({ length: halvings + 1 + MOST_DOUBLINGS }, (_, k) =>
    Math.ceil(guess * 2 ** (k - halvings)),
  );
  let iterations = limits[0] as number;
  let undecided = await undecidedAt(iterations);
  let still = 0;
  for (const next of limits.slice(1)) {
    if (undecided === 0 || next > most) break;
    const share = await undecidedAt(next);
    still = share < 1 && undecided - share <= STILL ? still + 1 : 0;
    if (still > 0 && iterations >= guess) break;
    if (still === STILL_DOUBLINGS && share <= FEW) break;
    iterations = next;
    undecided = share;
  }
  if (undecided === 1) return { iterations: guess, undecided };
  return {
    iterations: undecided > 0 || iterations >= guess ? iterations : Math.min(guess, ROOM * iterations),
    undecided,
  };
}
