/** What names a frame in the store: a digest of everything that shapes its bytes. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digestOf } from './digest.js';

/** Of the files; a store of another format has other keys. */
export const FORMAT = 3;

/** The keys of the frames that share `shaping`: what shapes all of them, and then what shapes one, plain data. */
export function keyer(
  shaping: Readonly<Record<string, unknown>>,
): (frame: Readonly<Record<string, unknown>>) => string {
  const shared = digestOf({ ...shaping, format: FORMAT, code: codeDigest() });
  return (frame) => digestOf({ ...frame, shared });
}

/** The folders whose code decides what is computed and painted. */
const SHAPING = ['view', 'kernel', 'render', 'work', 'worker'];

let digest: string | undefined;

/** Of the program's own code: a change of it, however small, makes everything new. */
export function codeDigest(): string {
  digest ??= digestOfCode();
  return digest;
}

function digestOfCode(): string {
  const hash = createHash('sha256');
  for (const folder of SHAPING) {
    const root = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
    for (const name of files.filter((file) => /\.(js|wasm)$/.test(file)).sort()) {
      hash.update(`${folder}/${name}\n`);
      hash.update(readFileSync(`${root}${name}`));
    }
  }
  return hash.digest('hex');
}
