/**
 * The scenes and assets of a worker, in memory that all its threads share, and the bound on their bytes. Each session holds some
 * bytes freely; what is beyond that counts, over all sessions. Where there is no room, sessions that compute nothing
 * lose their place first, then those that hold more than the session that needs room.
 */

import type { Scene } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import type { Asset } from '../work/asset.js';
import type { Kind, Prepared } from '../work/kind.js';
import { collectGarbage } from './garbage.js';

/** A scene, prepared for all threads; sessions that name the same object share it, too. */
export interface PlacedScene {
  key: string;
  readonly whole: WeakRef<Scene>;
  readonly prepared: Prepared;
  /**
   * Whether shards of it can be computed. The first call begins to load it, a little in each turn of the event loop, and
   * `then` is called once that is over. @throws FractalError RESOURCES where there is no memory for it
   */
  ready(then: () => void): boolean;
  /** By digest. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  readonly bytes: number;
  /** How many sessions compute shards of it. */
  holders: number;
}

/** An asset, once for all sessions. */
interface KeptAsset {
  readonly bytes: Uint8Array;
  holders: number;
}

/** A session that holds scenes. */
export interface Holder {
  /** Bytes of all its scenes and assets. */
  bytes: number;
  readonly idle: boolean;
  /** Ends the session, which then gives back what it holds. */
  evict(why: string): void;
}

/** There is no room for a scene at the moment. */
export class NoRoom extends Error {}

/** Bytes that each session holds without their being counted. */
const FREE_BYTES = 4 << 20;
/** Memory out of use is collected when it is so much. */
const COLLECT_BYTES = 16 << 20;

export class Scenes {
  private readonly placed = new WeakMap<Scene, PlacedScene>();
  private readonly all = new Set<PlacedScene>();
  private readonly assets = new Map<string, KeptAsset>();
  private readonly holders = new Set<Holder>();
  /** Out of use, and not yet collected by all threads: bytes, by key. */
  private readonly leaving = new Map<string, number>();
  /** Under way: what threads hold of scenes, and of the assets of these. */
  private readonly forgetting = new Set<Promise<void>>();
  /** Keys of what all threads have forgotten, and that is still in memory. */
  private readonly forgotten: string[] = [];
  private collects = false;
  private outOfUse = 0;
  private next = 0;

  /**
   * `threads`: that may compute; those beyond `slots` seldom do, and their parts of a memory do not count. `most`: bytes,
   * over all sessions. `forget`: makes the threads forget a scene, and collect it if so; resolves when
   * they have.
   */
  constructor(
    private readonly slots: number,
    private readonly threads: number,
    private readonly most: number,
    private readonly forget: (key: string, collect: boolean) => Promise<void>,
  ) {}

  /** The bytes of an asset, in shared memory. @throws FractalError PROTOCOL for one that never fits; NoRoom */
  keep({ digest, bytes }: Asset, holder: Holder): Uint8Array {
    let kept = this.assets.get(digest);
    if (!kept) {
      this.admit(bytes.length, holder, 'asset');
      kept = { bytes: shared(bytes), holders: 0 };
      this.assets.set(digest, kept);
    }
    kept.holders++;
    holder.bytes += bytes.length;
    this.holders.add(holder);
    return kept.bytes;
  }

  /** A session that has no scenes any more needs an asset no longer. */
  drop(digest: string, holder: Holder): void {
    const kept = this.assets.get(digest);
    if (!kept) return;
    const { length } = kept.bytes;
    this.lighten(holder, length);
    if (--kept.holders > 0) return;
    this.assets.delete(digest);
    this.letGo(`asset ${digest}`, length, async () => void (await Promise.all(this.forgetting)));
  }

  /** @throws FractalError PROTOCOL for a scene that never fits; NoRoom */
  place(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): PlacedScene {
    const known = this.placed.get(whole);
    const one = known ?? this.fresh(whole, kind, assets, holder);
    one.holders++;
    holder.bytes += one.bytes;
    this.holders.add(holder);
    return one;
  }

  /** A session needs it no longer; once none does, the threads forget it. */
  release(scene: PlacedScene, holder: Holder): void {
    this.lighten(holder, scene.bytes);
    scene.holders--;
    if (scene.holders > 0) return;
    const whole = scene.whole.deref();
    if (whole) this.placed.delete(whole);
    this.all.delete(scene);
    // The threads that have it have its assets, too.
    for (const { length } of scene.assets.values()) this.outOfUse += length;
    this.letGo(scene.key, scene.bytes, (collect) => this.forget(scene.key, collect));
  }

  private lighten(holder: Holder, bytes: number): void {
    holder.bytes -= bytes;
    if (holder.bytes === 0) this.holders.delete(holder);
  }

  /** Memory that no session needs; until all threads have forgotten it, it counts as taken. */
  private letGo(key: string, bytes: number, forget: (collect: boolean) => Promise<void>): void {
    this.outOfUse += bytes;
    const collect = this.outOfUse >= COLLECT_BYTES;
    if (collect) this.outOfUse = 0;
    this.leaving.set(key, bytes);
    const forgotten = forget(collect);
    this.forgetting.add(forgotten);
    void forgotten.then(() => {
      this.forgetting.delete(forgotten);
      this.forgotten.push(key);
      this.collects ||= collect;
      // In a turn of its own: the messages of this one may still hold the memory. One collection for all that left.
      if (this.forgotten.length === 1) setImmediate(() => this.free());
    });
  }

  private free(): void {
    if (this.collects) collectGarbage();
    this.collects = false;
    for (const key of this.forgotten.splice(0)) this.leaving.delete(key);
  }

  private fresh(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): PlacedScene {
    const prepared = kind.prepare(whole.work, this.slots, this.threads);
    const { bytes } = prepared;
    this.admit(bytes, holder, 'scene');
    const one: PlacedScene = {
      key: String(this.next++),
      whole: new WeakRef(whole),
      prepared,
      ready: readiness(prepared, () => one.holders > 0),
      assets,
      bytes,
      holders: 0,
    };
    this.placed.set(whole, one);
    this.all.add(one);
    return one;
  }

  /** A thread died: others that wait for its part of a table stop waiting; later shards build another table. */
  rebuild(): void {
    for (const scene of this.all) {
      if (!scene.prepared.rebuild()) continue;
      const wanted = () => scene.holders > 0;
      scene.ready = readiness(scene.prepared, wanted, () => {
        void this.forget(scene.key, true);
        scene.key = String(this.next++);
      });
    }
  }

  private admit(bytes: number, holder: Holder, what: 'scene' | 'asset'): void {
    const most = mib(this.most);
    if (bytes > this.most) {
      const way = 'start it with a larger --scene-memory';
      throw new FractalError('PROTOCOL', `the ${what} takes ${mib(bytes)}, this worker keeps at most ${most}: ${way}`);
    }
    const own = holder.bytes + bytes;
    const fits = (leaving: number) => this.held(holder) + counted(own) + leaving <= this.most;
    while (!fits(0)) {
      const others = [...this.holders].filter((one) => one !== holder && counted(one.bytes) > 0);
      const [victim] = others.sort((a, b) => Number(b.idle) - Number(a.idle) || b.bytes - a.bytes);
      if (!victim || (!victim.idle && victim.bytes <= own)) throw new NoRoom(`its ${most} for scenes are taken`);
      victim.evict(`another leader needs the memory of its scenes, ${mib(victim.bytes)}`);
      this.holders.delete(victim);
    }
    const leaving = [...this.leaving.values()].reduce((sum, one) => sum + counted(one), 0);
    if (!fits(leaving)) throw new NoRoom('memory of scenes that left is being freed');
  }

  /** What counts of the bytes of all sessions but one. */
  private held(except: Holder): number {
    let sum = 0;
    for (const holder of this.holders) if (holder !== except) sum += counted(holder.bytes);
    return sum;
  }
}

/** The same bytes in memory that threads share. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/**
 * How a scene becomes ready. `loaded`: called when it is, before what waited for it. It is not loaded on when it is not
 * `wanted` any more.
 */
function readiness(prepared: Prepared, wanted: () => boolean, loaded = () => {}): PlacedScene['ready'] {
  let [loading, over] = [false, false];
  let failure: { readonly reason: unknown } | undefined;
  return (then) => {
    if (failure) throw failure.reason;
    if (loading || over) return over;
    const steps = prepared.load();
    const step = () => {
      loading = wanted() && steps.next().done !== true;
      if (loading) return;
      over = true;
      if (wanted()) loaded();
    };
    const goOn = () => {
      try {
        step();
      } catch (reason) {
        [loading, failure] = [false, { reason }];
      }
      if (loading) setImmediate(goOn);
      else then();
    };
    // A small one is there at once.
    step();
    if (loading) setImmediate(goOn);
    return over;
  };
}

function counted(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
