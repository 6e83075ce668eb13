/** Bounds the bytes of a folder: before more is written, files that were used longest ago are removed. */

import type { Expectation } from './blobs.js';
import type { Growth } from './growth.js';

export interface FileUse {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

export interface QuotaOptions {
  /** Bytes of all files, or how these may grow. */
  readonly limit: number | Growth;
  files(): AsyncIterable<FileUse>;
  /** Does not reject. */
  remove(name: string): Promise<void>;
}

/**
 * The part of the quota that is freed beyond what is needed, and after which the files are counted again, since other
 * programs may have added some.
 */
const SPARE = 1 / 16;

export class Quota {
  /**
   * Files that this process wrote, read or expects, which it does not remove; with the bytes that a file will have while it
   * is being written.
   */
  readonly own = new Map<string, number>();
  private readonly growth: Growth | undefined;
  private bytes: number;
  private used = 0;
  private sinceCounted = Infinity;

  constructor(private readonly options: QuotaOptions) {
    const { limit } = options;
    this.growth = typeof limit === 'number' ? undefined : limit;
    this.bytes = typeof limit === 'number' ? limit : 0;
  }

  /** Bytes of all files. */
  get limit(): number {
    return this.bytes;
  }

  /** Reserves so many bytes; false: the files of this process leave not enough space for them. */
  async reserve(bytes: number): Promise<boolean> {
    const stale = this.sinceCounted + bytes > this.limit * SPARE;
    if (stale || this.used + bytes > this.limit) await this.free(bytes);
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    this.sinceCounted += bytes;
    return true;
  }

  /**
   * Whether so many bytes fit, in the end, beside the files of this process. The limit grows for them where it may and the
   * disk has room.
   */
  async expect(bytes: number): Promise<Expectation> {
    const files = await this.count();
    const own = files.reduce((sum, file) => sum + (this.own.has(file.name) ? file.bytes : 0), 0);
    const needed = own + bytes;
    if (bytes === 0 || needed <= this.limit) return { room: 'fits', bytes: needed };
    if (!this.growth || needed - this.used > (await this.growth.room())) return { room: 'too small', bytes: needed };
    await this.growth.grown(needed);
    this.bytes = needed;
    return { room: 'grows', bytes: needed };
  }

  /** Counts the files, and removes some if so many bytes exceed the limit. */
  private async free(bytes: number): Promise<void> {
    const files = await this.count();
    if (bytes > this.limit || this.used + bytes <= this.limit) return;
    const goal = this.limit * (1 - SPARE) - bytes;
    for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (this.used <= goal) return;
      if (this.own.has(file.name)) continue;
      await this.options.remove(file.name);
      this.used -= file.bytes;
    }
  }

  private async count(): Promise<FileUse[]> {
    if (this.growth) this.bytes = Math.max(this.bytes, await this.growth.size());
    const files: FileUse[] = [];
    for await (const file of this.options.files()) {
      files.push({ ...file, bytes: Math.max(file.bytes, this.own.get(file.name) ?? 0) });
    }
    this.used = files.reduce((sum, file) => sum + file.bytes, 0);
    this.sinceCounted = 0;
    return files;
  }
}
