/**
 * Addresses that callers registered and at which no worker was ever ready. A caller may register any number of them, so their
 * number is bounded, for each caller and in all: for a new address the oldest one that is not being dialled is removed,
 * at a limited rate; else the new one is refused. A worker that was removed or refused registers again.
 */

export interface UnconfirmedBounds {
  readonly inAll: number;
  readonly perCaller: number;
  /** A dial in progress is not ended before so many milliseconds in favour of a caller with as many addresses. */
  readonly dialMs: number;
  /** Addresses that may be removed for others: so many at once, then so many a second. */
  readonly atOnce: number;
  readonly perSecond: number;
}

export interface UnconfirmedOptions extends UnconfirmedBounds {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The address is being dialled, or its worker has not sent Ready yet. */
  dialling(name: string): boolean;
  forget(name: string): void;
}

interface Registered {
  readonly caller: string;
  readonly at: number;
}

export class Unconfirmed {
  /** The oldest first. */
  private readonly addresses = new Map<string, Registered>();

  /** How many may be removed for others, as of the time `leftAt`. */
  private left: number;
  private leftAt: number;

  constructor(private readonly options: UnconfirmedOptions) {
    this.left = options.atOnce;
    this.leftAt = options.now();
  }

  /** Adds an address, for which another one may be removed; returns why it cannot, if so. */
  add(name: string, caller: string): string | undefined {
    const full = this.makeRoom(caller);
    if (full === undefined) this.addresses.set(name, { caller, at: this.options.now() });
    return full;
  }

  /** A worker was ready there, or a hostfile names it: it is not counted any more. */
  confirm(name: string): void {
    this.addresses.delete(name);
  }

  private makeRoom(caller: string): string | undefined {
    const { inAll, perCaller, forget } = this.options;
    const own = this.countOf(caller);
    if (own < perCaller && this.addresses.size < inAll) return undefined;
    const [busiest, most] = own < perCaller ? this.busiest() : [caller, own];
    const oldest = this.oldestOf(busiest, most > own + 1);
    if (oldest === undefined || !this.mayForget()) {
      const whose = own < perCaller ? '' : ` from ${caller}`;
      const count = own < perCaller ? inAll : perCaller;
      return `${count} addresses that were registered${whose} have not answered yet: it may register again`;
    }
    this.addresses.delete(oldest);
    forget(oldest);
    return undefined;
  }

  private mayForget(): boolean {
    const { atOnce, perSecond, now } = this.options;
    this.left = Math.min(atOnce, this.left + ((now() - this.leftAt) / 1000) * perSecond);
    this.leftAt = now();
    if (this.left < 1) return false;
    this.left--;
    return true;
  }

  /** The address of a caller that may be removed. `any`: also one that is being dialled. */
  private oldestOf(caller: string, any: boolean): string | undefined {
    const { dialMs, now, dialling } = this.options;
    let fallback: string | undefined;
    for (const [name, registered] of this.addresses) {
      if (registered.caller !== caller) continue;
      if (!dialling(name)) return name;
      if (any || now() - registered.at >= dialMs) fallback ??= name;
    }
    return fallback;
  }

  private countOf(caller: string): number {
    let count = 0;
    for (const registered of this.addresses.values()) if (registered.caller === caller) count++;
    return count;
  }

  /** The caller with the most addresses, and their number. */
  private busiest(): [caller: string, count: number] {
    const counts = new Map<string, number>();
    for (const { caller } of this.addresses.values()) counts.set(caller, (counts.get(caller) ?? 0) + 1);
    let best: [string, number] = ['', 0];
    for (const entry of counts) if (entry[1] > best[1]) best = entry;
    return best;
  }
}
