/** The scenes of a worker, in memory that all its threads share. */

import type { Scene } from '../cluster/messages.js';
import type { Kind, Prepared } from '../work/kind.js';
import type { Holder, Memory } from './memory.js';

/**
 * A scene, prepared for all threads; jobs that name the same object share it, and those whose scenes have the same lasting key
 * (work/kind.ts).
 */
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
  /** How many jobs compute shards of it. */
  holders: number;
  /** Under which it is found again. */
  readonly lasting: string | undefined;
  /** While it is ready without a job: its key in the memory. */
  resting: string | undefined;
}

export class Scenes {
  private readonly known = new WeakMap<Scene, SharedScene>();
  /** By lasting key. */
  private readonly lasting = new Map<string, SharedScene>();
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
    const lasting = kind.lastingKey?.(whole.work);
    const existing = this.known.get(whole) ?? (lasting === undefined ? undefined : this.lasting.get(lasting));
    const one = existing ?? this.prepare(whole, kind, assets, holder, lasting);
    if (one.resting !== undefined) this.memory.wake(one.resting);
    one.resting = undefined;
    one.holders++;
    this.memory.charge(holder, one.bytes);
    return one;
  }

  /** A session does not need the scene any more; once none does, the threads drop it. */
  release(scene: SharedScene, holder: Holder): void {
    this.memory.refund(holder, scene.bytes);
    scene.holders--;
    if (scene.holders > 0) return;
    if (scene.lasting !== undefined && this.lasting.get(scene.lasting) === scene) return this.rest(scene);
    this.drop(scene);
    // Threads that have the scene have its assets, too.
    for (const { length } of scene.assets.values()) this.memory.heldByThreads(length);
    this.memory.discard(scene.key, scene.bytes, (collect) => this.forgotten(scene, collect));
  }

  /** It stays ready for a later job, until its memory is needed. */
  private rest(scene: SharedScene): void {
    scene.resting = `scene ${scene.key}`;
    this.memory.rest(scene.resting, scene.bytes, () => {
      scene.resting = undefined;
      this.drop(scene);
      // Its bytes count as discarded until the threads have dropped it.
      this.memory.discard(scene.key, 0, (collect) => this.forgotten(scene, collect));
    });
  }

  /** It is not found again. */
  private drop(scene: SharedScene): void {
    const whole = scene.whole.deref();
    if (whole) this.known.delete(whole);
    if (scene.lasting !== undefined && this.lasting.get(scene.lasting) === scene) this.lasting.delete(scene.lasting);
    this.all.delete(scene);
  }

  private async forgotten(scene: SharedScene, collect: boolean): Promise<void> {
    await this.forget(scene.key, collect);
    scene.prepared.release?.();
  }

  private prepare(
    whole: Scene,
    kind: Kind,
    assets: ReadonlyMap<string, Uint8Array>,
    holder: Holder,
    lasting: string | undefined,
  ): SharedScene {
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
      lasting,
      resting: undefined,
    };
    if (lasting !== undefined) this.lasting.set(lasting, one);
    this.known.set(whole, one);
    this.all.add(one);
    return one;
  }

  /** A thread died: threads that wait for its part of a table stop waiting; later shards build another table. */
  rebuild(): void {
    for (const scene of this.all) {
      if (!scene.prepared.rebuild()) continue;
      const wanted = () => scene.holders > 0;
      // The next job prepares its own.
      if (scene.lasting !== undefined && this.lasting.get(scene.lasting) === scene) this.lasting.delete(scene.lasting);
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
