/** Shards that were given out, and the peers that have them. */

import type { Shard } from '../../shard/shard.js';
import type { Speed } from './costs.js';

/** Shards in flight for each slot: one computed, one on the way. */
const CREDITS = 2;
/**
 * Shards that a peer which has answered none may have; each answer raises that by one, up to its credits. So a peer
 * that states more slots than it has costs the others little.
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
  /** Peers that were lost while they computed it, or what it was cut from. */
  losses: number;
}

/** The right to compute a shard, as long as the peer is connected and lists it in its heartbeats. */
export interface Lease {
  readonly epoch: number;
  readonly live: Live;
  readonly member: Member;
  /** When it was given out. Milliseconds. */
  given: number;
  /** When a slot took it, by what the leader knows; undefined: it waits behind another. Milliseconds. */
  began: number | undefined;
  /** A heartbeat listed it. */
  acknowledged: boolean;
  /** Another peer had the shard already. */
  readonly copy: boolean;
}

export class Member {
  readonly leases = new Map<number, Lease>();
  readonly speed: Speed;
  /** Seconds on top of computing, from giving a shard out to having its answer. */
  lag = 0;
  draining = false;
  /** In the queue of those that could take a shard. */
  queued = false;
  /** Shards that it has answered. */
  answers = 0;
  private readonly waiting: Lease[] = [];
  private running = 0;

  constructor(
    readonly name: string,
    readonly slots: number,
    claimed: number,
  ) {
    this.speed = { claimed: Number.isFinite(claimed) && claimed > 0 ? claimed : 1, pace: 1 };
  }

  /** As many shards as may be under way there. */
  get full(): boolean {
    return this.leases.size >= Math.min(this.slots * CREDITS, FIRST_WINDOW + this.answers);
  }

  /** Slots with nothing to do. */
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

  /** A shard that began took so long to compute, and its answer is there. */
  answered({ began }: Lease, seconds: number, now: number): void {
    this.answers++;
    const lag = (now - (began ?? now)) / 1000 - seconds;
    if (lag >= 0 && lag < Infinity) this.lag += FRESH * (lag - this.lag);
  }
}
