/** A token bucket: limits messages of a peer that answer nothing. */

import { FractalError } from '../errors.js';

export class Budget {
  private left: number;
  private at: number;

  /** `now`: monotonic milliseconds. */
  constructor(
    private readonly atOnce: number,
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.left = atOnce;
    this.at = now();
  }

  /** @throws FractalError PROTOCOL when it is used up */
  spend(cost: number, what: string): void {
    const now = this.now();
    this.left = Math.min(this.atOnce, this.left + ((now - this.at) / 1000) * this.perSecond) - cost;
    this.at = now;
    if (this.left < 0) {
      throw new FractalError('PROTOCOL', `the peer sent more than ${this.atOnce} ${what} at once`);
    }
  }

  /** Gives back a cost that was spent. */
  refund(cost: number): void {
    this.left = Math.min(this.atOnce, this.left + cost);
  }
}
