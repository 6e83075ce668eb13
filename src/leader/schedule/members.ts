/** The peers that take part: their slots and power together, the queue of those with free credits, and the failures. */

import { effective } from './costs.js';
import { Member } from './member.js';

/** Failures after which a peer is expelled, whatever the shards. */
const FAILURES = 3;

export class Members {
  private readonly members = new Map<string, Member>();
  /** Queue of peers that could take a shard. Some may have become full, or be draining. */
  readonly available: Member[] = [];
  private readonly failures = new Map<string, number>();
  private readonly expelled = new Set<string>();
  private readonly seen = new Set<string>();
  /** Slots and number of the peers that take shards. */
  slots = 0;
  active = 0;
  /** Speed of their slots together: of peers that have answered, and of those that have not. */
  private readonly power = { measured: 0, stated: 0 };

  /** `credits`: shards in flight for each slot; absent: the usual number. */
  constructor(private readonly credits?: number) {}

  /** Peers that ever took part. */
  get everSeen(): number {
    return this.seen.size;
  }

  /** Speed of all slots together, as far as it is known. */
  get totalPower(): number {
    return this.power.measured > 0 ? this.power.measured : this.power.stated;
  }

  get(name: string): Member | undefined {
    return this.members.get(name);
  }

  add(name: string, slots: number, speed: number): void {
    if (this.expelled.has(name)) return;
    const member = new Member(name, slots, speed, this.credits);
    this.members.set(name, member);
    this.seen.add(name);
    this.slots += slots;
    this.active++;
    this.addPower(member, 1);
    this.enqueue(member);
  }

  remove(member: Member): void {
    this.retire(member);
    this.members.delete(member.name);
  }

  /** It takes no more shards. */
  retire(member: Member): void {
    if (member.draining) return;
    member.draining = true;
    this.slots -= member.slots;
    this.active--;
    this.addPower(member, -1);
  }

  /** It takes shards again. */
  restore(member: Member): void {
    if (!member.draining) return;
    member.draining = false;
    this.slots += member.slots;
    this.active++;
    this.addPower(member, 1);
    this.enqueue(member);
  }

  /** Updates a peer's speed, and with it the total. */
  learn(member: Member, note: () => void): void {
    if (!member.draining) this.addPower(member, -1);
    note();
    if (!member.draining) this.addPower(member, 1);
  }

  enqueue(member: Member): void {
    if (member.queued || member.draining || member.full) return;
    member.queued = true;
    this.available.push(member);
  }

  /** Counts a failure; returns why the peer is expelled, if this was the last one allowed. */
  fail(name: string, reason: string): string | undefined {
    const count = (this.failures.get(name) ?? 0) + 1;
    this.failures.set(name, count);
    if (count < FAILURES || this.expelled.has(name)) return undefined;
    this.expelled.add(name);
    return `it failed ${count} times, last: ${reason}`;
  }

  /** How many of these peers still take shards. */
  remaining(names: ReadonlySet<string>): number {
    return [...names].filter((name) => this.members.get(name)?.draining === false).length;
  }

  private addPower({ speed, slots, answers }: Member, sign: 1 | -1): void {
    this.power[answers > 0 ? 'measured' : 'stated'] += sign * slots * effective(speed);
  }
}
