/**
 * The size of a store in a folder that no user gave: 2 GiB, or what jobs made it grow to. That is noted in the folder, so
 * that later programs do not remove what an earlier one kept.
 */

import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const USUAL_BYTES = 2 * 2 ** 30;
/** Of the free space, so much may be taken: the disk has other users. */
const SHARE = 1 / 2;
const NAME = 'size';

export interface Growth {
  /** Bytes that the store may hold now, other programs' notes included. */
  size(): Promise<number>;
  /** Bytes by which it may grow beyond what it holds. */
  room(): Promise<number>;
  /** Notes its new size in bytes. */
  grown(size: number): Promise<void>;
}

/** `usual`: bytes of a store that did not grow. */
export function growthOf(folder: string, usual = USUAL_BYTES): Growth {
  return {
    async size() {
      const noted = Number(await readFile(join(folder, NAME), 'utf8').catch(() => ''));
      return noted > usual && noted < Infinity ? noted : usual;
    },
    async room() {
      const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
      return bavail * bsize * SHARE;
    },
    // Where that fails, so will what is written next: the store then is left out with a warning.
    grown: (size) => writeFile(join(folder, NAME), `${size}\n`, { mode: 0o600 }).catch(() => undefined),
  };
}

/** The user gives the size from now on. */
export async function forgetGrowth(folder: string): Promise<void> {
  await rm(join(folder, NAME), { force: true }).catch(() => undefined);
}
