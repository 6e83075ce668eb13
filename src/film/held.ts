/**
 * The keyframes that frames of a film show, painted, as mip levels. What can be made again is let go where memory is
 * short: finer levels from the samples, coarser ones from finer ones.
 */

import { setImmediate } from 'node:timers/promises';
import type { Assembler } from './assembler.js';
import type { Keyframe } from './cover.js';
import { type KeyframeSamples, type Painting, scaleAt } from './samples.js';
import type { FilmOrder } from './showing.js';
import type { Spill } from './spill.js';
import { bytesOf, halved, release, type Tile, tileFor, tilesOf } from './texture.js';

/** By mip level; undefined: not made, or let go. */
type Pyramid = (readonly Tile[] | undefined)[];

interface Painted {
  readonly pyramid: Pyramid;
  /** The last frame that took something of it. */
  used: number;
}

interface Held {
  /** By name and step. */
  readonly paintings: Map<string, Painted>;
  /** The samples are kept as well: paintings can be made again. */
  readonly retained: boolean;
}

/** Which painting of a keyframe, and which of its mip levels. */
export interface Wanted {
  readonly keyframe: number;
  readonly level: number;
  readonly step: number;
}

export class HeldKeyframes {
  private readonly held = new Map<number, Held>();
  private bytes = 0;

  /** `changing`: frames do not all colour alike. `bound`: bytes of painted levels beyond what one frame needs. */
  constructor(
    private readonly order: FilmOrder,
    private readonly painting: Painting,
    private readonly options: {
      readonly changing: boolean;
      readonly spill: Spill;
      readonly bound: number;
      readonly assembler: Pick<Assembler, 'memory' | 'paint'>;
    },
  ) {}

  /** Before the first frame that shows it. */
  async add(keyframe: number, samples: KeyframeSamples, frame: number): Promise<void> {
    const { changing, spill } = this.options;
    const retained = changing || this.painting.scaled || this.order.refines[keyframe] === true;
    const held: Held = { paintings: new Map(), retained };
    this.held.set(keyframe, held);
    if (retained) await spill.put(keyframe, samples);
    else
      this.put(this.paintingOf(held, frame, 0).pyramid, 0, await this.painted({ keyframe, step: 0 }, samples, frame));
  }

  /** What a frame takes of a keyframe; undefined: it has not come, and shows nothing. */
  async tiles({ keyframe, level, step }: Wanted, frame: number): Promise<readonly Tile[]> {
    const held = this.held.get(keyframe) as Held;
    const painted = this.paintingOf(held, frame, step);
    painted.used = frame;
    const { pyramid } = painted;
    let from = level;
    while (from > 0 && !pyramid[from]) from--;
    if (!pyramid[from]) {
      const samples = await this.options.spill.get(keyframe);
      this.put(pyramid, 0, await this.painted({ keyframe, step }, samples, frame));
    }
    for (; from < level; from++) {
      this.put(pyramid, from + 1, this.halved(pyramid[from] as readonly Tile[]));
      await setImmediate();
    }
    const tiles = pyramid[level] as readonly Tile[];
    if (held.retained && this.bytes > this.options.bound) this.letGoBelow(pyramid, level);
    return tiles;
  }

  /** Lets go of what no frame after this one needs. */
  after(frame: number): void {
    for (const [keyframe, held] of this.held) {
      const lastUse = this.order.lastUse[keyframe] ?? [];
      const finest = lastUse.findIndex((last) => last > frame);
      for (const [name, { pyramid, used }] of held.paintings) {
        if (finest < 0 || (held.retained && used < frame)) {
          this.letGoBelow(pyramid, pyramid.length);
          held.paintings.delete(name);
          continue;
        }
        if (!held.retained) this.keepFrom(pyramid, finest);
        this.letGoBelow(pyramid, finest);
      }
      if (finest >= 0) continue;
      this.options.spill.drop(keyframe);
      this.held.delete(keyframe);
    }
  }

  close(): void {
    for (const { paintings } of this.held.values()) {
      for (const { pyramid } of paintings.values()) this.letGoBelow(pyramid, pyramid.length);
    }
    this.held.clear();
    this.options.spill.close();
  }

  private paintingOf(held: Held, frame: number, step: number): Painted {
    const name = `${step} ${this.painting.nameOf(frame)}`;
    const painted = held.paintings.get(name) ?? { pyramid: [], used: frame };
    held.paintings.set(name, painted);
    return painted;
  }

  private async painted(
    { keyframe, step }: Pick<Wanted, 'keyframe' | 'step'>,
    samples: KeyframeSamples,
    frame: number,
  ): Promise<readonly Tile[]> {
    const { memory, paint } = this.options.assembler;
    const look = this.painting.lookOf(frame);
    // Of the parts, not of the pieces: sums of floats depend on the order of tiles.
    const { parts } = this.order.keyframes[keyframe] as Keyframe;
    const tiles = tilesOf(parts).map((rect) => tileFor(memory, rect));
    await Promise.all(tiles.map((tile) => paint(tile, samples, look, scaleAt(step))));
    return tiles;
  }

  /** The level is made of finer ones before these are let go. */
  private keepFrom(pyramid: Pyramid, level: number): void {
    let from = level;
    while (from > 0 && !pyramid[from]) from--;
    for (; from < level; from++) this.put(pyramid, from + 1, this.halved(pyramid[from] as readonly Tile[]));
  }

  private halved(tiles: readonly Tile[]): readonly Tile[] {
    return tiles.map((tile) => halved(this.options.assembler.memory, tile));
  }

  private put(pyramid: Pyramid, level: number, tiles: readonly Tile[]): void {
    pyramid[level] = tiles;
    this.bytes += sizeOf(tiles);
  }

  private letGoBelow(pyramid: Pyramid, level: number): void {
    for (let finer = 0; finer < level; finer++) {
      const tiles = pyramid[finer] ?? [];
      this.bytes -= sizeOf(tiles);
      release(this.options.assembler.memory, tiles);
      pyramid[finer] = undefined;
    }
  }
}

function sizeOf(tiles: readonly Tile[]): number {
  return tiles.reduce((sum, tile) => sum + bytesOf(tile), 0);
}
