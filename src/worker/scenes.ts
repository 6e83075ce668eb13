/**
 * The scenes of a worker, in memory that all its threads share, and the bound on their bytes. Each session holds some
 * bytes freely; what is beyond that counts, over all sessions. Where there is no room, sessions that compute nothing
 * lose their place first, then those that hold more than the session that needs room.
 */

import type { Scene } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import {
  abandonTables,
  type ReferenceData,
  type SharedReference,
  sharedBytes,
  sharedOrbit,
  shareInSteps,
} from '../kernel/perturbation/kernel.js';
import { collectGarbage } from './garbage.js';

/** A scene, its reference orbit in the memory that all threads share; sessions that name the same object share it, too. */
export interface PlacedScene {
  key: string;
  readonly whole: WeakRef<Scene>;
  readonly scene: Omit<Scene, 'reference'>;
  /** The orbit where threads find it, once `ready`. */
  reference: SharedReference | undefined;
  /**
   * Whether shards of it can be computed. The first call begins to copy the orbit, a little in each turn of the event
   * loop, and `then` is called once that is over. @throws FractalError RESOURCES where there is no memory for it
   */
  ready(then: () => void): boolean;
  readonly bytes: number;
  /** How many sessions compute shards of it. */
  holders: number;
}

/** A session that holds scenes. */
export interface Holder {
  /** Bytes of all its scenes. */
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
  private readonly holders = new Set<Holder>();
  /** Out of use, and not yet collected by all threads: bytes, by key. */
  private readonly leaving = new Map<string, number>();
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

  /** @throws FractalError PROTOCOL for a scene that never fits; NoRoom */
  place(whole: Scene, holder: Holder): PlacedScene {
    const known = this.placed.get(whole);
    const one = known ?? this.fresh(whole, holder);
    one.holders++;
    holder.bytes += one.bytes;
    this.holders.add(holder);
    return one;
  }

  /** A session needs it no longer; once none does, the threads forget it. */
  release(scene: PlacedScene, holder: Holder): void {
    holder.bytes -= scene.bytes;
    if (holder.bytes === 0) this.holders.delete(holder);
    scene.holders--;
    if (scene.holders > 0) return;
    const whole = scene.whole.deref();
    if (whole) this.placed.delete(whole);
    this.all.delete(scene);
    this.outOfUse += scene.bytes;
    const collect = this.outOfUse >= COLLECT_BYTES;
    if (collect) this.outOfUse = 0;
    const { key } = scene;
    this.leaving.set(key, scene.bytes);
    void this.forget(key, collect).then(() => {
      // In a turn of its own: the messages of this one may still hold the memory.
      setImmediate(() => {
        if (collect) collectGarbage();
        this.leaving.delete(key);
      });
    });
  }

  private fresh(whole: Scene, holder: Holder): PlacedScene {
    const { reference, ...scene } = whole;
    const tables = Object.values(scene.tables).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const bytes = tables + (reference ? sharedBytes(reference, this.slots) : 0);
    this.admit(bytes, holder);
    const wanted = () => one.holders > 0;
    const one: PlacedScene = {
      key: String(this.next++),
      whole: new WeakRef(whole),
      scene,
      reference: undefined,
      ready: readiness(reference, this.threads, wanted, (shared) => {
        one.reference = shared;
      }),
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
      const { reference } = scene;
      if (!reference || !abandonTables(reference)) continue;
      scene.ready = readiness(
        sharedOrbit(reference),
        this.threads,
        () => scene.holders > 0,
        (shared) => {
          scene.reference = shared;
          void this.forget(scene.key, true);
          scene.key = String(this.next++);
        },
      );
    }
  }

  private admit(bytes: number, holder: Holder): void {
    const most = mib(this.most);
    if (bytes > this.most) {
      const way = 'start it with a larger --scene-memory';
      throw new FractalError('PROTOCOL', `the scene takes ${mib(bytes)}, this worker keeps at most ${most}: ${way}`);
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

/**
 * How an orbit becomes ready. `copied`: called with it in its new place, before what waited for it. It is not copied on
 * when it is not `wanted` any more.
 */
function readiness(
  reference: ReferenceData | undefined,
  threads: number,
  wanted: () => boolean,
  copied: (shared: SharedReference) => void,
): PlacedScene['ready'] {
  let source = reference;
  let copying = false;
  return (then) => {
    if (copying || !source) return !source;
    const { shared, copy } = shareInSteps(source, threads);
    const step = () => {
      copying = wanted() && copy.next().done !== true;
      if (copying) return;
      // The orbit itself is not needed any more.
      source = undefined;
      if (wanted()) copied(shared);
    };
    const goOn = () => {
      step();
      if (copying) setImmediate(goOn);
      else then();
    };
    // A small one is there at once.
    step();
    if (copying) setImmediate(goOn);
    return !copying;
  };
}

function counted(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
