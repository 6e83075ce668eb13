/** Colours of the interior by the attracting cycles of its points. A sample whose cycle is not known keeps its plain colour. */

import { CHANNELS } from '../view/channels.js';
import { channelOf, type Painted } from './painted.js';
import { entryOfDistance, type Table } from './positions.js';
import { turnsOf } from './turns.js';

/**
 * How a sample becomes a position on the palette, in cycles, p being the period of its cycle and λ its multiplier:
 *
 *   period      offset + p · GOLDEN, so that neighbouring periods lie far apart
 *   multiplier  offset + arg λ / 2π, mixed with the plain colour where |λ| < 1
 *   distance    that of mode `distance`, with the distance to the boundary of the sample's component
 */
export const INTERIOR_KINDS = ['period', 'multiplier', 'distance'] as const;
export type InteriorKind = (typeof INTERIOR_KINDS)[number];

/** The fraction of the golden ratio: its multiples divide a cycle most evenly. */
const GOLDEN = 0.6180339887498949;

export function isInteriorKind(text: string | undefined): text is InteriorKind {
  return INTERIOR_KINDS.some((kind) => kind === text);
}

/** Colours those of the samples, 3 numbers each in linear light, that have a cycle. */
export function colourInterior(samples: Painted, kind: InteriorKind, table: Table, colours: Float64Array): void {
  const { nu } = samples;
  const { size, offset, linear } = table;
  const cycles = channelOf(samples, 'cycle');
  const { numbers } = CHANNELS.cycle;
  for (let i = 0, k = 0, o = 0; i < nu.length; i++, k += numbers, o += 3) {
    const period = cycles[k] as number;
    if (nu[i] !== Infinity || !(period > 0)) continue;
    const re = cycles[k + 1] as number;
    const im = cycles[k + 2] as number;
    const position = offset + (kind === 'period' ? period * GOLDEN : turnsOf(re, im));
    const along = Math.floor((position - Math.floor(position)) * size);
    const entry = kind === 'distance' ? entryOfDistance(cycles[k + 3] as number, table) : along < size ? along : 0;
    const share = kind === 'multiplier' ? Math.min(1, Math.sqrt(re * re + im * im)) : 1;
    for (let c = 0; c < 3; c++) {
      const plain = colours[o + c] as number;
      colours[o + c] = plain + share * ((linear[3 * entry + c] as number) - plain);
    }
  }
}
