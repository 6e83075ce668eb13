/**
 * An entry of the store: records one after another, each a rectangle and its bytes. A record is written behind the ones
 * before it, so an entry may end anywhere, and checksums tell how much of it is good:
 *
 *   x y width height length crc(bytes) uncertain crc(key, the seven before): eight 32-bit numbers, little endian; then the
 *   bytes
 *
 * The key is a part of the checksum, so that a file under the name of another entry has no good record.
 */

import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Rect } from '../shard/shard.js';

export interface Piece {
  readonly rect: Rect;
  readonly bytes: Uint8Array;
  /** Pixels of the rectangle with a sample that no error bound confirms. */
  readonly uncertain: number;
}

const HEAD = 32;
/** No answer is longer: what claims to be is damaged. */
const MAX_BYTES = 2 ** 31 - 1;

/** Writes pieces of the entry with this key behind what is there. */
export async function writeRecords(file: FileHandle, key: string, pieces: readonly Piece[]): Promise<void> {
  const buffers = pieces.flatMap((piece) => [headOf(key, piece), piece.bytes]);
  const total = buffers.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev(buffers);
  if (bytesWritten < total) throw new Error('no space left for all of an entry');
}

/** The good records of the entry with this key: damaged bytes are passed over, behind a damaged head nothing can be found. */
export async function* readRecords(file: FileHandle, key: string): AsyncGenerator<Piece> {
  const { size } = await file.stat();
  let at = HEAD;
  let head = await readAt(file, 0, HEAD);
  while (head.length === HEAD && checksumOf(key, head) === head.readUInt32LE(HEAD - 4)) {
    const field = (index: number) => head.readUInt32LE(4 * index);
    const rect = { x: field(0), y: field(1), width: field(2), height: field(3) };
    const [length, crc, uncertain] = [field(4), field(5), field(6)];
    if (length > MAX_BYTES || at + length > size) return;
    // With the next head in one go.
    const both = await readAt(file, at, length + HEAD);
    const bytes = both.subarray(0, length);
    if (crc32(bytes) === crc) yield { rect, bytes, uncertain };
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

/** As many bytes as there are, at most `length`. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
