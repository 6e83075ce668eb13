/** An entry that is being written: its pieces until they are in a part, and that part. */

import type { Blobs, PartWriter } from './blobs.js';
import { type Piece, readRecords } from './record.js';

/** An entry under way. */
export interface Entry {
  readonly key: string;
  /** Absent before its task has run, and where there is no space for it. */
  writer?: PartWriter;
  /** Added and not yet written, and how many bytes these are. */
  pending: Piece[];
  pendingBytes: number;
  timer?: NodeJS.Timeout | undefined;
  /** Not every piece was kept. */
  incomplete: boolean;
}

/** Pieces in their order; each batch is the first ones that have so many bytes. */
export function* batches(pieces: readonly Piece[], leastBytes: number): Generator<Piece[]> {
  let [batch, size]: [Piece[], number] = [[], 0];
  for (const piece of pieces) {
    batch.push(piece);
    size += piece.bytes.length;
    if (size < leastBytes) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** Copies the valid records of the parts under a key, and removes these parts. */
export async function absorb(blobs: Blobs, key: string, writer: PartWriter): Promise<void> {
  for await (const part of blobs.read(key)) {
    let found = false;
    for await (const { head, body } of readRecords(part, key)) {
      found = true;
      await writer.write([head, body]);
    }
    if (found) await part.delete();
  }
}

export async function close(entry: Entry, complete: boolean): Promise<void> {
  const { writer } = entry;
  delete entry.writer;
  await writer?.close(complete);
}
