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
  /** Resolves when what was kept is written, or cannot be in time. */
  close?(): Promise<void>;
}

/** Searches at once; others wait, so that a view of many pieces does not hold up the jobs' own reading. */
const MOST_SEARCHES = 8;
const RECT = { x: 0, y: 0, width: 1, height: 1 };
/** Of a record and its entry. */
const OVERHEAD = 256;
const MOST_USED = 64 << 20;
const CLOSE_MS = 5_000;

export const NOTHING_KEPT: KeptTiles = { find: async () => undefined, keep: () => undefined };

/**
 * `open`: the store. What is used through one opening of it cannot be removed for other entries, so that it is opened again
 * after some use.
 */
export function keptTiles(open: () => Promise<Store | undefined>): KeptTiles {
  let [store, bytes] = [open(), 0];
  const used = (more: number) => {
    bytes += more;
    if (bytes < MOST_USED) return;
    void store.then((former) => former?.close(CLOSE_MS));
    [store, bytes] = [open(), 0];
  };
  const waiting: (() => void)[] = [];
  let searches = 0;
  const turn = async () => {
    if (searches < MOST_SEARCHES) {
      searches++;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
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
        const place = signal.aborted ? undefined : await store;
        const packed = place && (await read(place, keyOf(key)));
        if (packed) used(packed.length);
        return packed;
      } catch {
        return undefined;
      } finally {
        release();
      }
    },
    keep(key, packed) {
      void store.then((place) => place && write(place, keyOf(key), packed)).catch(() => undefined);
      used(packed.length + OVERHEAD);
    },
    close: async () => (await store)?.close(CLOSE_MS),
  };
}

function write(store: Store, key: string, packed: Uint8Array): void {
  const entry = store.begin(key, packed.length + OVERHEAD);
  store.add(entry, { rect: RECT, bytes: packed, uncertain: 0 });
  store.finish(entry);
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
