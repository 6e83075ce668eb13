/** Packed pieces in memory, up to a number of bytes; those that were used longest ago are dropped first. */

export interface CachedPiece {
  readonly packed: Uint8Array;
  /** The limit up to which it was computed. */
  readonly iterations: number;
}

export interface TileCache {
  get(key: string): CachedPiece | undefined;
  put(key: string, piece: CachedPiece): void;
  /** Those in use. */
  readonly bytes: number;
  readonly size: number;
}

/** What an entry needs beside its bytes: key, buffer and place in the map. */
const ENTRY_BYTES = 512;

/** `most`: bytes. 0: nothing is kept. */
export function tileCache(most: number): TileCache {
  const tiles = new Map<string, CachedPiece>();
  let bytes = 0;
  const drop = (key: string, { packed }: CachedPiece) => {
    tiles.delete(key);
    bytes -= packed.length + ENTRY_BYTES;
  };
  return {
    get(key) {
      const piece = tiles.get(key);
      if (!piece) return undefined;
      tiles.delete(key);
      tiles.set(key, piece);
      return piece;
    },
    put(key, { packed, iterations }) {
      const former = tiles.get(key);
      if (former) drop(key, former);
      if (packed.length + ENTRY_BYTES > most) return;
      // A view of a larger buffer would keep all of that.
      const own = packed.byteLength === packed.buffer.byteLength ? packed : packed.slice();
      tiles.set(key, { packed: own, iterations });
      bytes += own.length + ENTRY_BYTES;
      for (const [oldest, one] of tiles) {
        if (bytes <= most) return;
        drop(oldest, one);
      }
    },
    get bytes() {
      return bytes;
    },
    get size() {
      return tiles.size;
    },
  };
}
