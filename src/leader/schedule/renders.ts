/** The renders of a job, from the first shard that is cut to the moment they are handed on, in order. */

import { areaOf } from '../../shard/missing.js';
import type { Rect, Shard } from '../../shard/shard.js';
import { cutterOf } from './cutting.js';
import type { Job, RenderShape } from './events.js';
import { type Cutting, Owners } from './owners.js';

/** A render that is begun, or of which nothing is missing, and not handed on. */
interface OpenRender {
  /** Pixels that are not committed. */
  left: number;
  /** Whether it has shards, which need its scene. */
  readonly begun: boolean;
}

/** Where any peer may compute any part. */
const ANY_PEER = '';

export class Renders {
  private readonly open = new Map<number, OpenRender>();
  /** What is missing of renders that are not begun. */
  private readonly recalled = new Map<number, readonly Rect[]>();
  /** Scenes of begun renders, and how many of these need each. */
  private readonly scenes = new Map<number, number>();
  /** What is being cut into shards; where scenes have an owner, by the owner. */
  private readonly cutting = new Map<string, Cutting>();
  private readonly owners: Owners | undefined;
  /** Renders after `next` that have begun. */
  private readonly begun = new Set<number>();
  /** The next one to begin, to hand on, and to be read by the consumer. */
  private next = 0;
  private emitted = 0;
  private taken = 0;
  /** Samples that are wanted and not yet cut into shards. */
  private uncut = 0;
  /** Samples that are wanted of the renders within the window. */
  private ahead = 0;

  /** `handOn`: called when every wanted pixel of a render is committed; in order. */
  constructor(
    private readonly job: Job,
    private readonly handOn: (render: number) => void,
  ) {
    this.owners = job.together && new Owners();
    for (const shape of job.renders) this.uncut += wanted(shape);
    for (const shape of job.renders.slice(0, job.window)) this.ahead += wanted(shape);
  }

  get isDone(): boolean {
    return this.emitted >= this.job.renders.length;
  }

  /** Samples of a shard. */
  samplesOf({ render, width, height }: Omit<Shard, 'id'>): number {
    return width * height * this.shape(render).perPixel;
  }

  /** Only these rectangles are missing of a render. */
  recall(render: number, missing: readonly Rect[]): void {
    const shape = this.shape(render);
    const pixels = areaOf(missing);
    this.uncut -= wanted(shape) - pixels * shape.perPixel;
    this.recalled.set(render, missing);
    if (pixels > 0) return;
    this.open.set(render, { left: 0, begun: false });
    this.emit();
  }

  /** The consumer has finished with a render. */
  take(render: number): void {
    const { renders, window } = this.job;
    for (; this.taken <= render; this.taken++) {
      const [behind, before] = [renders[this.taken], renders[this.taken + window]];
      this.ahead += (before ? wanted(before) : 0) - (behind ? wanted(behind) : 0);
    }
  }

  /**
   * The next part that a peer computes; `slots`: that take part. `size`: how many samples it should have, given the number
   * that may be assigned before the consumer takes the next render.
   */
  cut(peer: string, slots: number, size: (within: number) => number): Omit<Shard, 'id'> | undefined {
    const owner = this.owners ? peer : ANY_PEER;
    const current = this.cutting.get(owner);
    const cutting = current?.cutter.left ? current : (this.owners?.orphan() ?? this.begin(owner, slots));
    if (!cutting) return undefined;
    this.cutting.set(owner, cutting);
    const { cutter, render } = cutting;
    const { perPixel } = this.shape(render);
    const rect = cutter.next(size(Math.min(this.uncut, this.ahead)) / perPixel);
    if (!rect) return undefined;
    this.uncut -= rect.width * rect.height * perPixel;
    return { ...rect, render };
  }

  /** Whether there is a next part. */
  hasNext(slots: number): boolean {
    for (const { cutter } of this.cutting.values()) if (cutter.left > 0) return true;
    return this.owners?.hasOrphan === true || this.upcoming(slots) !== undefined;
  }

  /** A peer takes part no more: others may compute what it would have computed. */
  leave(peer: string): void {
    this.owners?.leave(peer, this.cutting.get(peer));
    if (this.owners) this.cutting.delete(peer);
  }

  commit(shard: Shard): void {
    const render = this.open.get(shard.render);
    if (!render) throw new Error(`shard ${shard.id} of render ${shard.render}, which is not open, was committed`);
    render.left -= shard.width * shard.height;
    if (render.left === 0) this.emit();
  }

  /** A committed shard of a render that is not handed on is to be computed again. */
  revoke(shard: Shard): void {
    const render = this.open.get(shard.render);
    if (render) render.left += shard.width * shard.height;
  }

  /** Begins the next render of which something is missing, if it may begin. */
  private begin(peer: string, slots: number): Cutting | undefined {
    for (let found = this.upcoming(slots, peer); found; found = this.upcoming(slots, peer)) {
      const { index, scene, rects } = found;
      this.recalled.delete(index);
      this.begun.add(index);
      this.owners?.own(peer, scene);
      this.scenes.set(scene, (this.scenes.get(scene) ?? 0) + 1);
      this.open.set(index, { left: areaOf(rects), begun: true });
      if (areaOf(rects) > 0) {
        return { render: index, cutter: cutterOf(rects, this.job) };
      }
      this.emit();
    }
    return undefined;
  }

  /** The next render of which something is missing, if it may begin. `peer`: that would compute it; absent: any. */
  private upcoming(slots: number, peer?: string): { index: number; scene: number; rects: readonly Rect[] } | undefined {
    const { renders, window, recalls } = this.job;
    this.skipBegun();
    // More renders under way than slots would only take memory; but each owner needs one.
    const end = this.taken + (this.owners ? window : Math.min(window, 2 + 2 * slots));
    const index = this.owners ? this.nextOf(peer, this.owners, end) : this.next;
    const render = renders[index];
    if (!render || index >= end) return undefined;
    const rects = recalls ? this.recalled.get(index) : (render.parts ?? [wholeOf(render)]);
    return rects && this.mayNeed(render.scene) ? { index, scene: render.scene, rects } : undefined;
  }

  /** Leaves behind what has begun, and what is complete without. */
  private skipBegun(): void {
    for (;;) {
      if (this.recalled.get(this.next)?.length === 0) this.recalled.delete(this.next);
      else if (!this.begun.delete(this.next)) return;
      this.next++;
    }
  }

  /** The first render that has not begun, of a scene that is free or the peer's own. */
  private nextOf(peer: string | undefined, owners: Owners, end: number): number {
    let index = this.next;
    const passed = (at: number) => this.begun.has(at) || this.recalled.get(at)?.length === 0;
    while (index < end && index < this.job.renders.length) {
      const free = peer === undefined || owners.mayTake(peer, this.shape(index).scene);
      if (free && !passed(index)) return index;
      index++;
    }
    return end;
  }

  /** Whether one more render under way may need this scene. */
  private mayNeed(scene: number): boolean {
    return this.scenes.has(scene) || this.scenes.size < (this.job.mostScenes ?? Infinity);
  }

  private emit(): void {
    for (let render = this.open.get(this.emitted); render?.left === 0; render = this.open.get(this.emitted)) {
      this.open.delete(this.emitted);
      if (render.begun) this.release(this.shape(this.emitted).scene);
      this.handOn(this.emitted++);
    }
  }

  private release(scene: number): void {
    const rest = (this.scenes.get(scene) ?? 0) - 1;
    if (rest > 0) this.scenes.set(scene, rest);
    else this.scenes.delete(scene);
  }

  private shape(render: number): RenderShape {
    const shape = this.job.renders[render];
    if (!shape) throw new Error(`the job has no render ${render}`);
    return shape;
  }
}

function wholeOf({ width, height }: RenderShape): Rect {
  return { x: 0, y: 0, width, height };
}

/** Samples that are wanted of a render. */
export function wanted({ width, height, perPixel, parts }: RenderShape): number {
  return (parts ? areaOf(parts) : width * height) * perPixel;
}
