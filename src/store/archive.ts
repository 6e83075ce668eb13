/** The frames of a job in the store: what is there of each, and where finished shards go. */

import { areaOf, without } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import type { Piece } from './record.js';
import type { Entry, Store } from './store.js';

export interface Shelf {
  /** Pixels of every frame. */
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: number;
  /** Names everything that shapes a frame's bytes. */
  keyOf(frame: number): string;
}

/** What an entry of so many bytes of a frame takes, heads of records among them, about. */
const withHeads = (bytes: number) => Math.ceil(bytes * (1 + 1 / 32)) + 64;

export class Archive {
  private readonly entries = new Map<number, Entry>();
  /** Frames of which something is kept on one worker's word alone. */
  private readonly vouched = new Map<string, Set<number>>();
  private readonly disowned = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly shelf: Shelf,
  ) {}

  /** Puts what is there of a frame, a rectangle at a time; resolves with what is missing. */
  async recall(frame: number, put: (piece: Piece) => void): Promise<readonly Rect[]> {
    const { width, height, bytesPerPixel, keyOf } = this.shelf;
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
   * Keeps a rectangle of a frame that was recalled; its bytes must not change any more. `by`: whose word alone it is,
   * should that be found wrong.
   */
  keep(frame: number, piece: Piece, by?: string): void {
    if (by !== undefined) {
      if (this.disowned.has(by)) return;
      const frames = this.vouched.get(by) ?? new Set();
      this.vouched.set(by, frames.add(frame));
    }
    const { width, height, bytesPerPixel, keyOf } = this.shelf;
    let entry = this.entries.get(frame);
    if (!entry) {
      entry = this.store.begin(keyOf(frame), withHeads(width * height * bytesPerPixel));
      this.entries.set(frame, entry);
    }
    this.store.add(entry, piece);
  }

  /** Forgets every frame with something on nobody else's word than this one's, and keeps nothing more of it. */
  disown(by: string): void {
    this.disowned.add(by);
    for (const frame of this.vouched.get(by) ?? []) {
      this.store.forget(this.shelf.keyOf(frame), this.entries.get(frame));
      this.entries.delete(frame);
    }
    this.vouched.delete(by);
  }

  /** Nothing is missing of the frame any more. */
  complete(frame: number): void {
    const entry = this.entries.get(frame);
    this.entries.delete(frame);
    if (entry) this.store.finish(entry);
  }

  /** Nothing more will be kept: what is under way stays for the next run. */
  leave(): void {
    for (const entry of this.entries.values()) this.store.leave(entry);
    this.entries.clear();
  }
}
