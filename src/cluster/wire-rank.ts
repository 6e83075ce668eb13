/** The rank of a job in wire messages: priority, owner, weight. */

import { FractalError } from '../errors.js';
import { checkNumber } from './bounds.js';
import { PRIORITY, type Rank, rankOf, WEIGHT } from './messages.js';

/** @throws FractalError PROTOCOL for a priority or weight beyond its range */
export function checkedRank(rank: Rank): Rank {
  checkNumber('priority', rank.priority, PRIORITY.max);
  checkNumber('weight', rank.weight, WEIGHT.max);
  // Slot time is divided by it.
  if (rank.weight < WEIGHT.min) throw new FractalError('PROTOCOL', `the peer states weight ${rank.weight}, at least 1`);
  return rankOf(rank);
}
