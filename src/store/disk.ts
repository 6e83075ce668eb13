/**
 * Blobs in a folder. A part under way is a file of its own, `<key>.<random>`, to which batches are appended; a complete one
 * takes the name `<key>` in one step. So several programs may use a folder at once, and a kill leaves whole batches. A
 * file's modification time is the time of its last use.
 */

import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, mkdir, open, readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { replaceFile } from '../files.js';
import type { Blobs, Expectation, ExpectedEntry, Listed, Part, PartWriter, Traits } from './blobs.js';
import { forgetGrowth, type Growth, growthOf } from './growth.js';
import { type FileUse, Quota } from './quota.js';
import { Store } from './store.js';

const NAME = /^([0-9a-f]{64})(\.[0-9a-f]{16})?$/;
/** Does not wait for a pipe of that name. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** One after another: a disk is not faster otherwise. */
const TRAITS: Traits = { batchBytes: 256 << 10, batchMs: 100, lanes: 1, merges: true };

/** Entries that are expected between two turns of the event loop. */
const STEP = 256;
const turn = promisify(setImmediate);

export interface DiskOptions {
  readonly folder: string;
  /** Bytes that it may hold; undefined: the usual number, which grows for a job that needs more. */
  readonly size: number | undefined;
  /** Gets a line, once for each reason, when entries are not kept. */
  warn(line: string): void;
  /** Gets a line when the store grows. */
  note?(line: string): void;
}

/** A store in a folder, which is made if it does not exist. */
export function openOnDisk({ folder, size, ...lines }: DiskOptions): Promise<Store> {
  return Store.open({ name: `"${folder}"`, blobs: () => diskBlobs(folder, size), ...lines });
}

/** `limit`: bytes that the folder may hold, or how these grow. @throws the system's error where the folder cannot be made or read */
export async function diskBlobs(folder: string, limit: number | Growth = growthOf(folder)): Promise<Blobs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (typeof limit === 'number') await forgetGrowth(folder);
  return new DiskBlobs(folder, limit, await readdir(folder));
}

class DiskBlobs implements Blobs {
  readonly traits = TRAITS;
  /** Parts that are not complete, by key: those of earlier runs, and those that were closed here. */
  private readonly incomplete = new Map<string, string[]>();
  private readonly writing = new Set<FileHandle>();
  private readonly quota: Quota;

  constructor(
    private readonly folder: string,
    limit: number | Growth,
    names: readonly string[],
  ) {
    this.quota = new Quota({ limit, files: () => this.files(), remove: (name) => this.remove(name) });
    for (const name of names) {
      const [, key = '', random] = NAME.exec(name) ?? [];
      if (random) this.incomplete.set(key, [...(this.incomplete.get(key) ?? []), name]);
    }
  }

  get limit(): number {
    return this.quota.limit;
  }

  async *read(key: string): AsyncGenerator<Part> {
    for (const name of this.namesOf(key)) {
      const file = await open(this.path(name), READ).catch(() => undefined);
      const part = file && (await this.partOf(key, name, file).catch(() => undefined));
      try {
        if (part) yield part;
      } finally {
        await file?.close();
      }
    }
  }

  async put(key: string, bytes: number): Promise<PartWriter | undefined> {
    if (!(await this.quota.reserve(bytes))) return undefined;
    const name = `${key}.${randomBytes(8).toString('hex')}`;
    this.quota.own.set(name, bytes);
    const file = await open(this.path(name), 'ax', 0o600);
    this.writing.add(file);
    return {
      write: (chunks) => append(file, chunks),
      close: async (complete) => {
        if (this.writing.delete(file)) await file.close();
        if (complete) await this.publish(key, name);
        else this.retain(key, name);
      },
    };
  }

  async expect(entries: Iterable<ExpectedEntry>): Promise<Expectation> {
    const there = new Set(await readdir(this.folder));
    let [missing, seen] = [0, 0];
    for (const { key, bytes } of entries) {
      for (const name of this.namesOf(key)) if (there.has(name)) this.quota.own.set(name, 0);
      if (!there.has(key)) missing += bytes;
      if (++seen % STEP === 0) await turn();
    }
    return this.quota.expect(missing);
  }

  async delete(key: string): Promise<void> {
    for (const name of this.namesOf(key)) await this.remove(name);
    this.incomplete.delete(key);
  }

  async *list(): AsyncGenerator<Listed> {
    for await (const { name, bytes, usedAt } of this.files()) yield { key: name.slice(0, 64), bytes, usedAt };
  }

  async close(): Promise<void> {
    for (const file of this.writing) await file.close().catch(() => undefined);
    this.writing.clear();
  }

  private namesOf(key: string): string[] {
    return [key, ...(this.incomplete.get(key) ?? [])];
  }

  private async partOf(key: string, name: string, file: FileHandle): Promise<Part> {
    const { size } = await file.stat();
    let position = 0;
    return {
      size,
      async take(bytes) {
        const taken = await readAt(file, position, bytes);
        position += taken.length;
        return taken;
      },
      used: async () => {
        this.quota.own.set(name, 0);
        const now = new Date();
        await utimes(this.path(name), now, now).catch(() => undefined);
      },
      delete: async () => {
        const others = this.incomplete.get(key)?.filter((other) => other !== name) ?? [];
        this.incomplete.set(key, others);
        await this.remove(name);
      },
    };
  }

  private retain(key: string, name: string): void {
    this.quota.own.set(name, 0);
    this.incomplete.set(key, [...(this.incomplete.get(key) ?? []), name]);
  }

  private async publish(key: string, name: string): Promise<void> {
    this.quota.own.delete(name);
    this.quota.own.set(key, 0);
    // Another program may have removed it to free space: then it is not kept.
    await replaceFile(this.path(name), this.path(key)).catch(() => undefined);
  }

  private async *files(): AsyncGenerator<FileUse> {
    for (const name of await readdir(this.folder)) {
      const found = NAME.test(name) ? await stat(this.path(name)).catch(() => undefined) : undefined;
      if (found) yield { name, bytes: found.size, usedAt: found.mtimeMs };
    }
  }

  private async remove(name: string): Promise<void> {
    await unlink(this.path(name)).catch(() => undefined);
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

async function append(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(chunks);
  if (bytesWritten < total) throw new Error('no space left for all of an entry');
}

/** As many bytes as there are, at most `length`. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
