/**
 * Finished work under keys: the key of an entry is a digest of everything that shapes its bytes. This file
 * decides what is written when; only the backend (blobs.ts) decides where.
 *
 * Nothing here fails a run: what cannot be written is not kept, with one warning. Tasks run one after another, in the
 * order of the calls, so that an entry's pieces are written before it is finished or removed.
 */

import { messageOf } from '../errors.js';
import type { Blobs, Expectation, ExpectedEntry, PartWriter, Room } from './blobs.js';
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

/** An entry under way. */
export interface Entry {
  readonly key: string;
  /** Absent before its task has run, and where there is no space for it. */
  writer?: PartWriter;
  /** Added and not yet written, and how many bytes these are. */
  pending: Piece[];
  pendingBytes: number;
  timer?: NodeJS.Timeout | undefined;
  /** Not every piece was kept. */
  incomplete: boolean;
}

/** Small pieces are written together: after so long, or once they are so many bytes. A kill loses no more than that. */
const BATCH_MS = 100;
const BATCH_BYTES = 256 << 10;

/** Bytes that may wait to be written; further pieces are not kept, since memory is bounded. */
const MAX_QUEUED = 128 << 20;

/** With more bytes waiting, they are written as they are: that is faster. */
const MAX_COMPACTED = MAX_QUEUED / 2;

export class Store {
  /** Absent where nothing can be found or kept: it could not be opened, or failed. */
  private blobs: Blobs | undefined;
  private readonly warned = new Set<string>();
  private queue: Promise<void> = Promise.resolve();
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
    } catch (error) {
      await store.disable(error);
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
    for await (const part of this.blobs.read(key)) {
      let found = false;
      for await (const record of readRecords(part, key)) {
        found = true;
        yield record;
      }
      if (found) await part.used();
      if (enough()) return;
    }
  }

  /** Of every entry, incomplete ones too. */
  async keys(): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    if (this.blobs) for await (const { key } of this.blobs.list()) keys.add(key);
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
    await this.queue;
    return expectation?.room ?? 'too small';
  }

  /** Begins an entry that will have about so many bytes; existing pieces under the key become a part of it. */
  begin(key: string, bytes: number): Entry {
    const entry: Entry = { key, pending: [], pendingBytes: 0, incomplete: false };
    this.enqueue(async (blobs) => {
      const writer = await blobs.put(key, bytes);
      if (!writer) return this.warnFull(blobs.limit);
      entry.writer = writer;
      await absorb(blobs, key, writer);
    });
    return entry;
  }

  /** Adds a piece, whose bytes must not change any more. */
  add(entry: Entry, piece: Piece): void {
    if (!this.blobs || entry.incomplete) return;
    if (this.queuedBytes + piece.bytes.length > MAX_QUEUED) {
      entry.incomplete = true;
      this.warnOnce('is slower than the workers: not everything is kept');
      return;
    }
    this.queuedBytes += piece.bytes.length;
    entry.pending.push(piece);
    entry.pendingBytes += piece.bytes.length;
    this.batching.add(entry);
    if (entry.pendingBytes >= BATCH_BYTES) this.write(entry);
    else entry.timer ??= setTimeout(() => this.write(entry), BATCH_MS).unref();
  }

  /** Every piece was added. */
  finish(entry: Entry): void {
    this.write(entry);
    this.enqueue(() => close(entry, !entry.incomplete));
  }

  /** Keeps what was added so far, for the next run. */
  suspend(entry: Entry): void {
    this.write(entry);
    this.enqueue(() => close(entry, false));
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
    });
  }

  /** Resolves when everything added so far is written. */
  async written(): Promise<void> {
    for (const entry of this.batching) this.write(entry);
    await this.queue;
  }

  /** Enqueues the pending pieces, and those that are added until the task runs. */
  private write(entry: Entry): void {
    clearTimeout(entry.timer);
    this.batching.delete(entry);
    entry.timer = undefined;
    entry.pendingBytes = 0;
    if (entry.pending.length === 0) return;
    this.enqueue(async () => {
      const pieces = entry.pending;
      entry.pending = [];
      if (entry.writer && pieces.length > 0) {
        await entry.writer.write(await this.recordsOf(entry.key, pieces));
        this.wrote = true;
      }
      for (const { bytes } of pieces) this.queuedBytes -= bytes.length;
    });
  }

  private async recordsOf(key: string, pieces: readonly Piece[]): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    for (const piece of pieces) {
      const { head, body } = await recordOf(key, piece, this.queuedBytes < MAX_COMPACTED);
      chunks.push(head, body);
    }
    return chunks;
  }

  private enqueue(task: (blobs: Blobs) => Promise<void>): void {
    this.queue = this.queue
      .then(() => (this.blobs ? task(this.blobs) : undefined))
      .catch((error: unknown) => this.disable(error));
  }

  private async disable(error: unknown): Promise<void> {
    const { blobs } = this;
    this.blobs = undefined;
    this.warnOnce(`is not used any more: ${messageOf(error)}`);
    await blobs?.close();
  }

  private report({ room, bytes }: Expectation, limit: number): void {
    const needed = `up to ${mebibytes(bytes + 2 ** 20 - 1)}`;
    if (room === 'grows') this.options.note?.(`the store ${this.options.name} grows: this job needs ${needed}`);
    if (room !== 'too small') return;
    this.foretold = true;
    const rest = 'what does not fit is not kept; --store-size makes it larger';
    this.options.warn(`the store ${this.options.name} holds ${mebibytes(limit)}, this job needs ${needed}: ${rest}`);
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

/** Copies the valid records of the parts under a key, and removes these parts. */
async function absorb(blobs: Blobs, key: string, writer: PartWriter): Promise<void> {
  for await (const part of blobs.read(key)) {
    let found = false;
    for await (const { head, body } of readRecords(part, key)) {
      found = true;
      await writer.write([head, body]);
    }
    if (found) await part.delete();
  }
}

async function close(entry: Entry, complete: boolean): Promise<void> {
  const { writer } = entry;
  delete entry.writer;
  await writer?.close(complete);
}
