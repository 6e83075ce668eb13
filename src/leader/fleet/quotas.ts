/**
 * The slots that the jobs of one owner may use together, divided among them: by priority, then to the job that began first.
 * An assignment counts as a slot from the moment it is sent, so that the number is never exceeded on any worker.
 */

import type { Owners } from './owners.js';

/** A job, as far as its owner's slots are concerned. */
export interface Claimant {
  readonly owner: string;
  readonly priority: number;
  /** Assignments under way. */
  readonly underWay: number;
  /** Whether it would assign more, if its allotment were larger. */
  readonly wants: boolean;
  /** At most so many assignments may be under way from now on; it may assign some at once. */
  allot(most: number): void;
}

export class Quotas {
  private dividing = false;

  /** `jobs`: of all owners, in the order in which they began. */
  constructor(
    private readonly jobs: () => Iterable<Claimant>,
    private readonly owners: Owners,
  ) {}

  /** Called after everything that may change what the jobs of an owner use or want. */
  divide(owner: string): void {
    const { maxSlots } = this.owners.termsOf(owner);
    if (this.dividing) return;
    this.dividing = true;
    try {
      const own = [...this.jobs()].filter((job) => job.owner === owner).sort((a, b) => b.priority - a.priority);
      if (maxSlots === 0) for (const job of own) job.allot(Infinity);
      else divide(own, maxSlots);
    } finally {
      this.dividing = false;
    }
  }
}

/** No job keeps more than it uses: what one cannot use is free for the next. */
function divide(jobs: readonly Claimant[], maxSlots: number): void {
  let satisfied = true;
  for (const job of jobs) {
    const free = maxSlots - jobs.reduce((sum, { underWay }) => sum + underWay, 0);
    if (!satisfied) job.allot(0);
    else if (job.wants && free > 0) job.allot(job.underWay + free);
    // More is under way than the owner may use: it has another limit now, or the job has another owner.
    if (satisfied) job.allot(job.underWay + Math.min(0, free));
    satisfied &&= !job.wants;
  }
}
