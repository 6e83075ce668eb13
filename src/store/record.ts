/**
 * The format of stored parts: records one after another, each a rectangle and its bytes. A part may end anywhere, and
 * checksums show which records are valid:
 *
 *   x y width height length crc(bytes) uncertain crc(key, the seven before): eight 32-bit numbers, little endian; then the
 *   bytes
 *
 * The key is in the checksum, so that a part under the key of another entry has no valid record.
 */

import { crc32 } from 'node:zlib';
import type { Rect } from '../shard/shard.js';
import type { Part } from './blobs.js';

export interface Piece {
  readonly rect: Rect;
  readonly bytes: Uint8Array;
  /** Pixels of the rectangle with a sample that no error bound confirms. */
  readonly uncertain: number;
}

const HEAD = 32;
/** No answer is longer: a head with a greater length is damaged. */
const MAX_BYTES = 2 ** 31 - 1;

/** The records of these pieces under a key, to be written one after another. */
export function recordsOf(key: string, pieces: readonly Piece[]): Uint8Array[] {
  return pieces.flatMap((piece) => [headOf(key, piece), piece.bytes]);
}

/**
 * The valid records of a part under this key: damaged bytes are skipped; after a damaged head or a read error no further
 * record is returned. Does not throw.
 */
export async function* readRecords(part: Part, key: string): AsyncGenerator<Piece> {
  const take = (bytes: number) => part.take(bytes).then(bufferOf, () => Buffer.alloc(0));
  let at = HEAD;
  let head = await take(HEAD);
  while (head.length === HEAD && checksumOf(key, head) === head.readUInt32LE(HEAD - 4)) {
    const field = (index: number) => head.readUInt32LE(4 * index);
    const rect = { x: field(0), y: field(1), width: field(2), height: field(3) };
    const [length, crc, uncertain] = [field(4), field(5), field(6)];
    if (length > MAX_BYTES || at + length > part.size) return;
    // With the next head at once.
    const both = await take(length + HEAD);
    const bytes = both.subarray(0, length);
    if (bytes.length === length && crc32(bytes) === crc) yield { rect, bytes, uncertain };
    head = both.subarray(length);
    at += length + HEAD;
  }
}

function headOf(key: string, { rect, bytes, uncertain }: Piece): Buffer {
  const head = Buffer.alloc(HEAD);
  const fields = [rect.x, rect.y, rect.width, rect.height, bytes.length, crc32(bytes), uncertain];
  for (const [at, field] of fields.entries()) head.writeUInt32LE(field, 4 * at);
  head.writeUInt32LE(checksumOf(key, head), HEAD - 4);
  return head;
}

function checksumOf(key: string, head: Buffer): number {
  return crc32(head.subarray(0, HEAD - 4), crc32(key));
}

/** The same bytes, not a copy. */
function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}
