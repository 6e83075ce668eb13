/**
 * The scenes and assets that workers have of a job. A scene is sent before the first assignment that needs it, and dropped when
 * no render needs it any more, or, where a worker has as many as it takes, when none of those under way does. Its assets are
 * sent before it, but for those that the worker has of earlier jobs.
 */

import { BOUNDS } from '../../cluster/bounds.js';
import type { Scene } from '../../cluster/messages.js';
import type { JobOrder } from '../fleet/fleet.js';
import type { RenderJob } from './gathering.js';

export class JobScenes {
  /** By worker: numbers of scenes, digests of assets. */
  private readonly sent = new Map<string, { readonly scenes: Set<number>; readonly assets: Set<string> }>();
  /** Of renders under way, those with an assignment, by scene. */
  private readonly underWay = new Map<number, Set<number>>();
  /** The last render that needs a scene. */
  private readonly last = new Map<number, number>();

  constructor(
    private readonly job: RenderJob,
    private readonly send: (worker: string, order: JobOrder) => void,
  ) {
    for (const [index, { scene }] of job.renders.entries()) this.last.set(scene, index);
  }

  /** The job is open on a worker, which has these assets. */
  joined(worker: string, held: readonly string[]): void {
    this.sent.set(worker, { scenes: new Set(), assets: new Set(held) });
  }

  /** A shard of this render is about to be assigned to the worker. */
  provide(worker: string, render: number): void {
    const id = this.numberOf(render);
    const needing = this.underWay.get(id) ?? new Set();
    this.underWay.set(id, needing.add(render));
    const there = this.sent.get(worker) ?? { scenes: new Set(), assets: new Set() };
    this.sent.set(worker, there);
    if (there.scenes.has(id)) return;
    for (const other of there.scenes) {
      if (there.scenes.size < BOUNDS.scenes) break;
      if (!this.underWay.has(other)) this.drop(worker, there.scenes, other);
    }
    there.scenes.add(id);
    const scene = this.sceneAt(id);
    for (const digest of scene.assets) this.provideAsset(worker, there.assets, digest);
    this.send(worker, { kind: 'scene', id, scene });
  }

  /** A render is complete. */
  handedOn(render: number): void {
    const id = this.numberOf(render);
    const needing = this.underWay.get(id);
    needing?.delete(render);
    if (needing?.size === 0) this.underWay.delete(id);
    if (this.last.get(id) !== render) return;
    for (const [worker, { scenes }] of this.sent) if (scenes.has(id)) this.drop(worker, scenes, id);
  }

  /** The worker was lost, with all that it had. */
  forget(worker: string): void {
    this.sent.delete(worker);
  }

  private provideAsset(worker: string, there: Set<string>, digest: string): void {
    if (there.has(digest)) return;
    const asset = this.job.assets?.find((one) => one.digest === digest);
    if (!asset) throw new Error(`the job has no asset ${digest}`);
    there.add(digest);
    this.send(worker, { kind: 'asset', ...asset });
  }

  private numberOf(render: number): number {
    return this.job.renders[render]?.scene ?? 0;
  }

  private sceneAt(id: number): Scene {
    const scene = this.job.scenes[id];
    if (!scene) throw new Error(`the job has no scene ${id}`);
    return scene;
  }

  private drop(worker: string, scenes: Set<number>, id: number): void {
    scenes.delete(id);
    this.send(worker, { kind: 'dropScene', id });
  }
}
