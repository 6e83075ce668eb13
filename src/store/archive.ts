/**
 * The renders of a job in the store: what is there of each, where finished shards go, and their provenance: which worker
 * alone computed what, so that it can be forgotten when other workers contradict that one. Renders of a job may differ
 * in size.
 */

import { areaOf, without } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import { ahead } from './ahead.js';
import type { ExpectedEntry, Room } from './blobs.js';
import type { Entry } from './entry.js';
import { type Piece, pieceOf, type StoredRecord } from './record.js';
import type { Store } from './store.js';

/** Of one render, in pixels. */
export interface RenderSize {
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: number;
}

/** The renders of one job, by their index. */
export interface RenderLayout {
  /** How many there are; absent: none is searched for ahead of its turn. */
  readonly renders?: number;
  sizeOf(render: number): RenderSize;
  /** Pixels of a render that are kept; absent: all. */
  areaOf?(render: number): number;
  /** A digest of everything that shapes the bytes of a render. */
  keyOf(render: number): string;
}

/** Renders that are searched for while an earlier one is read. */
const AHEAD = 4;

/** Records that are decoded at a time: inflated in threads of Node's pool, and joined in this one. */
const DECODED = 3;

/** About what an entry takes for so many bytes of a render, with the heads of its records. */
const withHeads = (bytes: number) => Math.ceil(bytes * (1 + 1 / 32)) + 64;

export class Archive {
  private readonly entries = new Map<number, Entry>();
  /** By worker: renders of which something is kept that it alone computed. */
  private readonly provenance = new Map<string, Set<number>>();
  private readonly disowned = new Set<string>();
  /** The last render that was searched for. */
  private searched = 0;

  constructor(
    private readonly store: Store,
    readonly layout: RenderLayout,
  ) {}

  /** Whether there seems to be something of a render, without reading it. */
  async hasSome(): Promise<(render: number) => boolean> {
    const keys = await this.store.keys();
    return (render) => keys.size > 0 && keys.has(this.layout.keyOf(render));
  }

  /** Before anything is kept: the job has so many renders (`Store.expects`). */
  expects(renders: number): Promise<Room> {
    return this.store.expects(this.entriesOf(renders));
  }

  private *entriesOf(renders: number): Generator<ExpectedEntry> {
    for (let render = 0; render < renders; render++) {
      yield { key: this.layout.keyOf(render), bytes: this.bytesOf(render) };
    }
  }

  /** About what is kept of a render, at most. */
  private bytesOf(render: number): number {
    const { width, height, bytesPerPixel } = this.layout.sizeOf(render);
    return withHeads((this.layout.areaOf?.(render) ?? width * height) * bytesPerPixel);
  }

  /** Puts what is there of a render, a rectangle at a time; resolves with what is missing. */
  async recall(render: number, put: (piece: Piece) => void): Promise<readonly Rect[]> {
    const { width, height, bytesPerPixel } = this.layout.sizeOf(render);
    let rest: readonly Rect[] = [{ x: 0, y: 0, width, height }];
    this.searchAhead(render);
    const records = this.store.read(this.layout.keyOf(render), () => rest.length === 0);
    for await (const piece of ahead(records, decode, DECODED)) {
      if (!piece) continue;
      const { rect, uncertain } = piece;
      const left = without(rest, rect);
      const fresh = areaOf(rest) - areaOf(left);
      // Where records of two runs overlap, a count does not tell which of its pixels the other record has, too.
      if (fresh === 0 || (uncertain > 0 && fresh < areaOf([rect]))) continue;
      put(piece);
      rest = left;
    }
    return rest;

    async function decode(record: StoredRecord): Promise<Piece | undefined> {
      const { x, y, ...size } = record.rect;
      const inside = x + size.width <= width && y + size.height <= height;
      return inside && record.length === size.width * size.height * bytesPerPixel ? pieceOf(record) : undefined;
    }
  }

  private searchAhead(render: number): void {
    const last = Math.min(render + AHEAD, (this.layout.renders ?? 0) - 1);
    this.searched = Math.max(this.searched, render);
    while (this.searched < last) this.store.ahead(this.layout.keyOf(++this.searched));
  }

  /**
   * Keeps a rectangle of a render that was recalled; its bytes must not change any more. `by`: the worker that alone
   * computed it; absent: two workers agreed on it, or no results are verified.
   */
  keep(render: number, piece: Piece, by?: string): void {
    if (by !== undefined) {
      if (this.disowned.has(by)) return;
      const renders = this.provenance.get(by) ?? new Set();
      this.provenance.set(by, renders.add(render));
    }
    let entry = this.entries.get(render);
    if (!entry) {
      entry = this.store.begin(this.layout.keyOf(render), this.bytesOf(render));
      this.entries.set(render, entry);
    }
    this.store.add(entry, piece);
  }

  /** Forgets every render with something that this worker alone computed, and keeps nothing more of that kind. */
  disown(by: string): void {
    this.disowned.add(by);
    for (const render of this.provenance.get(by) ?? []) {
      this.store.forget(this.layout.keyOf(render), this.entries.get(render));
      this.entries.delete(render);
    }
    this.provenance.delete(by);
  }

  /** Nothing is missing of the render any more. */
  complete(render: number): void {
    const entry = this.entries.get(render);
    this.entries.delete(render);
    if (entry) this.store.finish(entry);
  }

  /** The job ended: what is there of unfinished renders stays for the next run. */
  suspend(): void {
    for (const entry of this.entries.values()) this.store.suspend(entry);
    this.entries.clear();
  }
}
