/**
 * Pieces in the store of the service, each an entry of its own. Nothing here fails a viewer: what cannot be read is computed
 * again, what cannot be written is not kept.
 */

import { buildDigest } from '../../build.js';
import { digestOf } from '../../store/digest.js';
import { FORMAT } from '../../store/key.js';
import { pieceOf } from '../../store/record.js';
import type { Store } from '../../store/store.js';

export interface KeptTiles {
  /** undefined: it is not kept, or the signal was aborted. */
  find(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** The bytes must not change any more. */
  keep(key: string, packed: Uint8Array): void;
}

/** Searches at once; others wait, so that a view of many pieces does not hold up the jobs' own reading. */
const MOST_SEARCHES = 8;
const RECT = { x: 0, y: 0, width: 1, height: 1 };
/** Of a record and its entry. */
const OVERHEAD = 256;

export const NOTHING_KEPT: KeptTiles = { find: async () => undefined, keep: () => undefined };

export function keptTiles(store: Store): KeptTiles {
  const waiting: (() => void)[] = [];
  let searches = 0;
  const turn = () => {
    if (searches < MOST_SEARCHES) {
      searches++;
      return undefined;
    }
    return new Promise<void>((resolve) => waiting.push(resolve));
  };
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else searches--;
  };
  return {
    async find(key, signal) {
      await turn();
      try {
        return signal.aborted ? undefined : await read(store, keyOf(key));
      } catch {
        return undefined;
      } finally {
        release();
      }
    },
    keep(key, packed) {
      const entry = store.begin(keyOf(key), packed.length + OVERHEAD);
      store.add(entry, { rect: RECT, bytes: packed, uncertain: 0 });
      store.finish(entry);
    },
  };
}

async function read(store: Store, key: string): Promise<Uint8Array | undefined> {
  for await (const record of store.read(key, () => false)) {
    const piece = await pieceOf(record);
    if (piece) return piece.bytes;
  }
  return undefined;
}

function keyOf(tile: string): string {
  return digestOf({ tile, format: FORMAT, build: buildDigest() });
}
