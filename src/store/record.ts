/**
 * The format of stored parts: records one after another, each a rectangle and its bytes. A part may end anywhere, and
 * checksums show which records are valid:
 *
 *   x y width height length stored crc(the stored bytes) uncertain crc(key, the eight before): nine 32-bit numbers, little
 *   endian; then the stored bytes
 *
 * `length` counts the bytes of the rectangle, `stored` those that follow: fewer where they are encoded (encoding.ts). The
 * key is in the checksum, so that a part under the key of another entry has no valid record.
 */

import { crc32 } from 'node:zlib';
import type { Rect } from '../shard/shard.js';
import type { Part } from './blobs.js';
import { decoded, encoded } from './encoding.js';

export interface Piece {
  readonly rect: Rect;
  readonly bytes: Uint8Array;
  /** Pixels of the rectangle with a sample that no error bound confirms. */
  readonly uncertain: number;
}

/** A piece as it is stored. */
export interface StoredRecord extends Omit<Piece, 'bytes'> {
  /** Bytes of the piece. */
  readonly length: number;
  readonly head: Uint8Array;
  /** The stored bytes. */
  readonly body: Uint8Array;
}

const HEAD = 36;
/** No answer is longer: a head with a greater length is damaged. */
const MAX_BYTES = 2 ** 31 - 1;

/** The record of a piece under a key. `compact`: its bytes are encoded where that makes them fewer. */
export async function recordOf(key: string, piece: Piece, compact: boolean): Promise<StoredRecord> {
  const { rect, bytes, uncertain } = piece;
  const body = compact ? await encoded(bytes, rect) : bytes;
  const head = Buffer.alloc(HEAD);
  const fields = [rect.x, rect.y, rect.width, rect.height, bytes.length, body.length, crc32(body), uncertain];
  for (const [at, field] of fields.entries()) head.writeUInt32LE(field, 4 * at);
  head.writeUInt32LE(checksumOf(key, head), HEAD - 4);
  return { rect, length: bytes.length, uncertain, head, body };
}

/** undefined: its bytes are not those of a record that was written here. */
export async function pieceOf({ rect, length, uncertain, body }: StoredRecord): Promise<Piece | undefined> {
  const bytes = await decoded(body, length, rect);
  return bytes && { rect, bytes, uncertain };
}

/**
 * The valid records of a part under this key: damaged bytes are skipped; after a damaged head or a read error no further
 * record is returned. Does not throw.
 */
export async function* readRecords(part: Part, key: string): AsyncGenerator<StoredRecord> {
  const take = (bytes: number) => part.take(bytes).then(bufferOf, () => Buffer.alloc(0));
  let at = HEAD;
  let head = await take(HEAD);
  while (head.length === HEAD && checksumOf(key, head) === head.readUInt32LE(HEAD - 4)) {
    const field = (index: number) => head.readUInt32LE(4 * index);
    const rect = { x: field(0), y: field(1), width: field(2), height: field(3) };
    const [length, stored, crc, uncertain] = [field(4), field(5), field(6), field(7)];
    if (length > MAX_BYTES || stored > length || at + stored > part.size) return;
    // With the next head at once.
    const both = await take(stored + HEAD);
    const body = both.subarray(0, stored);
    if (body.length === stored && crc32(body) === crc) yield { rect, length, uncertain, head, body };
    head = both.subarray(stored);
    at += stored + HEAD;
  }
}

function checksumOf(key: string, head: Buffer): number {
  return crc32(head.subarray(0, HEAD - 4), crc32(key));
}

/** The same bytes, not a copy. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}
