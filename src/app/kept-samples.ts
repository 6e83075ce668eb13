/** Samples that are kept in the store with other flags than those of a request: how the flags differ, as text. */

import { PRESENTATION_FLAGS, pictureFlags } from '../request/metadata.js';
import { hasDistance, type Request } from '../request/request.js';
import { type CataloguePlace, flagsKeptAt, type KeptFlags, noteFlags } from '../store/catalogue.js';
import type { Store } from '../store/store.js';

/** Not a flag: samples with distances are kept for any flag that needs them. */
const DISTANCES = 'distances';

/** Notes that the samples of a request are kept. */
export async function noteSamples(store: Store, request: Request): Promise<void> {
  await noteFlags(store, placeOf(request), samplingFlags(request));
}

/** A text that names samples kept at the place of a request and the flags that match them; undefined: none are noted. */
export async function keptInstead(store: Store, request: Request): Promise<string | undefined> {
  const asked = samplingFlags(request);
  const differences = (await flagsKeptAt(store, placeOf(request))).map((kept) => differ(kept, asked));
  const [nearest] = differences.sort((a, b) => count(a) - count(b));
  if (!nearest) return undefined;
  if (count(nearest) === 0) return 'they were rendered with --keep-samples, but not all of them are there';
  const { change, leave, lacksDistances } = nearest;
  const ways = [
    ...(change.length > 0 ? [`with ${change.join(' ')}`] : []),
    ...(leave.length > 0 ? [`without ${leave.join(', ')}`] : []),
    ...(lacksDistances ? ['without the distances that .exr, --slope and --color-mode distance need'] : []),
  ];
  return `it has samples of this place ${ways.join(', and ')}: give flags that fit them`;
}

interface Difference {
  /** Flags to give instead. */
  readonly change: readonly string[];
  /** Flags to leave out. */
  readonly leave: readonly string[];
  readonly lacksDistances: boolean;
}

function count({ change, leave, lacksDistances }: Difference): number {
  return change.length + leave.length + (lacksDistances ? 1 : 0);
}

function differ(kept: KeptFlags, asked: KeptFlags): Difference {
  const usual = (name: string, value: string) => name === 'seed' && value === '0' && asked.seed === undefined;
  const change = Object.entries(kept).filter(
    ([name, value]) => name !== DISTANCES && asked[name] !== value && !usual(name, value),
  );
  const leave = Object.keys(asked).filter((name) => name !== DISTANCES && kept[name] === undefined);
  return {
    change: change.map(([name, value]) => `--${name} ${value}`),
    // One of two ways to sample a pixel replaces the other.
    leave: leave.filter((name) => !['samples', 'seed', 'smoothness'].includes(name)).map((name) => `--${name}`),
    lacksDistances: asked[DISTANCES] === 'true' && kept[DISTANCES] !== 'true',
  };
}

function samplingFlags(request: Request): KeptFlags {
  const flags = Object.entries(pictureFlags(request)).filter(([name]) => !PRESENTATION_FLAGS.has(name));
  return { ...Object.fromEntries(flags), [DISTANCES]: String(hasDistance(request)) };
}

function placeOf({ formula, re, im, zoom }: Request): CataloguePlace {
  return { formula, re, im, zoom };
}
