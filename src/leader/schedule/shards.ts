/** The shards that were cut and are not committed: those with a lease, returned ones, those to be compared. */

import type { Shard } from '../../shard/shard.js';
import { halvesOf } from './cutting.js';
import type { Job } from './events.js';
import type { Lease, Live, Member } from './member.js';
import type { Members } from './members.js';
import { isSampled } from './sampling.js';

/** Failures of one shard that fail the job. */
export const ATTEMPTS = 3;
/** After LOSSES_TO_SPLIT lost peers a shard is cut in two; after LOSSES the job fails. */
const LOSSES_TO_SPLIT = 2;
export const LOSSES = 8;

export class Shards {
  /** By number. */
  readonly live = new Map<number, Live>();
  /** By epoch. */
  readonly leases = new Map<number, Lease>();
  /** Returned without an answer: assigned first. */
  readonly returned: Live[] = [];
  /** They wait for the answer of another peer. */
  readonly unverified: Live[] = [];
  private nextShard = 0;
  private nextEpoch = 1;

  constructor(
    private readonly samplesOf: (shard: Shard) => number,
    private readonly members: Members,
    private readonly job: Pick<Job, 'verify' | 'grain'>,
  ) {}

  /** `of`: the shard that it was cut from, with the same failures. */
  create(part: Omit<Shard, 'id'>, of?: Live): Live {
    const shard = { ...part, id: this.nextShard++ };
    const live: Live = {
      shard,
      samples: this.samplesOf(shard),
      verified: isSampled(this.job.verify, shard.id),
      leases: new Map(),
      answers: new Map(),
      failedOn: new Set(of?.failedOn),
      failures: 0,
      losses: of?.losses ?? 0,
    };
    this.live.set(shard.id, live);
    return live;
  }

  lease(live: Live, member: Member, copy: boolean, now: number): Lease {
    const lease: Lease = {
      epoch: this.nextEpoch++,
      live,
      member,
      given: now,
      began: undefined,
      acknowledged: false,
      copy,
    };
    this.leases.set(lease.epoch, lease);
    live.leases.set(lease.epoch, lease);
    member.add(lease, now);
    return lease;
  }

  /** The lease is over, the peer may have another. */
  release(lease: Lease, now: number): void {
    this.detach(lease);
    lease.member.release(lease, now);
    this.members.enqueue(lease.member);
  }

  /** The lease is over, together with its peer. */
  detach({ epoch, live }: Lease): void {
    this.leases.delete(epoch);
    live.leases.delete(epoch);
  }

  /** The lease of this peer with this epoch; undefined: the answer is late or not its own. */
  leaseOf(peer: string, epoch: number): Lease | undefined {
    const lease = this.leases.get(epoch);
    return lease?.member.name === peer ? lease : undefined;
  }

  /** It has no lease any more: the next peer computes it. `lost`: with a peer that computed it. */
  giveBack(live: Live, lost = false): void {
    if (live.answers.size > 0) this.unverified.push(live);
    else if (lost && live.losses % LOSSES_TO_SPLIT === 0) this.returned.push(...this.halves(live));
    else this.returned.push(live);
  }

  /**
   * The first returned shard that this peer may have. Only ATTEMPTS are examined, so
   * that events that return many shards stay fast.
   */
  take(list: Live[], member: Member): Live | undefined {
    const at = list.slice(0, ATTEMPTS).findIndex((live) => this.suits(live, member));
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }

  /** Not a peer that answered it; a peer that failed on it only if all peers did. */
  suits({ failedOn, answers }: Live, { name }: Member): boolean {
    return !answers.has(name) && (!failedOn.has(name) || this.members.remaining(failedOn) === this.members.active);
  }

  /** A shard with which peers were lost is cut in two: smaller shards isolate the cause, or need less memory. */
  private halves(live: Live): Live[] {
    const { width, height, x, y, render } = live.shard;
    const parts = halvesOf({ x, y, width, height }, this.job);
    if (parts.length === 1) return [live];
    this.live.delete(live.shard.id);
    return parts.map((part) => this.create({ ...part, render }, live));
  }
}
