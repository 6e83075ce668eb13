/**
 * Colours that suit what is to be seen (`--colors auto`): how fast the palette runs along the roots of counts, and where it
 * starts, from coarse grids of views. Plain arithmetic and square roots only: the same numbers on every machine.
 */

import type { Table } from './positions.js';
import { quantile, range, type Seen } from './seen.js';

/** Cycles that the middle nine tenths of the samples have, at least and at most; and the middle half at least, within that. */
const WIDE = 1.2;
const MOST = 2.6;
const MIDDLE = 0.38;
/** Cycles across a pixel of a picture of 720 rows that so many of the samples may not exceed: beyond, detail becomes grey. */
const DENSE = 0.25;
const DENSE_SHARE = 0.6;
/** But the middle nine tenths have so many cycles in any case. */
const LEAST = 0.7;

/** Cycles of the palette for each 1 of the root that suit a view. */
export function speedFor(seen: Seen): number {
  const wide = range(seen, 0.9);
  const middle = range(seen, 0.5);
  const usual = middle * MOST > MIDDLE * wide ? Math.max(WIDE / wide, MIDDLE / middle) : MOST / wide;
  const dense = quantile(seen.widths, DENSE_SHARE);
  return usual * dense > DENSE ? Math.max(LEAST / wide, DENSE / dense) : usual;
}

/** What `--density` takes. */
const MOST_DENSITY = 1e6;

/** Places on the palette that are tried as a start. */
const STARTS = 48;
/** Entries of the palette that are looked at. */
export const ENTRIES = 256;
/** Mean lightness of a picture, 0 to 1, and the weight of the distance from it against the spread of colours. */
const LIGHTNESS = 0.43;
const LIGHTNESS_WEIGHT = 1;

/**
 * Where on the palette to start, 0 to below 1: so that pictures are neither dark nor pale, and have colours that differ. The
 * best of 48 places; of equal ones the first. `pictures`: positions of the samples of each, in cycles; at least one of them.
 */
export function startFor(pictures: readonly Float64Array[], palette: Pick<Table, 'size' | 'linear'>): number {
  const shares = pictures.map(sharesOf);
  const colours = encoded(palette);
  let [best, most] = [0, -Infinity];
  for (let start = 0; start < STARTS; start++) {
    let merit = 0;
    for (const share of shares) merit += meritOf(share, colours, Math.round((start * ENTRIES) / STARTS));
    if (merit > most) [best, most] = [start, merit];
  }
  return best / STARTS;
}

/** How many of the samples, of all, have each of the entries of a cycle. */
function sharesOf(positions: Float64Array): Float64Array {
  const shares = new Float64Array(ENTRIES);
  for (const position of positions) {
    const k = Math.min(ENTRIES - 1, Math.floor((position - Math.floor(position)) * ENTRIES));
    shares[k]! += 1 / positions.length;
  }
  return shares;
}

/** Square roots of linear light, which are about as far apart as the eye sees it: 3 numbers an entry. */
function encoded({ size, linear }: Pick<Table, 'size' | 'linear'>): Float64Array {
  const colours = new Float64Array(3 * ENTRIES);
  for (let k = 0; k < ENTRIES; k++) {
    const entry = 3 * Math.floor((k * size) / ENTRIES);
    for (let c = 0; c < 3; c++) colours[3 * k + c] = Math.sqrt(linear[entry + c] as number);
  }
  return colours;
}

/** The spread of the colours, less the distance of their mean lightness from what it should be. */
function meritOf(shares: Float64Array, colours: Float64Array, start: number): number {
  const mean: [number, number, number] = [0, 0, 0];
  const squares: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < ENTRIES; k++) {
    const share = shares[k] as number;
    const entry = 3 * ((k + start) % ENTRIES);
    for (const c of [0, 1, 2] as const) {
      const level = colours[entry + c] as number;
      mean[c] += share * level;
      squares[c] += share * level * level;
    }
  }
  const [red, green, blue] = mean;
  const spread = squares[0] + squares[1] + squares[2] - (red * red + green * green + blue * blue);
  const lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return Math.sqrt(Math.max(0, spread)) - LIGHTNESS_WEIGHT * Math.abs(lightness - LIGHTNESS);
}

/** `density` and `offset` of a still as `--density` and `--offset` have them. `times`: what the user wants of the density. */
export function lineFor(
  seen: Seen,
  palette: Pick<Table, 'size' | 'linear'>,
  times: number,
): { readonly density: number; readonly offset: number } {
  // The straight line of positions.ts has a third of a cycle for each 1 of the root, and begins at 2.
  const density = Number(Math.min(MOST_DENSITY, 3 * speedFor(seen) * times).toPrecision(4));
  const positions = seen.roots.map((root) => (density * (root - 2)) / 3);
  return { density, offset: Number(startFor([positions], palette).toFixed(4)) };
}
