/** The scenes of a worker, in memory that all its threads share. */

import type { Scene } from '../cluster/messages.js';
import type { Kind, Prepared } from '../work/kind.js';
import type { Holder, Memory } from './memory.js';

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

export class Scenes {
  private readonly known = new WeakMap<Scene, SharedScene>();
  private readonly all = new Set<SharedScene>();
  private next = 0;

  /**
   * `threads`: number that may compute; those beyond `slots` rarely do, and their memory does not count. `forget`: makes the
   * threads drop a scene, and collect garbage if `collect`; resolves when they have.
   */
  constructor(
    private readonly memory: Memory,
    private readonly slots: number,
    private readonly threads: number,
    private readonly forget: (key: string, collect: boolean) => Promise<void>,
  ) {}

  /** @throws FractalError PROTOCOL for a scene that never fits; NoRoom */
  add(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): SharedScene {
    const existing = this.known.get(whole);
    const one = existing ?? this.prepare(whole, kind, assets, holder);
    one.holders++;
    this.memory.charge(holder, one.bytes);
    return one;
  }

  /** A session does not need the scene any more; once none does, the threads drop it. */
  release(scene: SharedScene, holder: Holder): void {
    this.memory.refund(holder, scene.bytes);
    scene.holders--;
    if (scene.holders > 0) return;
    const whole = scene.whole.deref();
    if (whole) this.known.delete(whole);
    this.all.delete(scene);
    // Threads that have the scene have its assets, too.
    for (const { length } of scene.assets.values()) this.memory.heldByThreads(length);
    this.memory.discard(scene.key, scene.bytes, async (collect) => {
      await this.forget(scene.key, collect);
      scene.prepared.release?.();
    });
  }

  private prepare(whole: Scene, kind: Kind, assets: ReadonlyMap<string, Uint8Array>, holder: Holder): SharedScene {
    const prepared = kind.prepare(whole.work, this.slots, this.threads, assets);
    const { bytes } = prepared;
    this.memory.admit(bytes, holder, 'scene');
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
