/** Assigned shards, and the peers that have them. */

import type { Shard } from '../../shard/shard.js';
import type { Speed } from './costs.js';

/** Shards in flight for each slot: one computed, one on the way. */
const CREDITS = 2;
/**
 * Shards that may be in flight to a peer without an answer yet; each answer raises the number by one, up to its credits.
 * So a peer that states more slots than it has delays the job little.
 */
const FIRST_WINDOW = 32;
/** Weight of the newest measurement in the running mean of the lag. */
const FRESH = 0.2;

/** A shard that was cut and is not committed. */
export interface Live {
  readonly shard: Shard;
  readonly samples: number;
  /** Two peers must give the same answer. */
  readonly verified: boolean;
  /** By epoch. */
  readonly leases: Map<number, Lease>;
  /** By peer, where it is verified. */
  readonly answers: Map<string, { readonly epoch: number; readonly digest: string }>;
  /** Peers that it failed on, and how often in all. */
  readonly failedOn: Set<string>;
  failures: number;
  /** Number of peers that were lost while they computed it, or the shard that it was cut from. */
  losses: number;
}

/** The right to compute a shard, as long as the peer is connected and lists it in its heartbeats. */
export interface Lease {
  readonly epoch: number;
  readonly live: Live;
  readonly member: Member;
  /** When it was assigned. Milliseconds. */
  given: number;
  /** When a slot began it, as far as the leader can tell; undefined: it waits for another shard. Milliseconds. */
  began: number | undefined;
  /** A heartbeat listed it. */
  acknowledged: boolean;
  /** Another peer already had a lease of the shard. */
  readonly copy: boolean;
}

export class Member {
  readonly leases = new Map<number, Lease>();
  readonly speed: Speed;
  /** Seconds from assigning a shard to receiving its answer, without computing. */
  lag = 0;
  draining = false;
  /** Whether it is in the queue of peers that could take a shard. */
  queued = false;
  /** Shards that it has answered. */
  answers = 0;
  private readonly waiting: Lease[] = [];
  private running = 0;

  constructor(
    readonly name: string,
    readonly slots: number,
    claimed: number,
    /** Shards in flight for each slot: the next one is on its way while one is computed, unless shards take long. */
    private readonly credits = CREDITS,
  ) {
    this.speed = { claimed: Number.isFinite(claimed) && claimed > 0 ? claimed : 1, pace: 1 };
  }

  /** Whether it has as many shards as may be in flight to it. */
  get full(): boolean {
    return this.leases.size >= Math.min(this.slots * this.credits, FIRST_WINDOW + this.answers);
  }

  /** Slots without a shard. */
  get idle(): number {
    const most = Math.min(this.slots, FIRST_WINDOW + this.answers);
    return this.draining ? 0 : Math.max(0, most - this.leases.size);
  }

  add(lease: Lease, now: number): void {
    lease.given = now;
    this.leases.set(lease.epoch, lease);
    if (this.running < this.slots) {
      lease.began = now;
      this.running++;
    } else this.waiting.push(lease);
  }

  release(lease: Lease, now: number): void {
    this.leases.delete(lease.epoch);
    if (lease.began === undefined) return;
    this.running--;
    let next = this.waiting.shift();
    while (next && !this.leases.has(next.epoch)) next = this.waiting.shift();
    if (!next) return;
    next.began = now;
    this.running++;
  }

  /** The answer of a shard arrived, which took so long to compute. */
  answered({ began }: Lease, seconds: number, now: number): void {
    this.answers++;
    const lag = (now - (began ?? now)) / 1000 - seconds;
    if (lag >= 0 && lag < Infinity) this.lag += FRESH * (lag - this.lag);
  }
}
