/** The owners of jobs, by name: the weight of each, and the slots that its jobs may use together. */

import { type Rank, WEIGHT } from '../../cluster/messages.js';
import { FractalError } from '../../errors.js';

export interface Terms {
  /** Slot time in proportion to those of other owners, among jobs of the same priority: 1 to 1000. */
  readonly weight: number;
  /** Slots that its jobs may use at a time, over all workers; 0: any number. */
  readonly maxSlots: number;
}

const TERMS: Terms = { weight: WEIGHT.default, maxSlots: 0 };

export class Owners {
  /** As workers know them. */
  private readonly numbers = new Map<string, number>();
  private readonly terms = new Map<string, Terms>();

  termsOf(name: string): Terms {
    return this.terms.get(name) ?? TERMS;
  }

  /** @throws FractalError REQUEST_INVALID for a number beyond its range */
  set(name: string, changes: Partial<Terms>): void {
    const terms = { ...this.termsOf(name), ...changes };
    const { weight, maxSlots } = terms;
    const [min, max] = [WEIGHT.min, WEIGHT.max];
    if (!Number.isInteger(weight) || weight < min || weight > max) throw invalid('weight', weight, `${min} to ${max}`);
    if (!Number.isInteger(maxSlots) || maxSlots < 0)
      throw invalid('limit of slots', maxSlots, '1 on, or 0 for no limit');
    this.terms.set(name, terms);
  }

  rankOf(name: string, priority: number): Rank {
    const owner = this.numbers.get(name) ?? this.numbers.size;
    this.numbers.set(name, owner);
    return { priority, owner, weight: this.termsOf(name).weight };
  }
}

function invalid(what: string, value: number, range: string): FractalError {
  return new FractalError('REQUEST_INVALID', `${value} is no ${what} of an owner: give a whole number from ${range}`);
}
