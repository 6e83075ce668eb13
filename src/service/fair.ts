/**
 * Which job begins next: the highest priority; among owners the one that has used least; of its jobs the oldest. Use is
 * counted as start-time fair queueing does, in seconds divided by the owner's weight: an owner that comes back begins at the least use of those that were there, so
 * that unused time is not saved up.
 */

import type { Job } from './job.js';

/** What a choice needs of a job. */
export type Candidate = Pick<Job, 'id' | 'owner' | 'priority'>;

export class Shares {
  /** Seconds by owner, of those that have jobs. */
  private readonly used = new Map<string, number>();
  private least = 0;

  /** `weightOf`: of an owner, at least 1; those of twice the weight get twice the time. */
  constructor(private readonly weightOf: (owner: string) => number = () => 1) {}

  /** An owner's job has run for so long. */
  charge(owner: string, seconds: number): void {
    this.used.set(owner, this.usedBy(owner) + seconds / this.weightOf(owner));
  }

  /** `running`: the owners of jobs that run, with the seconds since they began. */
  next<T extends Candidate>(
    heads: readonly T[],
    running: readonly (readonly [owner: string, seconds: number])[],
  ): T | undefined {
    const present = new Set([...heads, ...running.map(([owner]) => ({ owner }))].map(({ owner }) => owner));
    this.forgetAllBut(present);
    for (const owner of present) if (!this.used.has(owner)) this.used.set(owner, this.least);
    const ranked = heads.map((head) => {
      const own = running.filter(([owner]) => owner === head.owner);
      return {
        head,
        jobs: own.length / this.weightOf(head.owner),
        seconds: own.reduce((sum, [, seconds]) => sum + seconds / this.weightOf(head.owner), this.usedBy(head.owner)),
      };
    });
    ranked.sort(
      (a, b) =>
        b.head.priority - a.head.priority ||
        a.jobs - b.jobs ||
        a.seconds - b.seconds ||
        (a.head.id < b.head.id ? -1 : 1),
    );
    return ranked[0]?.head;
  }

  private usedBy(owner: string): number {
    return this.used.get(owner) ?? this.least;
  }

  private forgetAllBut(present: ReadonlySet<string>): void {
    const values = [...this.used].flatMap(([owner, seconds]) => (present.has(owner) ? [seconds] : []));
    this.least = Math.max(this.least, values.length > 0 ? Math.min(...values) : 0);
    for (const owner of this.used.keys()) if (!present.has(owner)) this.used.delete(owner);
  }
}
