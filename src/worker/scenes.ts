/**
 * The scenes and assets of a worker, in memory that all its threads share, and the bound on their bytes. The first
 * bytes of each session are free; the others count towards a bound over all sessions. When it is reached, sessions that
 * compute nothing are ended first, then those with more bytes than the session that needs memory.
 */

import type { Scene } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import type { Asset } from '../work/asset.js';
import type { Kind, Prepared } from '../work/kind.js';
import { collectGarbage } from './garbage.js';

/** A scene, prepared for all threads; sessions that name the same object share it. */
export interface SharedScene {
  key: string;
  readonly whole: WeakRef<Scene>;
  readonly prepared: Prepared;
  /**
   * Whether shards of it can be computed. The first call begins to load it, in short steps of the event loop, and
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
  /** Ends the session, which then releases its scenes and assets. */
  evict(why: string): void;
}

/** There is not enough memory for a scene at the moment. */
export class NoRoom extends Error {}

/** Bytes of each session that do not count. */
const FREE_BYTES = 4 << 20;
/** Unused memory is collected when it exceeds this. */
const COLLECT_BYTES = 16 << 20;

export class Scenes {
  private readonly known = new WeakMap<Scene, SharedScene>();
  private readonly all = new Set<SharedScene>();
  private readonly assets = new Map<string, KeptAsset>();
  private readonly holders = new Set<Holder>();
  /** Bytes of released memory that may not be collected by all threads yet, by key. */
  private readonly discarded = new Map<string, number>();
  /** Requests to threads to drop scenes, with their assets, that are not answered yet. */
  private readonly forgetting = new Set<Promise<void>>();
  /** Keys that all threads have dropped, and whose memory is not freed yet. */
  private readonly forgotten: string[] = [];
  private collects = false;
  private outOfUse = 0;
  private next = 0;

  /**
   * `threads`: number that may compute; those beyond `slots` rarely do, and their memory does not count. `most`: bytes,
   * over all sessions. `forget`: makes the threads drop a scene, and collect garbage if `collect`; resolves when
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

  /** A session does not need the asset any more; it has no scene that names it. */
  drop(digest: string, holder: Holder): void {
    const kept = this.assets.get(digest);
    if (!kept) return;
    const { length } = kept.bytes;
    this.subtract(holder, length);
    if (--kept.holders > 0) return;
    this.assets.delete(digest);
    this.discard(`asset ${digest}`, length, async () => void (await Promise.all(this.forgetting)));
  }

  /** @throws FractalError PROTOCOL for a scene that never fits; NoRoom */
  add(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): SharedScene {
    const existing = this.known.get(whole);
    const one = existing ?? this.prepare(whole, kind, assets, holder);
    one.holders++;
    holder.bytes += one.bytes;
    this.holders.add(holder);
    return one;
  }

  /** A session does not need the scene any more; once none does, the threads drop it. */
  release(scene: SharedScene, holder: Holder): void {
    this.subtract(holder, scene.bytes);
    scene.holders--;
    if (scene.holders > 0) return;
    const whole = scene.whole.deref();
    if (whole) this.known.delete(whole);
    this.all.delete(scene);
    // Threads that have the scene have its assets, too.
    for (const { length } of scene.assets.values()) this.outOfUse += length;
    this.discard(scene.key, scene.bytes, async (collect) => {
      await this.forget(scene.key, collect);
      scene.prepared.release?.();
    });
  }

  private subtract(holder: Holder, bytes: number): void {
    holder.bytes -= bytes;
    if (holder.bytes === 0) this.holders.delete(holder);
  }

  /** Releases memory that no session needs; it counts until all threads have dropped it. */
  private discard(key: string, bytes: number, forget: (collect: boolean) => Promise<void>): void {
    this.outOfUse += bytes;
    const collect = this.outOfUse >= COLLECT_BYTES;
    if (collect) this.outOfUse = 0;
    this.discarded.set(key, bytes);
    const forgotten = forget(collect);
    this.forgetting.add(forgotten);
    void forgotten.then(() => {
      this.forgetting.delete(forgotten);
      this.forgotten.push(key);
      this.collects ||= collect;
      // In the next turn of the event loop: messages of this one may still refer to the memory. One collection for all keys.
      if (this.forgotten.length === 1) setImmediate(() => this.free());
    });
  }

  private free(): void {
    if (this.collects) collectGarbage();
    this.collects = false;
    for (const key of this.forgotten.splice(0)) this.discarded.delete(key);
  }

  private prepare(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): SharedScene {
    const prepared = kind.prepare(whole.work, this.slots, this.threads, assets);
    const { bytes } = prepared;
    this.admit(bytes, holder, 'scene');
    const one: SharedScene = {
      key: String(this.next++),
      whole: new WeakRef(whole),
      prepared,
      ready: readiness(prepared, () => one.holders > 0),
      assets,
      bytes,
      holders: 0,
    };
    this.known.set(whole, one);
    this.all.add(one);
    return one;
  }

  /** A thread died: threads that wait for its part of a table stop waiting; later shards build another table. */
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
    const fits = (discarded: number) => this.held(holder) + counted(own) + discarded <= this.most;
    while (!fits(0)) {
      const others = [...this.holders].filter((one) => one !== holder && counted(one.bytes) > 0);
      const [victim] = others.sort((a, b) => Number(b.idle) - Number(a.idle) || b.bytes - a.bytes);
      if (!victim || (!victim.idle && victim.bytes <= own)) throw new NoRoom(`its ${most} for scenes are taken`);
      victim.evict(`another leader needs the memory of its scenes, ${mib(victim.bytes)}`);
      this.holders.delete(victim);
    }
    const discarded = [...this.discarded.values()].reduce((sum, one) => sum + counted(one), 0);
    if (!fits(discarded)) throw new NoRoom('memory of earlier scenes is being freed');
  }

  /** The bytes of all sessions but one, as far as they count. */
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
 * The `ready` of a scene. `loaded`: called when it is loaded, before `then`. Loading stops when it is not `wanted` any
 * more.
 */
function readiness(prepared: Prepared, wanted: () => boolean, loaded = () => {}): SharedScene['ready'] {
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
    const loadNext = () => {
      try {
        step();
      } catch (reason) {
        [loading, failure] = [false, { reason }];
      }
      if (loading) setImmediate(loadNext);
      else then();
    };
    // A small scene is loaded at once.
    step();
    if (loading) setImmediate(loadNext);
    return over;
  };
}

function counted(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
