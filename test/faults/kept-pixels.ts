/** What a store has, counted from its files. */

import { readdirSync } from 'node:fs';
import { areaOf } from '../../src/shard/missing.js';
import { diskBlobs } from '../../src/store/disk.js';
import { readRecords } from '../../src/store/record.js';

/** Pixels of the whole records in a store. */
export async function pixelsIn(store: string): Promise<number> {
  const blobs = await diskBlobs(store, 2 ** 31);
  let sum = 0;
  for (const key of new Set(keysIn(store))) {
    for await (const part of blobs.read(key)) {
      for await (const { rect } of readRecords(part, key)) sum += areaOf([rect]);
    }
  }
  return sum;
}

/** Those of entries: other files, such as notes, have shorter names. */
function keysIn(store: string): string[] {
  return readdirSync(store).flatMap((name) => (name.length >= 64 ? [name.slice(0, 64)] : []));
}
