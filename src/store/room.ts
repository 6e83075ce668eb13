/** How much a store's folder holds, and what goes when more is to come: what was used longest ago. */

import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** `<key>`, or `<key>.<random>` for an entry under way. */
export const NAME = /^([0-9a-f]{64})(\.[0-9a-f]{16})?$/;

/** When room is made, some more than is needed; and after so much came, others may have brought some, too. */
const SPARE = 1 / 16;

export class Room {
  /** What this run made or used: not removed for its own sake. Entries under way with the bytes that they will have. */
  readonly own = new Map<string, number>();
  private used = 0;
  private sinceCounted = Infinity;

  /** `size`: bytes that the folder may hold. */
  constructor(
    private readonly folder: string,
    private readonly size: number,
  ) {}

  /** Makes room for so many bytes; whether there is some. */
  async admit(bytes: number): Promise<boolean> {
    if (bytes > this.size) return false;
    const many = this.sinceCounted + bytes > this.size * SPARE;
    if (many || this.used + bytes > this.size) await this.make(bytes);
    if (this.used + bytes > this.size) return false;
    this.used += bytes;
    this.sinceCounted += bytes;
    return true;
  }

  private async make(bytes: number): Promise<void> {
    const entries = await this.count();
    this.used = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.sinceCounted = 0;
    if (this.used + bytes <= this.size) return;
    const goal = this.size * (1 - SPARE) - bytes;
    for (const { name, bytes: freed } of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (this.used <= goal) return;
      if (this.own.has(name)) continue;
      await unlink(join(this.folder, name)).catch(() => undefined);
      this.used -= freed;
    }
  }

  private async count() {
    const entries: { name: string; bytes: number; usedAt: number }[] = [];
    for (const name of await readdir(this.folder)) {
      const found = NAME.test(name) ? await stat(join(this.folder, name)).catch(() => undefined) : undefined;
      if (!found) continue;
      entries.push({ name, bytes: Math.max(found.size, this.own.get(name) ?? 0), usedAt: found.mtimeMs });
    }
    return entries;
  }
}
