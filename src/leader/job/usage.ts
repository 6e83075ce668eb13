/** What a job uses now, and what it will need: for dashboards, and for what starts and ends workers. */

import { wanted } from '../schedule/renders.js';
import type { RenderJob } from './gathering.js';
import type { Ledger } from './ledger.js';

export interface Usage {
  readonly paused: boolean;
  /** Slots that compute for it, as the workers stated last: once a second. */
  readonly slots: number;
  /** Assignments that were sent and not answered. */
  readonly underWay: number;
  readonly shardsDone: number;
  /** Computing time of slots so far. */
  readonly busySeconds: number;
  /**
   * Estimate of the computing time of slots that is left, by the shards so far; what the store was not searched for counts as
   * missing. Undefined before the first shard.
   */
  readonly secondsLeft: number | undefined;
}

export class UsageMeter {
  /** Slots that compute for the job, by worker. */
  private readonly computing = new Map<string, number>();
  /** What all wanted samples are estimated to cost, relative to one another; once it is asked for. */
  private cost: number | undefined;

  constructor(
    private readonly job: RenderJob,
    private readonly ledger: Ledger,
  ) {}

  /** A worker states how many slots compute for the job. */
  stated(worker: string, slots: number): void {
    this.computing.set(worker, slots);
  }

  left(worker: string): void {
    this.computing.delete(worker);
  }

  read(paused: boolean, underWay: number): Usage {
    const { shards: shardsDone, busySeconds } = this.ledger;
    const slots = [...this.computing.values()].reduce((sum, one) => sum + one, 0);
    this.cost ??= costOf(this.job);
    return { paused, slots, underWay, shardsDone, busySeconds, secondsLeft: this.ledger.secondsLeft(this.cost) };
  }
}

function costOf({ renders, costOf = () => 1 }: RenderJob): number {
  return renders.reduce((sum, render, index) => sum + wanted(render) * costOf(index), 0);
}
