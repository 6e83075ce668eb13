/** What names a frame in the store: a digest of everything that shapes its bytes. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatDecimal, parseDecimal } from '../view/decimal.js';
import type { View } from '../view/view.js';
import { digestOf } from './digest.js';

/** Of the files; a store of another format has other keys. */
export const FORMAT = 3;

/** The keys of the frames that share `shaping`: kernel, paint, reference and the like, plain data. */
export function keyer(shaping: Readonly<Record<string, unknown>>): (view: View) => string {
  const shared = digestOf({ ...shaping, format: FORMAT, code: codeDigest() });
  return (view) => {
    const { re, im, zoom } = view;
    return digestOf({ ...view, re: plain(re), im: plain(im), zoom: plain(zoom), shared });
  };
}

/** The same number has the same text. */
export function plain(text: string): string {
  const number = parseDecimal(text);
  return number ? formatDecimal(number) : text;
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
