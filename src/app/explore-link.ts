/** Where the page of the explorer begins: the fragment of its URL, which the page writes and reads as its permalink. */

import { parseRequest } from '../request/parse.js';
import { flagsOfSources } from '../request/sources.js';
import type { RawFlags } from '../request/values.js';
import { isFlagOfPlace, sceneOf } from './explorer-request.js';

export interface ExploreLink {
  /** Begins with "#"; empty: where the page begins by itself. */
  readonly fragment: string;
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
}

/** `given`: of the command line; the location file that they name is read. @throws FractalError */
export async function exploreLink(given: RawFlags): Promise<ExploreLink> {
  const { flags, notes } = await flagsOfSources(given);
  const scene = sceneOf(flags);
  const places = Object.entries(flags).filter(([name]) => isFlagOfPlace(name));
  // Checked, before a page shows what is wrong.
  const { re, im, zoom, rotation } = parseRequest({ ...scene, ...Object.fromEntries(places) });
  const place = places.length > 0 ? { re, im, zoom, ...(rotation === 0 ? {} : { rotate: String(rotation) }) } : {};
  const values = new URLSearchParams({ ...place, ...scene });
  return { fragment: values.size > 0 ? `#v=1&${values}` : '', notes };
}
