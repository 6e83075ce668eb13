/**
 * Finished work under keys: the key of an entry is a digest of everything that shapes its bytes. This file
 * decides what is written when; only the backend (blobs.ts) decides where.
 *
 * Nothing here fails a run: what cannot be written is not kept, with one warning. Tasks of one key run one after another, in
 * the order of the calls, so that an entry's pieces are written before it is finished or removed.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Blobs, Expectation, ExpectedEntry, Room } from './blobs.js';
import { absorb, batches, close, type Entry } from './entry.js';
import { type Piece, readRecords, recordOf, type StoredRecord } from './record.js';

export interface StoreOptions {
  /** In warnings: the store NAME. */
  readonly name: string;
  readonly blobs: () => Promise<Blobs>;
  /** Gets a line, once for each reason, when entries are not kept. */
  warn(line: string): void;
  /** Gets a line when the store grows. */
  note?(line: string): void;
}

/** Bytes that may wait to be written; further pieces are not kept, since memory is bounded. */
const MAX_QUEUED = 128 << 20;

/** With more bytes waiting, they are written as they are: that is faster. */
const MAX_COMPACTED = MAX_QUEUED / 2;

/** Parts whose keys are looked at; a bucket may have millions. */
const MOST_LISTED = 50_000;

export class Store {
  /** Absent where nothing can be found or kept: it could not be opened, or failed. */
  private blobs: Blobs | undefined;
  private readonly warned = new Set<string>();
  /** Each key has its tasks in one of them, in their order. */
  private lanes: Promise<void>[] = [Promise.resolve()];
  private queuedBytes = 0;
  /** Entries with pending pieces that no task will write yet. */
  private readonly batching = new Set<Entry>();
  private wrote = false;
  /** Something was not kept. */
  private lost = false;
  /** A warning named what does not fit before it was put. */
  private foretold = false;

  private constructor(private readonly options: StoreOptions) {}

  /** If the store cannot be opened, nothing is found or kept. */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options);
    try {
      store.blobs = await options.blobs();
      store.lanes = new Array(store.blobs.traits.lanes).fill(Promise.resolve());
    } catch (error) {
      store.warnUnused(error);
    }
    return store;
  }

  /** Which part of the added pieces is kept so far. */
  get keeps(): 'all' | 'some' | 'none' {
    if (this.blobs && !this.lost) return 'all';
    return this.wrote ? 'some' : 'none';
  }

  /** The records under a key, one by one, until `enough`. */
  async *read(key: string, enough: () => boolean): AsyncGenerator<StoredRecord> {
    if (!this.blobs || enough()) return;
    try {
      for await (const part of this.blobs.read(key)) {
        let found = false;
        for await (const record of readRecords(part, key)) {
          found = true;
          yield record;
        }
        if (found) await part.used();
        if (enough()) return;
      }
    } catch (error) {
      await this.disable(error);
    }
  }

  /** The records under this key will be read soon. */
  ahead(key: string): void {
    this.blobs?.ahead?.(key);
  }

  /** Of every entry, incomplete ones too; not of all parts where these are very many. */
  async keys(): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    let seen = 0;
    if (!this.blobs) return keys;
    for await (const { key } of this.blobs.list()) {
      keys.add(key);
      if (++seen === MOST_LISTED) break;
    }
    return keys;
  }

  /**
   * Before a job begins any entry: all that it may read or begin. What is there of it is not removed any more. The store
   * grows for the rest where it may and can, with a line that says so; one warning says what does not fit.
   */
  async expects(entries: Iterable<ExpectedEntry>): Promise<Room> {
    let expectation: Expectation | undefined;
    this.enqueue(async (blobs) => {
      expectation = await blobs.expect(entries);
      this.report(expectation, blobs.limit);
    });
    await this.tasks();
    return expectation?.room ?? 'too small';
  }

  /** Begins an entry that will have about so many bytes, and what is there under its key. */
  begin(key: string, bytes: number): Entry {
    const entry: Entry = { key, pending: [], pendingBytes: 0, incomplete: false };
    this.enqueue(async (blobs) => {
      const writer = await blobs.put(key, bytes);
      if (!writer) return this.warnFull(blobs.limit);
      entry.writer = writer;
      if (blobs.traits.merges) await absorb(blobs, key, writer);
    }, key);
    return entry;
  }

  /** Adds a piece, whose bytes must not change any more. */
  add(entry: Entry, piece: Piece): void {
    if (!this.blobs || entry.incomplete) return;
    const { batchBytes, batchMs } = this.blobs.traits;
    if (this.queuedBytes + piece.bytes.length > MAX_QUEUED) {
      entry.incomplete = true;
      this.warnOnce('is slower than the workers: not everything is kept');
      return;
    }
    this.queuedBytes += piece.bytes.length;
    entry.pending.push(piece);
    entry.pendingBytes += piece.bytes.length;
    this.batching.add(entry);
    if (entry.pendingBytes >= batchBytes) this.write(entry);
    else entry.timer ??= setTimeout(() => this.write(entry), batchMs).unref();
  }

  /** Every piece was added. */
  finish(entry: Entry): void {
    this.write(entry);
    this.enqueue(() => close(entry, !entry.incomplete), entry.key);
  }

  /** Keeps what was added so far, for the next run. */
  suspend(entry: Entry): void {
    this.write(entry);
    this.enqueue(() => close(entry, false), entry.key);
  }

  /** Removes the parts under a key, and the entry under way. */
  forget(key: string, entry?: Entry): void {
    if (entry) {
      entry.incomplete = true;
      this.write(entry);
    }
    this.enqueue(async (blobs) => {
      if (entry) await close(entry, false);
      await blobs.delete(key);
    }, key);
  }

  /** Resolves when everything added so far is written. What is not after so many milliseconds is not kept, with a warning. */
  async written(limitMs = Infinity): Promise<void> {
    for (const entry of this.batching) this.write(entry);
    if (limitMs === Infinity) return this.tasks();
    const late = new AbortController();
    const wait = pause(limitMs, 'late', { ref: false, signal: late.signal }).catch(() => 'stopped');
    const first = await Promise.race([this.tasks(), wait]);
    late.abort();
    if (first === 'late') await this.disable(new Error(`writing the rest took longer than ${limitMs / 1000} s`));
  }

  /** Ends it, as `written` does. */
  async close(limitMs = Infinity): Promise<void> {
    await this.written(limitMs);
    const { blobs } = this;
    this.blobs = undefined;
    await blobs?.close();
  }

  private async tasks(): Promise<void> {
    await Promise.all(this.lanes);
  }

  /** Enqueues the pending pieces, and those that are added until the task runs. */
  private write(entry: Entry): void {
    clearTimeout(entry.timer);
    this.batching.delete(entry);
    entry.timer = undefined;
    entry.pendingBytes = 0;
    if (entry.pending.length === 0) return;
    this.enqueue(async ({ traits }) => {
      const pieces = entry.pending;
      entry.pending = [];
      for (const batch of batches(pieces, traits.batchBytes)) {
        if (entry.writer) {
          await entry.writer.write(await this.recordsOf(entry.key, batch));
          this.wrote = true;
        }
        for (const { bytes } of batch) this.queuedBytes -= bytes.length;
      }
    }, entry.key);
  }

  private async recordsOf(key: string, pieces: readonly Piece[]): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    for (const piece of pieces) {
      const { head, body } = await recordOf(key, piece, this.queuedBytes < MAX_COMPACTED);
      chunks.push(head, body);
    }
    return chunks;
  }

  /** `key`: of the entry that the task is about. */
  private enqueue(task: (blobs: Blobs) => Promise<void>, key = '0'): void {
    const lane = Number.parseInt(key.slice(0, 8), 16) % this.lanes.length;
    this.lanes[lane] = (this.lanes[lane] as Promise<void>)
      .then(() => (this.blobs ? task(this.blobs) : undefined))
      .catch((error: unknown) => this.disable(error));
  }

  private async disable(error: unknown): Promise<void> {
    const { blobs } = this;
    if (!blobs) return;
    this.blobs = undefined;
    this.warnUnused(error);
    await blobs.close();
  }

  private report({ room, bytes }: Expectation, limit: number): void {
    const needed = `up to ${mebibytes(bytes + 2 ** 20 - 1)}`;
    if (room === 'grows') this.options.note?.(`the store ${this.options.name} grows: this job needs ${needed}`);
    if (room !== 'too small') return;
    this.foretold = true;
    const rest = 'what does not fit is not kept; --store-size makes it larger';
    this.options.warn(`the store ${this.options.name} holds ${mebibytes(limit)}, this job needs ${needed}: ${rest}`);
  }

  private warnUnused(error: unknown): void {
    this.warnOnce(`is not used any more: ${messageOf(error)}`);
  }

  private warnFull(limit: number): void {
    const why = `is full with this job alone (${mebibytes(limit)}): the rest is not kept; --store-size makes it larger`;
    if (this.foretold) this.lost = true;
    else this.warnOnce(why);
  }

  private warnOnce(why: string): void {
    this.lost = true;
    if (this.warned.has(why)) return;
    this.warned.add(why);
    this.options.warn(`the store ${this.options.name} ${why}`);
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
