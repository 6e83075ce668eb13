/**
 * The flags with which the raw samples of a place were rendered. Keys in the store are digests, from which flags cannot be
 * read; with the catalogue a request for other flags at the same place can be answered with the flags that are noted.
 */

import { buildDigest } from '../build.js';
import { plainDecimal } from '../view/decimal.js';
import { digestOf } from './digest.js';
import { FORMAT } from './key.js';
import { pieceOf } from './record.js';
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

/** Sets of flags that are noted at a place. */
const MAX_SETS = 64;

/** Every set of flags that was noted at a place; samples of some may have been removed since. */
export async function flagsKeptAt(store: Store, place: CataloguePlace): Promise<KeptFlags[]> {
  const found: KeptFlags[] = [];
  for await (const record of store.read(keyOf(place), () => false)) {
    const piece = await pieceOf(record);
    try {
      found.push(JSON.parse(Buffer.from(piece?.bytes ?? []).toString()));
    } catch {
      // Not written by `noteFlags`.
    }
  }
  return found;
}

/** Notes that samples of a place are kept with these flags. */
export async function noteFlags(store: Store, place: CataloguePlace, flags: KeptFlags): Promise<void> {
  const text = JSON.stringify(flags);
  const known = await flagsKeptAt(store, place);
  if (known.length >= MAX_SETS || known.some((one) => JSON.stringify(one) === text)) return;
  const bytes = Buffer.from(text);
  // The existing sets are copied into the new entry, or stay beside it.
  const entry = store.begin(keyOf(place), 4096 + bytes.length * (known.length + 1));
  store.add(entry, { rect: { x: 0, y: 0, width: 1, height: 1 }, bytes, uncertain: 0 });
  store.finish(entry);
}

function keyOf({ formula, re, im, zoom }: CataloguePlace): string {
  const place = { formula, re: plainDecimal(re), im: plainDecimal(im), zoom: plainDecimal(zoom) };
  return digestOf({ catalogue: place, format: FORMAT, build: buildDigest() });
}
