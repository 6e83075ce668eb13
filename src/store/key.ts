/** What names a frame in the store: a digest of everything that shapes its bytes, the program's build among it. */

import { buildDigest } from '../build.js';
import { digestOf } from './digest.js';

/** Of the files; a store of another format has other keys. */
export const FORMAT = 3;

/** The keys of the frames that share `shaping`: what shapes all of them, and then what shapes one, plain data. */
export function keyer(
  shaping: Readonly<Record<string, unknown>>,
): (frame: Readonly<Record<string, unknown>>) => string {
  const shared = digestOf({ ...shaping, format: FORMAT, build: buildDigest() });
  return (frame) => digestOf({ ...frame, shared });
}
