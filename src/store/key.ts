/** What names a frame in the store: a digest of everything that shapes its bytes, the program's build among it. */

import { buildDigest } from '../build.js';
import { formatDecimal, parseDecimal } from '../view/decimal.js';
import type { View } from '../view/view.js';
import { digestOf } from './digest.js';

/** Of the files; a store of another format has other keys. */
export const FORMAT = 3;

/** The keys of the frames that share `shaping`: kernel, paint, reference and the like, plain data. */
export function keyer(shaping: Readonly<Record<string, unknown>>): (view: View) => string {
  const shared = digestOf({ ...shaping, format: FORMAT, build: buildDigest() });
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
