/** The key of a frame in the store: a digest of everything that shapes its bytes, the program's build among it. */

import { buildDigest } from '../build.js';
import { digestOf } from './digest.js';

/** Of the files; a store of another format has other keys. */
export const FORMAT = 4;

/** A function from the plain data that shapes one frame to its key. `shaping`: the data that shapes all of them. */
export function keyer(
  shaping: Readonly<Record<string, unknown>>,
): (frame: Readonly<Record<string, unknown>>) => string {
  const shared = digestOf({ ...shaping, format: FORMAT, build: buildDigest() });
  return (frame) => digestOf({ ...frame, shared });
}
