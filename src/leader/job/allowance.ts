/** How many assignments of a job may be under way: its own limit, what its owner may use, a pause. */

export class Allowance {
  paused = false;
  /** What the owner's other jobs leave. */
  allotted = Infinity;
  private own = Infinity;

  /** `maxSlots`: 0 or undefined: any number. */
  constructor(maxSlots: number | undefined) {
    this.maxSlots = maxSlots ?? 0;
  }

  set maxSlots(slots: number) {
    this.own = slots > 0 ? slots : Infinity;
  }

  get most(): number {
    return this.paused ? 0 : Math.min(this.own, this.allotted);
  }

  /** Whether a larger allotment would allow more than is under way. */
  isWithin(underWay: number): boolean {
    return !this.paused && underWay < this.own;
  }
}
