/**
 * Weighted fair shares of a session's slot time between owners, among jobs of the same priority: start-time fair queueing
 * (Goyal, Vin and Cheng, "Start-time Fair Queuing", 1996) over slots. Each owner has a virtual time, the slot time that it
 * used over its weight; the owner with the least is served next. An owner that was idle continues at the virtual time of the
 * priority: it gains nothing for the past. No clock: time is an argument, in milliseconds.
 */

import type { Rank } from '../cluster/messages.js';

/** Owners without a job whose virtual time is kept, for each priority: one that returns must not forget what it used. */
const KEPT = 16;

/** What one owner uses at one priority. */
export class Share {
  /** Virtual time of the shards that have ended. */
  private ended = 0;
  /** Shards on threads, and the sum of the times when they began. */
  running = 0;
  private began = 0;
  /** Something of it waited or ran when shares were last refreshed. */
  active = false;

  /** `weight`: above 0. */
  constructor(
    readonly level: Level,
    public weight: number,
  ) {}

  /** The slot time used so far over the weight: a shard on a thread counts as far as it has come. */
  virtual(now: number): number {
    return this.ended + (this.running * now - this.began) / this.weight;
  }

  begin(now: number): void {
    this.running++;
    this.began += now;
  }

  /** A shard that began at `since` leaves its thread. */
  end(since: number, now: number): void {
    this.running--;
    this.began -= since;
    this.ended += (now - since) / this.weight;
  }

  /** It wants slots again, and is not ahead of others that waited. */
  join(): void {
    this.ended = Math.max(this.ended, this.level.virtual);
  }
}

/** The owners with jobs of one priority. */
interface Level {
  /** Virtual time: the least of an owner that wants slots. Never decreases. */
  virtual: number;
  readonly owners: Map<number, Share>;
}

/** The shares of one session. */
export class Shares {
  private readonly levels = new Map<number, Level>();

  /** The share that a job of this rank uses. An owner has the weight that was stated last. */
  of({ priority, owner, weight }: Rank): Share {
    const level = this.levels.get(priority) ?? { virtual: 0, owners: new Map() };
    this.levels.set(priority, level);
    const share = level.owners.get(owner) ?? new Share(level, weight);
    level.owners.set(owner, share);
    share.weight = weight;
    return share;
  }

  /** `wanting`: shares with a shard that waits or runs. */
  refresh(wanting: ReadonlySet<Share>, now: number): void {
    for (const level of this.levels.values()) {
      const shares = [...level.owners.values()];
      const active = shares.filter((share) => share.active).map((share) => share.virtual(now));
      if (active.length > 0) level.virtual = Math.max(level.virtual, Math.min(...active));
      for (const share of shares) {
        if (wanting.has(share) && !share.active) share.join();
        share.active = wanting.has(share);
      }
    }
  }

  /** Forgets owners without a job, but for those that are the farthest ahead. `used`: by jobs. */
  forget(used: ReadonlySet<Share>, now: number): void {
    for (const [priority, { virtual, owners }] of this.levels) {
      const unused = [...owners].filter(([, share]) => !used.has(share) && share.running === 0);
      const ahead = unused.filter(([, share]) => share.virtual(now) > virtual);
      const kept = new Set(ahead.sort(([, a], [, b]) => b.virtual(now) - a.virtual(now)).slice(0, KEPT));
      for (const one of unused) if (!kept.has(one)) owners.delete(one[0]);
      if (owners.size === 0) this.levels.delete(priority);
    }
  }
}

/** Which of two jobs of a session is served first: priority, then fair shares. 0: the one that was opened first. */
export function compareRanks(a: Ranked, b: Ranked, now: number): number {
  if (a.rank.priority !== b.rank.priority) return b.rank.priority - a.rank.priority;
  if (a.share === b.share) return 0;
  const behind = a.share.virtual(now) - b.share.virtual(now);
  return behind || a.share.running / a.share.weight - b.share.running / b.share.weight;
}

export interface Ranked {
  readonly rank: Rank;
  readonly share: Share;
}
