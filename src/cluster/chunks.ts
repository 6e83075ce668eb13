/** Long byte strings as messages of at most 1 MiB, and back: in order, complete, with the CRC-32 of the whole. */

import { crc32 } from 'node:zlib';
import { FractalError } from '../errors.js';

export const CHUNK_BYTES = 1 << 20;

export interface Chunk {
  readonly offset: number;
  readonly total: number;
  readonly data: Uint8Array;
  /** Of the whole; 0 before the last chunk. */
  readonly checksum: number;
}

/** The checksum is updated with each chunk: computed at once it would block the event loop for a long string. */
export function* cut(bytes: Uint8Array): Generator<Chunk> {
  const total = bytes.length;
  let checksum = 0;
  for (let offset = 0; offset === 0 || offset < total; offset += CHUNK_BYTES) {
    const data = bytes.subarray(offset, offset + CHUNK_BYTES);
    checksum = crc32(data, checksum);
    yield { offset, total, data, checksum: offset + data.length === total ? checksum : 0 };
  }
}

/** Strings that may be incomplete at a time: a peer that sends in order has one. */
const MAX_OPEN = 64;

/** Chunks that are copied into the whole at a time. */
const CHUNKS_AT_ONCE = 3;

interface Part {
  /** Chunks that are not copied into the whole yet. */
  readonly chunks: Uint8Array[];
  whole: Uint8Array | undefined;
  /** Bytes of the whole. */
  copied: number;
  filled: number;
  /** CRC-32 of the bytes so far. */
  checksum: number;
  readonly total: number;
}

/**
 * Joins chunks to strings, several at a time, each under its own key. All that is
 * incomplete takes `limit` bytes at most.
 */
export class Joiner {
  private readonly open = new Map<string, Part>();
  private held = 0;

  /**
   * `held`: gets the number of bytes of incomplete strings, and may throw. `chunkBytes`: the length of every chunk but the
   * last one. `allocate`: the memory of a whole of several chunks.
   */
  constructor(
    private readonly what: string,
    private readonly limit: number,
    private readonly chunkBytes = CHUNK_BYTES,
    private readonly noteHeld: (bytes: number) => void = () => undefined,
    private readonly allocate = (bytes: number): Uint8Array => new Uint8Array(bytes),
  ) {}

  /**
   * The whole, when this was its last chunk.
   * @throws FractalError PROTOCOL for a chunk out of order, beyond the limit, of another length than chunks have, or with
   * the wrong checksum.
   */
  add(key: string, chunk: Chunk): Uint8Array | undefined {
    const { offset, total, data, checksum } = chunk;
    if (total > this.limit) throw this.wrong(key, `${total} bytes announced, at most ${this.limit} are taken`);
    let part = this.open.get(key);
    if (!part && offset === 0 && data.length === total) return this.checked(key, data, crc32(data), checksum);
    if (offset === 0 && !part) part = this.begun(key, total);
    if (!part || part.filled !== offset || part.total !== total || data.length === 0) {
      throw this.wrong(key, `a chunk at byte ${offset} was not expected`);
    }
    const filled = offset + data.length;
    if (filled > total) throw this.wrong(key, `more than the ${total} bytes announced`);
    if (data.length !== this.chunkBytes && filled < total) {
      throw this.wrong(key, `a chunk of ${data.length} bytes, all but the last have ${this.chunkBytes}`);
    }
    this.held += data.length;
    this.noteHeld(this.held);
    if (this.held > this.limit) throw this.wrong(key, `more than ${this.limit} bytes lie incomplete`);
    part.chunks.push(data);
    part.filled = filled;
    part.checksum = crc32(data, part.checksum);
    const whole = gathered(part, this.allocate);
    if (!whole) return undefined;
    this.open.delete(key);
    this.held -= total;
    this.noteHeld(this.held);
    return this.checked(key, whole, part.checksum, checksum);
  }

  private begun(key: string, total: number): Part {
    if (this.open.size >= MAX_OPEN) throw this.wrong(key, `${MAX_OPEN} others are incomplete`);
    const part: Part = { chunks: [], whole: undefined, copied: 0, filled: 0, checksum: 0, total };
    this.open.set(key, part);
    return part;
  }

  private checked(key: string, bytes: Uint8Array, found: number, checksum: number): Uint8Array {
    if (found !== checksum) throw this.wrong(key, 'the checksum does not match');
    return bytes;
  }

  private wrong(key: string, why: string): FractalError {
    return new FractalError('PROTOCOL', `${this.what} ${key}: ${why}`);
  }
}

/**
 * The whole, once all of it is there. From the middle on, two earlier chunks are copied with each chunk, so that no chunk
 * blocks the event loop by a copy of all; the memory reserved is at most twice the bytes received.
 */
function gathered(part: Part, allocate: (bytes: number) => Uint8Array): Uint8Array | undefined {
  const { chunks, filled, total } = part;
  if (2 * filled < total) return undefined;
  part.whole ??= allocate(total);
  for (let k = 0; k < CHUNKS_AT_ONCE || filled === total; k++) {
    const chunk = chunks.shift();
    if (!chunk) break;
    part.whole.set(chunk, part.copied);
    part.copied += chunk.length;
  }
  return filled < total ? undefined : part.whole;
}
