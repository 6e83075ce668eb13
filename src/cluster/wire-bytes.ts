/** Bytes of messages as arrays of numbers, and the error of both translators when something is missing. */

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

export function missing(what: string): FractalError {
  return new FractalError('PROTOCOL', `the peer sent no ${what}`);
}
