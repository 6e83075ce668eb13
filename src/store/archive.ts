/** The frames of a job in the store: what is there of each, and where finished shards go. */

import { areaOf, without } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
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

  constructor(
    private readonly store: Store,
    private readonly shelf: Shelf,
  ) {}

  /** Puts what is there of a frame, a rectangle at a time; resolves with what is missing. */
  async recall(frame: number, put: (rect: Rect, bytes: Uint8Array) => void): Promise<readonly Rect[]> {
    const { width, height, bytesPerPixel, keyOf } = this.shelf;
    let rest: readonly Rect[] = [{ x: 0, y: 0, width, height }];
    for await (const { rect, bytes } of this.store.read(keyOf(frame), () => rest.length === 0)) {
      const inside = rect.x + rect.width <= width && rect.y + rect.height <= height;
      if (!inside || bytes.length !== areaOf([rect]) * bytesPerPixel) continue;
      put(rect, bytes);
      rest = without(rest, rect);
    }
    return rest;
  }

  /** Keeps a rectangle of a frame that was recalled; its bytes must not change any more. */
  keep(frame: number, rect: Rect, bytes: Uint8Array): void {
    const { width, height, bytesPerPixel, keyOf } = this.shelf;
    let entry = this.entries.get(frame);
    if (!entry) {
      entry = this.store.begin(keyOf(frame), withHeads(width * height * bytesPerPixel));
      this.entries.set(frame, entry);
    }
    this.store.add(entry, { rect, bytes });
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
