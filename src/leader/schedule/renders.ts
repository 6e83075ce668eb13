/** The renders of a job, from the first shard that is cut to the moment they are handed on, in order. */

import { areaOf } from '../../shard/missing.js';
import type { Rect, Shard } from '../../shard/shard.js';
import { type Cutter, cutter } from '../../shard/split.js';
import type { Job, RenderShape } from './events.js';

/** A render that is begun, or of which nothing is missing, and not handed on. */
interface OpenRender {
  /** Pixels that are not committed. */
  left: number;
  /** Whether it has shards, which need its scene. */
  readonly begun: boolean;
}

export class Renders {
  private readonly open = new Map<number, OpenRender>();
  /** What is missing of renders that are not begun. */
  private readonly recalled = new Map<number, readonly Rect[]>();
  /** Scenes of begun renders, and how many of these need each. */
  private readonly scenes = new Map<number, number>();
  private cutting: Cutter | undefined;
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
   * The next part to compute; `slots`: that take part. `size`: how many samples it should have, given the number that may be
   * assigned before the consumer takes the next render.
   */
  cut(slots: number, size: (within: number) => number): Omit<Shard, 'id'> | undefined {
    if (!this.cutting?.left) this.cutting = this.begin(slots);
    const render = this.next - 1;
    const perPixel = this.job.renders[render]?.perPixel ?? 1;
    const rect = this.cutting?.next(size(Math.min(this.uncut, this.ahead)) / perPixel);
    if (!rect) return undefined;
    this.uncut -= rect.width * rect.height * perPixel;
    return { ...rect, render };
  }

  /** Whether there is a next part. */
  hasNext(slots: number): boolean {
    return (this.cutting?.left ?? 0) > 0 || this.upcoming(slots) !== undefined;
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
  private begin(slots: number): Cutter | undefined {
    const { shape, blockSize } = this.job;
    for (let found = this.upcoming(slots); found; found = this.upcoming(slots)) {
      const { index, scene, rects } = found;
      for (; this.next <= index; this.next++) this.recalled.delete(this.next);
      this.scenes.set(scene, (this.scenes.get(scene) ?? 0) + 1);
      this.open.set(index, { left: areaOf(rects), begun: true });
      if (areaOf(rects) > 0) return cutter(rects, shape === 'auto' ? 'tile' : shape, blockSize);
      this.emit();
    }
    return undefined;
  }

  /** The next render of which something is missing, if it may begin. */
  private upcoming(slots: number): { index: number; scene: number; rects: readonly Rect[] } | undefined {
    const { renders, window, recalls } = this.job;
    let index = this.next;
    while (this.recalled.get(index)?.length === 0) index++;
    const render = renders[index];
    // More renders under way than slots would only take memory.
    if (!render || index >= this.taken + Math.min(window, 2 + 2 * slots)) return undefined;
    const rects = recalls ? this.recalled.get(index) : (render.parts ?? [wholeOf(render)]);
    return rects && this.mayNeed(render.scene) ? { index, scene: render.scene, rects } : undefined;
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
