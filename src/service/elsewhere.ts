/** What other services of the same queue run, by the changes of jobs: it counts in the shares of owners, as own runs do. */

import { isUnderWay, type Job } from './job.js';

export class Elsewhere {
  private readonly jobs = new Map<string, Job>();

  /** `ended`: gets a job as it was while its run lasted. */
  constructor(
    private readonly service: string,
    private readonly ended: (job: Job) => void,
  ) {}

  /** A job has changed. */
  follow(id: string, latest: Job | undefined): void {
    const before = this.jobs.get(id);
    const isThere = latest !== undefined && isUnderWay(latest) && latest.runner !== this.service;
    if (before && (!isThere || latest.attempt !== before.attempt)) {
      this.jobs.delete(id);
      this.ended(before);
    }
    if (isThere) this.jobs.set(id, latest);
  }

  get running(): readonly Job[] {
    return [...this.jobs.values()];
  }
}
