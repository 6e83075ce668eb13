/** Digests in messages: 32 bytes each, one after the other. */

import { checkCount } from './bounds.js';
import { missing } from './wire-bytes.js';

/** Bytes of a SHA-256. */
const DIGEST_BYTES = 32;

export function wireDigest(digest: string): Buffer {
  return Buffer.from(digest, 'hex');
}

/** @throws FractalError PROTOCOL */
export function digestOf(bytes: Uint8Array): string {
  if (bytes.length !== DIGEST_BYTES) throw missing(`digest of ${DIGEST_BYTES} bytes`);
  return Buffer.from(bytes).toString('hex');
}

export function wireDigests(digests: readonly string[]): Buffer {
  return Buffer.from(digests.join(''), 'hex');
}

/** `most`: how many may come. @throws FractalError PROTOCOL */
export function digestsOf(bytes: Uint8Array, most: number): string[] {
  const count = bytes.length / DIGEST_BYTES;
  if (!Number.isInteger(count)) throw missing(`whole digests of ${DIGEST_BYTES} bytes`);
  checkCount('digests', count, most);
  const text = Buffer.from(bytes).toString('hex');
  return Array.from({ length: count }, (_, k) => text.slice(2 * DIGEST_BYTES * k, 2 * DIGEST_BYTES * (k + 1)));
}
