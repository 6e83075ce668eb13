/** Bounds the bytes of a folder: before more is written, files that were used longest ago are removed. */

export interface FileUse {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

/**
 * The part of the quota that is freed beyond what is needed, and after which the files are counted again, since other
 * programs may have added some.
 */
const SPARE = 1 / 16;

export class Quota {
  /**
   * Files that this process wrote or read, which it does not remove; with the bytes that a file will have while it is
   * being written.
   */
  readonly own = new Map<string, number>();
  private used = 0;
  private sinceCounted = Infinity;

  /** `limit`: bytes of all files. `remove` does not reject. */
  constructor(
    private readonly limit: number,
    private readonly files: () => AsyncIterable<FileUse>,
    private readonly remove: (name: string) => Promise<void>,
  ) {}

  /** Reserves so many bytes; false: the files of this process leave not enough space for them. */
  async reserve(bytes: number): Promise<boolean> {
    if (bytes > this.limit) return false;
    const stale = this.sinceCounted + bytes > this.limit * SPARE;
    if (stale || this.used + bytes > this.limit) await this.free(bytes);
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    this.sinceCounted += bytes;
    return true;
  }

  /** Counts the files, and removes some if so many bytes exceed the limit. */
  private async free(bytes: number): Promise<void> {
    const files: FileUse[] = [];
    for await (const file of this.files()) {
      files.push({ ...file, bytes: Math.max(file.bytes, this.own.get(file.name) ?? 0) });
    }
    this.used = files.reduce((sum, file) => sum + file.bytes, 0);
    this.sinceCounted = 0;
    if (this.used + bytes <= this.limit) return;
    const goal = this.limit * (1 - SPARE) - bytes;
    for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (this.used <= goal) return;
      if (this.own.has(file.name)) continue;
      await this.remove(file.name);
      this.used -= file.bytes;
    }
  }
}
