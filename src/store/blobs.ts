/**
 * The backend of a store: on disk (disk.ts), in an object store, in memory. Under a key, 64 hexadecimal digits, there is
 * any number of parts, each written by one writer in batches of whole records. The format of the bytes, and when they are
 * written or removed, is decided by store.ts alone.
 *
 * Appending, renaming and locking are not needed: an object store (s3/) keeps each batch as an object of its own,
 * `<key>/<writer>-<number>`, which it reads back as a part. test/store/blobs.test.ts is the contract of every backend.
 */

export interface Blobs {
  readonly traits: Traits;
  /** Bytes that it may hold, as far as it is known yet; Infinity: any number. */
  readonly limit: number;
  /**
   * The existing parts under a key, older ones first; parts that cannot be opened are left out. Parts that a writer of
   * this object has not closed are not among them. A part can be read until the next one is asked for. Throws where it
   * cannot be known which parts there are, or what they are.
   */
  read(key: string): AsyncIterable<Part>;
  /** `read` will be called for this key soon: the search for its parts may begin. */
  ahead?(key: string): void;
  /**
   * Begins a part under a key that will have about so many bytes. Parts that were used longest ago may be removed for
   * it, but none that was put, used or expected through this object. undefined: there is not enough space.
   */
  put(key: string, bytes: number): Promise<PartWriter | undefined>;
  /**
   * Whether what a job is about to put fits in the end, if other entries are removed for it; the limit may grow. Parts
   * that are there under these keys are not removed any more.
   */
  expect(entries: Iterable<ExpectedEntry>): Promise<Expectation>;
  /** Removes the parts that `read` would return. */
  delete(key: string): Promise<void>;
  /** Every part, in no order, those that are being written among them. */
  list(): AsyncIterable<Listed>;
  /** Ends all writers as `close(false)` does, whatever state they are in. Nothing is put afterwards. */
  close(): Promise<void>;
}

/** How a backend wants to be used. */
export interface Traits {
  /** A batch is written once its pieces have so many bytes, or so long after the first of them: a kill loses no more. */
  readonly batchBytes: number;
  readonly batchMs: number;
  /** So many keys may be written at once. */
  readonly lanes: number;
  /** A part that is complete takes the place of another one: a new part begins with what the others under its key have. */
  readonly merges: boolean;
}

/** What a job may read or put under a key. */
export interface ExpectedEntry {
  readonly key: string;
  /** At most so many, where nothing complete is there yet. */
  readonly bytes: number;
}

export interface Expectation {
  readonly room: Room;
  /** Those that the job needs at most, existing ones included. */
  readonly bytes: number;
}

/** 'grows': the limit is greater now. 'too small': what does not fit will not be put. */
export type Room = 'fits' | 'grows' | 'too small';

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
