/** SHA-256 of plain data: equal data have equal digests, whatever the order of their fields. */

import { createHash, type Hash } from 'node:crypto';

/** Strings, finite numbers, booleans, typed arrays, arrays and records of these; fields that are undefined are absent. */
export function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

/** Every value is preceded by its type and length, so that no two values give the same text. */
function feed(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength}:`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`list ${value.length}:`);
    for (const one of value) feed(hash, one);
  } else if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    hash.update(`record ${fields.length}:`);
    for (const [name, field] of fields.sort(([a], [b]) => (a < b ? -1 : 1))) {
      feed(hash, name);
      feed(hash, field);
    }
  } else {
    const text = String(value);
    hash.update(`${typeof value} ${text.length}:${text}`);
  }
}
