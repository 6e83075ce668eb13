/** Assets: long byte strings that the shards of a scene need, such as a file; named by a digest of their content. */

import { createHash } from 'node:crypto';

export interface Asset {
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export function assetOf(bytes: Uint8Array): Asset {
  return { digest: createHash('sha256').update(bytes).digest('hex'), bytes };
}
