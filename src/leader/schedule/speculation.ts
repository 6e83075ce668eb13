/**
 * Speculative execution: which shards are computed a second time, by slots that have nothing else to do: those that are
 * expected to take longest, where another peer would finish much sooner (Zaharia et al., "Improving MapReduce Performance in
 * Heterogeneous Environments", 2008: the longest time to end first, and not on slow peers).
 */

import { type Costs, effective } from './costs.js';
import type { Lease, Live, Member } from './member.js';

/** A copy must be expected to finish so many times sooner than the lease under way. */
const GAIN = 1.5;
/**
 * At most so many leases of one shard. Leases of peers without an answer yet, or with an overdue shard, do not count:
 * peers that answer a few shards and then none would otherwise have all copies of one.
 */
const COPIES = 3;
/** A shard is overdue after so many times what it was expected to take, and no sooner than so many seconds. */
const OVERDUE = 8;
const OVERDUE_SECONDS = 1;
/** Expected time of a shard before any was finished. */
const UNKNOWN_SECONDS = 1;

export interface Copy {
  readonly live: Live;
  readonly member: Member;
}

/** `idle`: members with idle slots. `overdueOnly`: of other shards no copy is worth what it takes to send it. */
export function speculate(
  lives: Iterable<Live>,
  idle: readonly Member[],
  costs: Costs,
  now: number,
  overdueOnly = false,
): Copy[] {
  const free = new Map(idle.map((member) => [member, member.idle]));
  const soonest = new Map<Member, number>();
  const known = new Map<Member, boolean>();
  const fastest = [...idle].sort(
    (a, b) => Number(isReliable(b)) - Number(isReliable(a)) || effective(b.speed) - effective(a.speed),
  );

  /** Whether it has answered shards, and has no overdue one. */
  function isReliable(member: Member): boolean {
    let reliable = known.get(member);
    if (reliable === undefined)
      known.set(member, (reliable = member.answers > 0 && ![...member.leases.values()].some(overdue)));
    return reliable;
  }

  /** The time since the first lease counts, too: so copies of a shard that takes long on every peer become rarer. */
  function overdue({ live, member, began, given }: Lease): boolean {
    if (began === undefined) return false;
    const [first] = live.leases.values();
    const before = (given - (first as Lease).given) / 1000;
    return (now - began) / 1000 > Math.max(OVERDUE_SECONDS, OVERDUE * needed(member, live), before);
  }

  /** Seconds that a slot of a member needs for a shard. */
  function needed({ speed, lag }: Member, { samples }: Live): number {
    return lag + (costs.expect(speed, samples) ?? UNKNOWN_SECONDS);
  }

  /** A shard that has taken longer than expected is assumed to take at least half as long again. */
  function remaining(lease: Lease): number {
    const { live, member, began } = lease;
    const need = needed(member, live);
    if (began === undefined) return nextSlot(member) + need;
    const taken = (now - began) / 1000;
    return Math.max(need - taken, taken / 2);
  }

  /** Until a slot of a member is expected to be free. */
  function nextSlot(member: Member): number {
    let least = soonest.get(member);
    if (least === undefined) {
      const running = [...member.leases.values()].filter(({ began }) => began !== undefined);
      soonest.set(member, (least = Math.min(...running.map(remaining))));
    }
    return least;
  }

  const late: { readonly live: Live; readonly left: number }[] = [];
  for (const live of lives) {
    const holders = [...live.leases.values()].filter(({ member }) => isReliable(member));
    if (live.leases.size === 0 || holders.length >= COPIES) continue;
    if (overdueOnly && ![...live.leases.values()].every(overdue)) continue;
    late.push({ live, left: Math.min(...[...live.leases.values()].map(remaining)) });
  }
  late.sort((a, b) => b.left - a.left);

  const copies: Copy[] = [];
  for (const { live, left } of late) {
    const holders = new Set([...live.leases.values()].map(({ member }) => member.name));
    const suits = (member: Member) => {
      const { name } = member;
      if (!isReliable(member) && live.leases.size >= COPIES) return false;
      return !holders.has(name) && !live.failedOn.has(name) && !live.answers.has(name);
    };
    const at = fastest.findIndex(suits);
    const member = fastest[at];
    if (!member || left <= GAIN * needed(member, live)) continue;
    copies.push({ live, member });
    const rest = (free.get(member) as number) - 1;
    free.set(member, rest);
    if (rest === 0) fastest.splice(at, 1);
    if (fastest.length === 0) break;
  }
  return copies;
}
