/**
 * The backend of a store: on disk (disk.ts), in an object store, in memory. Under a key, 64 hexadecimal digits, there is
 * any number of parts, each written by one writer in batches of whole records. The format of the bytes, and when they are
 * written or removed, is decided by store.ts alone.
 *
 * Appending, renaming and locking are not needed: an object store keeps each batch as an object of its own,
 * `<key>/<writer>-<number>`, which it reads back as a part. test/store/blobs.test.ts is the contract of every backend.
 */

export interface Blobs {
  /** Bytes that it may hold; Infinity: any number. */
  readonly limit: number;
  /**
   * The existing parts under a key, older ones first; parts that cannot be opened are left out. Parts that a writer of
   * this object has not closed are not among them. A part can be read until the next one is asked for.
   */
  read(key: string): AsyncIterable<Part>;
  /**
   * Begins a part under a key that will have about so many bytes. Parts that were used longest ago may be removed for
   * it, but none that was put or used through this object. undefined: there is not enough space.
   */
  put(key: string, bytes: number): Promise<PartWriter | undefined>;
  /** Removes the parts that `read` would return. */
  delete(key: string): Promise<void>;
  /** Every part, in no order, those that are being written among them. */
  list(): AsyncIterable<Listed>;
  /** Ends all writers as `close(false)` does, whatever state they are in. Nothing is put afterwards. */
  close(): Promise<void>;
}

/** A part that is read from its beginning to its end, in steps that the reader chooses. */
export interface Part {
  readonly size: number;
  /** The next so many bytes, fewer only at the end. @throws what the backend throws when it cannot be read */
  take(bytes: number): Promise<Uint8Array>;
  /** Its time of last use is now. */
  used(): Promise<void>;
  /** Removes this part alone. */
  delete(): Promise<void>;
}

export interface PartWriter {
  /** Resolves when this batch, the concatenated chunks, is kept even if the process is killed. One batch at a time. */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** Once. `complete`: nothing else is needed under the key, so that this part may replace others. */
  close(complete: boolean): Promise<void>;
}

export interface Listed {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of its last use. */
  readonly usedAt: number;
}
