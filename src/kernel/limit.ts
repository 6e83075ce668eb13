/** An iteration limit that shows what is in a view, found from a coarse grid of it (`--iters auto`). */

import type { View } from '../view/view.js';
import { coarse } from './method.js';

/** Points of the grid along the longer side. */
const GRID = 48;
/** The first limit tried: a guess for great depth may be far more than is needed. */
const FIRST = 4_000;
/** How often the limit is doubled beyond the guess, or beyond the limit at which the first points escape. */
const MOST_DOUBLINGS = 5;
/** A smaller change of the share of undecided points counts as none; also the share that counts as visible. */
const UNCHANGED = 0.004;
/** Below the guess: doublings in a row without change, the share undecided at most, and the factor above the limit by which all escape. */
const UNCHANGED_DOUBLINGS = 3;
const FEW_UNDECIDED = 0.25;
const MARGIN = 4;
/** While no point escapes, doubling goes on beyond that as long as one trial costs less than this, in nanoseconds. */
const SEARCH_NANOSECONDS = 2e10;

/** The samples of a coarse view, and the cost of computing them: operations counted, in nanoseconds, not measured time. */
export interface Trial {
  readonly nu: Float64Array;
  readonly nanoseconds: number;
}

export interface Limit {
  readonly iterations: number;
  /** Share of the points that have not escaped by `iterations`. */
  readonly undecided: number;
  /** The largest limit tried. */
  readonly tried: number;
}

/**
 * Doubles a limit until hardly a point more escapes. While hardly any point has escaped at all, equal
 * shares prove nothing, and the search continues for longer. Where no point escapes even then, the result is the guess, with
 * `undecided` 1.
 * @param guess the limit that suits most views of this depth, at least 1
 * @param most the largest limit allowed
 * @param compute the samples of a coarse view; undefined where its limit is too large to be tried, which ends the search
 */
export async function findLimit(
  view: View,
  guess: number,
  most: number,
  compute: (coarse: View) => Promise<Trial | undefined>,
): Promise<Limit> {
  const { distance: _, ...shown } = view;
  const probe = coarse(shown, GRID);
  let nanoseconds = 0;
  const undecidedAt = async (iterations: number) => {
    const trial = await compute({ ...probe, iterations });
    if (!trial) return undefined;
    nanoseconds = trial.nanoseconds;
    return trial.nu.filter((value) => value === Infinity).length / trial.nu.length;
  };
  const visible = (undecided: number) => 1 - undecided > UNCHANGED;
  const halvings = Math.max(0, Math.ceil(Math.log2(guess / FIRST)));
  const limitAt = (k: number) => Math.ceil(guess * 2 ** (k - halvings));
  let iterations = limitAt(0);
  let undecided = (await undecidedAt(iterations)) ?? 1;
  let tried = iterations;
  /** The smallest limit by which as many points escaped as by the last one tried. */
  let least = iterations;
  let unchanged = 0;
  let last = halvings + MOST_DOUBLINGS;
  for (let k = 1; undecided > 0; k++) {
    const next = limitAt(k);
    if (next > most) break;
    if (k > last && (visible(undecided) || 2 * nanoseconds > SEARCH_NANOSECONDS)) break;
    const share = await undecidedAt(next);
    if (share === undefined) break;
    tried = next;
    if (!visible(undecided) && share < undecided) last = Math.max(last, k + MOST_DOUBLINGS);
    unchanged = visible(undecided) && undecided - share <= UNCHANGED ? unchanged + 1 : 0;
    if (unchanged > 0 && iterations >= guess) break;
    if (unchanged === UNCHANGED_DOUBLINGS && share <= FEW_UNDECIDED) break;
    if (share < undecided) least = next;
    iterations = next;
    undecided = share;
  }
  if (undecided === 1) return { iterations: guess, undecided, tried };
  if (!visible(undecided)) iterations = Math.max(guess, least);
  const chosen = undecided > 0 || iterations >= guess ? iterations : Math.min(guess, MARGIN * iterations);
  return { iterations: chosen, undecided, tried };
}
