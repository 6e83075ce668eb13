/**
 * The frames of a job in the store: what is there of each, where finished shards go, and their provenance: which worker
 * alone computed what, so that it can be forgotten when other workers contradict that one.
 */

import { areaOf, without } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import type { Piece } from './record.js';
import type { Entry, Store } from './store.js';

/** The frames of one job. */
export interface FrameLayout {
  /** Pixels of every frame. */
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: number;
  /** Pixels of a frame that are kept; absent: all. */
  areaOf?(frame: number): number;
  /** A digest of everything that shapes a frame's bytes. */
  keyOf(frame: number): string;
}

/** About what an entry takes for so many bytes of a frame, with the heads of its records. */
const withHeads = (bytes: number) => Math.ceil(bytes * (1 + 1 / 32)) + 64;

export class Archive {
  private readonly entries = new Map<number, Entry>();
  /** By worker: frames of which something is kept that it alone computed. */
  private readonly provenance = new Map<string, Set<number>>();
  private readonly disowned = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly layout: FrameLayout,
  ) {}

  /** Puts what is there of a frame, a rectangle at a time; resolves with what is missing. */
  async recall(frame: number, put: (piece: Piece) => void): Promise<readonly Rect[]> {
    const { width, height, bytesPerPixel, keyOf } = this.layout;
    let rest: readonly Rect[] = [{ x: 0, y: 0, width, height }];
    for await (const piece of this.store.read(keyOf(frame), () => rest.length === 0)) {
      const { rect, bytes, uncertain } = piece;
      const inside = rect.x + rect.width <= width && rect.y + rect.height <= height;
      const area = areaOf([rect]);
      if (!inside || bytes.length !== area * bytesPerPixel) continue;
      const left = without(rest, rect);
      const fresh = areaOf(rest) - areaOf(left);
      // Where records of two runs overlap, a count does not tell which of its pixels the other record has, too.
      if (fresh === 0 || (uncertain > 0 && fresh < area)) continue;
      put(piece);
      rest = left;
    }
    return rest;
  }

  /**
   * Keeps a rectangle of a frame that was recalled; its bytes must not change any more. `by`: the worker that alone
   * computed it; absent: two workers agreed on it, or no results are verified.
   */
  keep(frame: number, piece: Piece, by?: string): void {
    if (by !== undefined) {
      if (this.disowned.has(by)) return;
      const frames = this.provenance.get(by) ?? new Set();
      this.provenance.set(by, frames.add(frame));
    }
    const { width, height, bytesPerPixel, keyOf, areaOf: kept = () => width * height } = this.layout;
    let entry = this.entries.get(frame);
    if (!entry) {
      entry = this.store.begin(keyOf(frame), withHeads(kept(frame) * bytesPerPixel));
      this.entries.set(frame, entry);
    }
    this.store.add(entry, piece);
  }

  /** Forgets every frame with something that this worker alone computed, and keeps nothing more of that kind. */
  disown(by: string): void {
    this.disowned.add(by);
    for (const frame of this.provenance.get(by) ?? []) {
      this.store.forget(this.layout.keyOf(frame), this.entries.get(frame));
      this.entries.delete(frame);
    }
    this.provenance.delete(by);
  }

  /** Nothing is missing of the frame any more. */
  complete(frame: number): void {
    const entry = this.entries.get(frame);
    this.entries.delete(frame);
    if (entry) this.store.finish(entry);
  }

  /** The job ended: what is there of unfinished frames stays for the next run. */
  suspend(): void {
    for (const entry of this.entries.values()) this.store.suspend(entry);
    this.entries.clear();
  }
}
