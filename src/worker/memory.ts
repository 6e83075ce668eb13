/**
 * The bound on the memory of scenes and assets, over all sessions of a worker. The first bytes of each session are free; the
 * others count towards it, and so does what no job uses and a later one may use. When it is reached, the latter is dropped first,
 * the least recently used before the others; then sessions are ended that compute nothing, then those with more bytes than
 * the session that needs memory.
 */

import { FractalError } from '../errors.js';
import { collectGarbage } from './garbage.js';

/** A session that holds scenes. */
export interface Holder {
  /** Bytes of its scenes, and of the assets that count for it. */
  bytes: number;
  readonly idle: boolean;
  /** Ends the session, which then releases its scenes and assets. */
  evict(why: string): void;
}

/** There is not enough memory for a scene at the moment. */
export class NoRoom extends Error {}

/** What no job uses. */
interface Resting {
  readonly bytes: number;
  /** It cannot be used again. */
  dropped(): void;
}

/** Bytes of each session that do not count. */
const FREE_BYTES = 4 << 20;
/** Unused memory is collected when it exceeds this. */
const COLLECT_BYTES = 16 << 20;
/** Of what no job uses, so many parts are kept, however small. */
const MOST_RESTING = 4_096;

export class Memory {
  private readonly holders = new Set<Holder>();
  /** By key; the least recently used comes first. */
  private readonly resting = new Map<string, Resting>();
  private restingBytes = 0;
  /** Bytes of released memory that may not be collected by all threads yet, by key. */
  private readonly discarded = new Map<string, number>();
  /** Requests to threads to drop scenes, with their assets, that are not answered yet. */
  private readonly forgetting = new Set<Promise<void>>();
  /** Keys that all threads have dropped, and whose memory is not freed yet. */
  private readonly forgotten: string[] = [];
  private collects = false;
  private uncollected = 0;

  /** `most`: bytes. `unused`: bytes of what no job uses, if there is no bound for all. */
  constructor(
    private readonly most: number,
    private readonly unused = 0,
  ) {}

  /** These bytes, which were admitted or are there anyway, count for the session from now on. */
  charge(holder: Holder, bytes: number): void {
    holder.bytes += bytes;
    if (holder.bytes > 0) this.holders.add(holder);
    this.trim();
  }

  refund(holder: Holder, bytes: number): void {
    holder.bytes -= bytes;
    if (holder.bytes === 0) this.holders.delete(holder);
  }

  /**
   * Makes room for what a session is about to hold, and is charged for then.
   * @throws FractalError PROTOCOL for what never fits; NoRoom
   */
  admit(bytes: number, holder: Holder, what: 'scene' | 'asset'): void {
    const most = mib(this.most);
    if (bytes > this.most) {
      const way = 'start it with a larger --scene-memory';
      throw new FractalError('PROTOCOL', `the ${what} takes ${mib(bytes)}, this worker keeps at most ${most}: ${way}`);
    }
    const fits = (discarded: number) =>
      this.held(holder) + counted(holder.bytes + bytes) + this.restingBytes + discarded <= this.most;
    while (!fits(0)) {
      if (this.dropUntil(() => fits(0))) continue;
      const others = [...this.holders].filter((one) => one !== holder && counted(one.bytes) > 0);
      const [victim] = others.sort((a, b) => Number(b.idle) - Number(a.idle) || b.bytes - a.bytes);
      if (!victim || (!victim.idle && victim.bytes <= holder.bytes + bytes)) {
        throw new NoRoom(`its ${most} for scenes are taken`);
      }
      victim.evict(`another leader needs the memory of its scenes, ${mib(victim.bytes)}`);
      this.holders.delete(victim);
    }
    const discarded = [...this.discarded.values()].reduce((sum, one) => sum + counted(one), 0);
    if (!fits(discarded)) throw new NoRoom('memory of earlier scenes is being freed');
  }

  /** No job uses this memory, and a later one may: it is kept until more is needed. `dropped`: called when it is not kept. */
  rest(key: string, bytes: number, dropped: () => void): void {
    this.resting.set(key, { bytes, dropped });
    this.restingBytes += bytes;
    this.trim();
  }

  /** What rested is used again, or is dropped; of what does not rest nothing changes. */
  wake(key: string): void {
    this.restingBytes -= this.resting.get(key)?.bytes ?? 0;
    this.resting.delete(key);
  }

  /**
   * Releases memory that no session needs; it counts until all threads have dropped it. `forget`: makes them drop it, and
   * collect garbage if `collect`; resolves when they have. Absent: threads have it only with scenes that were discarded before.
   */
  discard(key: string, bytes: number, forget?: (collect: boolean) => Promise<void>): void {
    const collect = this.countUncollected(bytes);
    this.discarded.set(key, bytes);
    const forgotten = forget?.(collect);
    if (forgotten) this.forgetting.add(forgotten);
    void (forgotten ?? Promise.all(this.forgetting)).then(() => {
      if (forgotten) this.forgetting.delete(forgotten);
      this.forgotten.push(key);
      this.collects ||= collect;
      // In the next turn of the event loop: messages of this one may still refer to the memory. One collection for all keys.
      if (this.forgotten.length === 1) setImmediate(() => this.free());
    });
  }

  /** Threads have these bytes with a scene that they are about to drop. */
  heldByThreads(bytes: number): void {
    this.uncollected += bytes;
  }

  /** Whether there is enough unused memory to collect it. */
  private countUncollected(bytes: number): boolean {
    this.uncollected += bytes;
    if (this.uncollected < COLLECT_BYTES) return false;
    this.uncollected = 0;
    return true;
  }

  private free(): void {
    if (this.collects) collectGarbage();
    this.collects = false;
    for (const key of this.forgotten.splice(0)) this.discarded.delete(key);
  }

  /** What rests takes what the sessions leave of the memory. */
  private trim(): void {
    const free = Number.isFinite(this.most) ? this.most - this.held() : this.unused;
    while (this.resting.size > MOST_RESTING || (this.resting.size > 0 && this.restingBytes > free)) {
      const [key, bytes] = this.dropOldest() as [string, number];
      this.discard(key, bytes);
    }
  }

  /**
   * Drops what rests until there is room; returns whether anything was dropped. Its memory is free then, by one collection,
   * unless threads still have scenes that were released.
   */
  private dropUntil(fits: () => boolean): boolean {
    let [some, collect] = [false, false];
    while (!fits()) {
      const dropped = this.dropOldest();
      if (!dropped) break;
      some = true;
      if (this.forgetting.size > 0) this.discard(...dropped);
      else collect = this.countUncollected(dropped[1]) || collect;
    }
    if (collect) collectGarbage();
    return some;
  }

  private dropOldest(): [key: string, bytes: number] | undefined {
    const [oldest] = this.resting;
    if (!oldest) return undefined;
    const [key, { bytes, dropped }] = oldest;
    this.wake(key);
    dropped();
    return [key, bytes];
  }

  /** The bytes of all sessions but one, as far as they count. */
  private held(except?: Holder): number {
    let sum = 0;
    for (const holder of this.holders) if (holder !== except) sum += counted(holder.bytes);
    return sum;
  }
}

function counted(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
