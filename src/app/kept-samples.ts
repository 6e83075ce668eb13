/** Samples that are kept in the store with other flags than those of a request: how the flags differ, as text. */

import { PRESENTATION_FLAGS, pictureFlags } from '../request/metadata.js';
import { hasDistance, neededOf, type Request } from '../request/request.js';
import { type CataloguePlace, flagsKeptAt, type KeptFlags, noteFlags } from '../store/catalogue.js';
import type { Store } from '../store/store.js';

/** Not flags: samples with distances, or phases and footprints, are kept for any flag that needs them. */
const DISTANCES = 'distances';
const PHASES = 'phases';
const EXTRAS: readonly string[] = [DISTANCES, PHASES];

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
  const { change, leave, lacksDistances, lacksPhases } = nearest;
  const ways = [
    ...(change.length > 0 ? [`with ${change.join(' ')}`] : []),
    ...(leave.length > 0 ? [`without ${leave.join(', ')}`] : []),
    ...(lacksDistances ? ['without the distances that .exr, --slope and --color-mode distance need'] : []),
    ...(lacksPhases ? ['without the phases that --stripes and the like need'] : []),
  ];
  return `it has samples of this place ${ways.join(', and ')}: give flags that fit them`;
}

interface Difference {
  /** Flags to give instead. */
  readonly change: readonly string[];
  /** Flags to leave out. */
  readonly leave: readonly string[];
  readonly lacksDistances: boolean;
  readonly lacksPhases: boolean;
}

function count({ change, leave, lacksDistances, lacksPhases }: Difference): number {
  return change.length + leave.length + Number(lacksDistances) + Number(lacksPhases);
}

function differ(kept: KeptFlags, asked: KeptFlags): Difference {
  const usual = (name: string, value: string) => name === 'seed' && value === '0' && asked.seed === undefined;
  const change = Object.entries(kept).filter(
    ([name, value]) => !EXTRAS.includes(name) && asked[name] !== value && !usual(name, value),
  );
  const leave = Object.keys(asked).filter((name) => !EXTRAS.includes(name) && kept[name] === undefined);
  return {
    change: change.map(([name, value]) => `--${name} ${value}`),
    // One of two ways to sample a pixel replaces the other.
    leave: leave.filter((name) => !['samples', 'seed', 'smoothness'].includes(name)).map((name) => `--${name}`),
    lacksDistances: asked[DISTANCES] === 'true' && kept[DISTANCES] !== 'true',
    lacksPhases: asked[PHASES] === 'true' && kept[PHASES] !== 'true',
  };
}

function samplingFlags(request: Request): KeptFlags {
  const flags = Object.entries(pictureFlags(request)).filter(([name]) => !PRESENTATION_FLAGS.has(name));
  const { phase, footprint } = neededOf(request);
  const phases = String(request.colours.patterns ? true : phase === true && footprint === true);
  return { ...Object.fromEntries(flags), [DISTANCES]: String(hasDistance(request)), [PHASES]: phases };
}

function placeOf({ formula, re, im, zoom }: Request): CataloguePlace {
  return { formula, re, im, zoom };
}
