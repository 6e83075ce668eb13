/** Bytes of messages as arrays of numbers, and the error of both translators when something is missing. */

import { crc32 } from 'node:zlib';
import { FractalError } from '../errors.js';

/** The same bytes as a Buffer, not a copy. */
export function bufferOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** A copy in memory that the threads of a worker share. */
export function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}

/** Bytes in the text of a checksum. */
export function textOfBytes(bytes: Uint8Array): string {
  // zlib has another checksum for no bytes at address 0.
  return `${bytes.length > 0 ? crc32(bytes) : 0} of ${bytes.length}`;
}

export function missing(what: string): FractalError {
  return new FractalError('PROTOCOL', `the peer sent no ${what}`);
}
