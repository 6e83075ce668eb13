/**
 * Finished work on disk, found again by what it is: an entry is named by a digest of everything that shapes its bytes.
 * An entry under way is a file of its own, `<key>.<random>`, which takes the entry's name when it is complete, in one
 * step; so several programs may use a store at once. A file's time of change is that of its last use.
 *
 * Nothing here fails a run: what cannot be written is not kept, which is told once.
 */

import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, mkdir, open, readdir, rename, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { type Piece, readRecords, writeRecords } from './record.js';
import { NAME, Room } from './room.js';

export interface StoreOptions {
  readonly folder: string;
  /** Bytes that it may hold. */
  readonly size: number;
  /** Told, once each, why what follows is not kept. */
  warn(line: string): void;
}

/** An entry under way. */
export interface Entry {
  readonly key: string;
  /** Its file until it is complete. */
  readonly name: string;
  /** Absent before its turn to be opened, and where it has no room. */
  file?: FileHandle;
  /** Handed in, and not yet written; how many bytes; when they will be. */
  waiting: Piece[];
  bytes: number;
  timer?: NodeJS.Timeout | undefined;
  /** Something was left out. */
  torn: boolean;
}

/** Small pieces are written together: after so long, or once they are so many bytes. A kill loses no more than that. */
const GATHER_MS = 100;
const GATHER_BYTES = 256 << 10;

/** Waiting to be written; what comes on top is not kept, rather than piled up. */
const MAX_QUEUED = 128 << 20;

/** What is no file does not keep anybody waiting. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

export class Store {
  /** Entries under way that other runs left: their names by key. */
  private readonly unfinished = new Map<string, string[]>();
  private readonly room: Room;
  private readonly told = new Set<string>();
  /** Of entries under way. */
  private readonly files = new Set<FileHandle>();
  private queue: Promise<void> = Promise.resolve();
  private queued = 0;
  /** With pieces that nobody has begun to write. */
  private readonly gathering = new Set<Entry>();
  private bypassed = false;
  private wrote = false;

  private constructor(private readonly options: StoreOptions) {
    this.room = new Room(options.folder, options.size);
  }

  /** In a store that cannot be used nothing is found or kept. */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options);
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(options.folder)) {
        const [, key = '', random] = NAME.exec(name) ?? [];
        if (random) store.unfinished.set(key, [...(store.unfinished.get(key) ?? []), name]);
      }
    } catch (error) {
      await store.bypass(error);
    }
    return store;
  }

  /** How much of what was added so far is kept. */
  get keeps(): 'all' | 'some' | 'none' {
    if (!this.bypassed && this.told.size === 0) return 'all';
    return this.wrote ? 'some' : 'none';
  }

  /** What is there under a key, piece by piece, until `enough`. */
  async *read(key: string, enough: () => boolean): AsyncGenerator<Piece> {
    for (const name of [key, ...(this.unfinished.get(key) ?? [])]) {
      if (enough()) return;
      let found = false;
      for await (const piece of this.pieces(key, name)) {
        found = true;
        yield piece;
      }
      if (!found) continue;
      this.room.own.set(name, 0);
      const now = new Date();
      await utimes(this.path(name), now, now).catch(() => undefined);
    }
  }

  /** Begins an entry that will have about so many bytes; what there is of it becomes a part. */
  begin(key: string, bytes: number): Entry {
    const entry: Entry = { key, name: `${key}.${randomBytes(8).toString('hex')}`, waiting: [], bytes: 0, torn: false };
    const older = [key, ...(this.unfinished.get(key) ?? [])];
    this.unfinished.delete(key);
    this.later(async () => {
      if (!(await this.room.admit(bytes))) return this.tellFull();
      this.room.own.set(entry.name, bytes);
      entry.file = await open(this.path(entry.name), 'ax', 0o600);
      this.files.add(entry.file);
      for (const name of older) await this.absorb(entry.file, key, name);
    });
    return entry;
  }

  /** Adds a piece, whose bytes must not change any more. */
  add(entry: Entry, piece: Piece): void {
    if (this.bypassed || entry.torn) return;
    if (this.queued + piece.bytes.length > MAX_QUEUED) {
      entry.torn = true;
      this.tell('is slower than the workers: not everything is kept');
      return;
    }
    this.queued += piece.bytes.length;
    entry.waiting.push(piece);
    entry.bytes += piece.bytes.length;
    this.gathering.add(entry);
    if (entry.bytes >= GATHER_BYTES) this.write(entry);
    else entry.timer ??= setTimeout(() => this.write(entry), GATHER_MS).unref();
  }

  /** Every piece was added. */
  finish(entry: Entry): void {
    this.write(entry);
    this.later(async () => {
      await this.close(entry.file);
      if (!entry.file || entry.torn) return;
      this.room.own.delete(entry.name);
      this.room.own.set(entry.key, 0);
      // Others may have cleared it away, which only means that it is not kept.
      await rename(this.path(entry.name), this.path(entry.key)).catch(() => undefined);
    });
  }

  /** Leaves an entry as it is, for the next run. */
  leave(entry: Entry): void {
    this.write(entry);
    this.later(() => this.close(entry.file));
  }

  /** Removes what is there under a key, and an entry under way. */
  forget(key: string, entry?: Entry): void {
    if (entry) {
      entry.torn = true;
      this.write(entry);
    }
    this.later(async () => {
      await this.close(entry?.file);
      if (entry) delete entry.file;
      for (const name of [key, entry?.name]) if (name) await unlink(this.path(name)).catch(() => undefined);
    });
  }

  /** Resolves when everything so far is written. */
  async settled(): Promise<void> {
    for (const entry of this.gathering) this.write(entry);
    await this.queue;
  }

  /** What waits, when it is this entry's turn, and what comes until then. */
  private write(entry: Entry): void {
    clearTimeout(entry.timer);
    this.gathering.delete(entry);
    entry.timer = undefined;
    entry.bytes = 0;
    if (entry.waiting.length > 0) this.later(() => this.flush(entry));
  }

  private async flush(entry: Entry): Promise<void> {
    const pieces = entry.waiting;
    entry.waiting = [];
    for (const { bytes } of pieces) this.queued -= bytes.length;
    if (!entry.file || pieces.length === 0) return;
    await writeRecords(entry.file, entry.key, pieces);
    this.wrote = true;
  }

  /** Copies what is good of another file, and removes that. */
  private async absorb(file: FileHandle, key: string, name: string): Promise<void> {
    let found = false;
    for await (const piece of this.pieces(key, name)) {
      found = true;
      await writeRecords(file, key, [piece]);
    }
    if (found) await unlink(this.path(name)).catch(() => undefined);
  }

  private async *pieces(key: string, name: string): AsyncGenerator<Piece> {
    const file = this.bypassed ? undefined : await open(this.path(name), READ).catch(() => undefined);
    if (!file) return;
    try {
      yield* readRecords(file, key);
    } catch {
      // What cannot be read is not there.
    } finally {
      await file.close();
    }
  }

  private async close(file: FileHandle | undefined): Promise<void> {
    if (file && this.files.delete(file)) await file.close();
  }

  private path(name: string): string {
    return join(this.options.folder, name);
  }

  /** One thing after the other, in the order of the calls. */
  private later(task: () => Promise<void>): void {
    this.queue = this.queue
      .then(() => (this.bypassed ? undefined : task()))
      .catch((error: unknown) => this.bypass(error));
  }

  private async bypass(error: unknown): Promise<void> {
    this.bypassed = true;
    this.tell(`is left out from here on: ${messageOf(error)}`);
    for (const file of this.files) await this.close(file).catch(() => undefined);
  }

  private tellFull(): void {
    const size = `${Math.floor(this.options.size / 2 ** 20)} MiB`;
    this.tell(`is full with this job alone (${size}): the rest is not kept; --store-size makes it larger`);
  }

  private tell(why: string): void {
    if (this.told.has(why)) return;
    this.told.add(why);
    this.options.warn(`the store "${this.options.folder}" ${why}`);
  }
}
