/** Long byte strings as messages of at most 1 MiB, and back: in order, complete, with the CRC-32 of the whole. */

import { crc32 } from 'node:zlib';
import { FractalError } from '../errors.js';

export const PIECE_BYTES = 1 << 20;

export interface Piece {
  readonly offset: number;
  readonly total: number;
  readonly data: Uint8Array;
  /** Of the whole; 0 before the last piece. */
  readonly checksum: number;
}

export function* cut(bytes: Uint8Array): Generator<Piece> {
  const total = bytes.length;
  const checksum = crc32(bytes);
  for (let offset = 0; offset === 0 || offset < total; offset += PIECE_BYTES) {
    const data = bytes.subarray(offset, offset + PIECE_BYTES);
    yield { offset, total, data, checksum: offset + data.length === total ? checksum : 0 };
  }
}

/** Puts pieces together again, several strings at a time, each under the name of what it belongs to. */
export class Joiner {
  private readonly open = new Map<number, { readonly bytes: Uint8Array; filled: number }>();

  constructor(
    private readonly what: string,
    private readonly limit: number,
  ) {}

  /**
   * The whole, when this was its last piece.
   * @throws FractalError PROTOCOL for a piece out of order, beyond the limit, or with the wrong checksum.
   */
  add(key: number, piece: Piece): Uint8Array | undefined {
    const { offset, total, data, checksum } = piece;
    if (total > this.limit) throw this.wrong(key, `${total} bytes announced, at most ${this.limit} are taken`);
    let part = this.open.get(key);
    if (!part && offset === 0 && data.length === total) return this.checked(key, data, checksum);
    if (offset === 0 && !part) this.open.set(key, (part = { bytes: new Uint8Array(total), filled: 0 }));
    if (!part || part.filled !== offset || part.bytes.length !== total || data.length === 0) {
      throw this.wrong(key, `a piece at byte ${offset} was not expected`);
    }
    if (offset + data.length > total) throw this.wrong(key, `more than the ${total} bytes announced`);
    part.bytes.set(data, offset);
    part.filled += data.length;
    if (part.filled < total) return undefined;
    this.open.delete(key);
    return this.checked(key, part.bytes, checksum);
  }

  private checked(key: number, bytes: Uint8Array, checksum: number): Uint8Array {
    if (crc32(bytes) !== checksum) throw this.wrong(key, 'the checksum does not match');
    return bytes;
  }

  private wrong(key: number, why: string): FractalError {
    return new FractalError('PROTOCOL', `${this.what} ${key}: ${why}`);
  }
}
