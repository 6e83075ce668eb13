/**
 * The scenes that workers have of a job: each is sent before the first assignment that needs it, and dropped when no
 * render needs it any more, or, where a worker has as many as it takes, when none of those under way does.
 */

import { BOUNDS } from '../../cluster/bounds.js';
import type { Scene } from '../../cluster/messages.js';
import type { JobOrder } from '../fleet/fleet.js';
import type { RenderShape } from '../schedule/events.js';

export class JobScenes {
  /** By worker. */
  private readonly sent = new Map<string, Set<number>>();
  /** Of renders under way, those with an assignment, by scene. */
  private readonly underWay = new Map<number, Set<number>>();
  /** The last render that needs a scene. */
  private readonly last = new Map<number, number>();

  constructor(
    private readonly renders: readonly RenderShape[],
    private readonly scenes: readonly Scene[],
    private readonly send: (worker: string, order: JobOrder) => void,
  ) {
    for (const [index, { scene }] of renders.entries()) this.last.set(scene, index);
  }

  of(render: number): Scene {
    const scene = this.scenes[this.numberOf(render)];
    if (!scene) throw new Error(`render ${render} has no scene`);
    return scene;
  }

  numberOf(render: number): number {
    return this.renders[render]?.scene ?? 0;
  }

  /** A shard of this render is about to be assigned to the worker. */
  provide(worker: string, render: number): void {
    const id = this.numberOf(render);
    const needing = this.underWay.get(id) ?? new Set();
    this.underWay.set(id, needing.add(render));
    const there = this.sent.get(worker) ?? new Set();
    this.sent.set(worker, there);
    if (there.has(id)) return;
    for (const other of there) {
      if (there.size < BOUNDS.scenes) break;
      if (!this.underWay.has(other)) this.drop(worker, there, other);
    }
    there.add(id);
    this.send(worker, { kind: 'scene', id, scene: this.of(render) });
  }

  /** All of a render is there. */
  handedOn(render: number): void {
    const id = this.numberOf(render);
    const needing = this.underWay.get(id);
    needing?.delete(render);
    if (needing?.size === 0) this.underWay.delete(id);
    if (this.last.get(id) !== render) return;
    for (const [worker, there] of this.sent) if (there.has(id)) this.drop(worker, there, id);
  }

  /** The worker has none any more. */
  forget(worker: string): void {
    this.sent.delete(worker);
  }

  private drop(worker: string, there: Set<number>, id: number): void {
    there.delete(id);
    this.send(worker, { kind: 'dropScene', id });
  }
}
