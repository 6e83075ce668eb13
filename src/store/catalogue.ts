/**
 * With which flags the raw samples of a place were rendered: names in the store are digests, from which nothing can be
 * read back, so that a request for other flags at the same place could not be answered with those that are there.
 */

import { plainDecimal } from '../view/decimal.js';
import { digestOf } from './digest.js';
import { codeDigest, FORMAT } from './key.js';
import type { Store } from './store.js';

/** Flag names to values. */
export type KeptFlags = Readonly<Record<string, string>>;

/** The place of a picture, or of the first frame of a film. */
export interface CataloguePlace {
  readonly formula: object;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
}

/** More than these are not noted at a place. */
const MOST = 64;

/** Every set of flags that was noted at a place; samples of some may have been removed since. */
export async function flagsKeptAt(store: Store, place: CataloguePlace): Promise<KeptFlags[]> {
  const found: KeptFlags[] = [];
  for await (const { bytes } of store.read(keyOf(place), () => false)) {
    try {
      found.push(JSON.parse(Buffer.from(bytes).toString()));
    } catch {
      // Not written by `noteFlags`: as good as not there.
    }
  }
  return found;
}

/** Notes that samples of a place are kept with these flags. */
export async function noteFlags(store: Store, place: CataloguePlace, flags: KeptFlags): Promise<void> {
  const text = JSON.stringify(flags);
  const known = await flagsKeptAt(store, place);
  if (known.length >= MOST || known.some((one) => JSON.stringify(one) === text)) return;
  const bytes = Buffer.from(text);
  // What is there of the entry becomes a part of the new one.
  const entry = store.begin(keyOf(place), 4096 + bytes.length * (known.length + 1));
  store.add(entry, { rect: { x: 0, y: 0, width: 1, height: 1 }, bytes, uncertain: 0 });
  store.finish(entry);
}

function keyOf({ formula, re, im, zoom }: CataloguePlace): string {
  const place = { formula, re: plainDecimal(re), im: plainDecimal(im), zoom: plainDecimal(zoom) };
  return digestOf({ catalogue: place, format: FORMAT, code: codeDigest() });
}
