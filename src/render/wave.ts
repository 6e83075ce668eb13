/**
 * A second wave: the lightness of a palette's colours rises and falls with a period of its own. A table has as many cycles of the
 * palette as it takes both to repeat, so that samples cost nothing more.
 */

import { sinCos } from '../view/plane.js';
import { fromOklab, toOklab } from './oklab.js';

export interface Wave {
  /** Waves for each cycle of the palette: rounded to a fraction of whole numbers, waves to at most MOST_CYCLES cycles. */
  readonly perCycle: number;
  /** 0 to 1: lightness falls by this part of itself, and rises by this part of what is left to white, times itself. */
  readonly strength: number;
}

export const DEFAULT_WAVE_STRENGTH = 0.4;
export const MOST_CYCLES = 16;
/** Entries of a table. */
const MOST_ENTRIES = 1 << 20;

/** How many waves pass in how many cycles of the palette until both repeat. */
export function repeatOf({ perCycle }: Pick<Wave, 'perCycle'>): { readonly waves: number; readonly cycles: number } {
  let best = { waves: 1, cycles: 1, error: Infinity };
  for (let cycles = 1; cycles <= MOST_CYCLES; cycles++) {
    const waves = Math.max(1, Math.round(perCycle * cycles));
    const error = Math.abs(perCycle - waves / cycles);
    if (error < best.error - 1e-9) best = { waves, cycles, error };
  }
  return { waves: best.waves, cycles: best.cycles };
}

/** Entries of one cycle of the palette, in a table of at most about a million entries. `step`: those that are wanted. */
export function stepOf(wave: Wave, step: number): number {
  return Math.min(step, Math.floor(MOST_ENTRIES / repeatOf(wave).cycles));
}

/** A table in linear light, 3 numbers an entry, of the cycles until all repeats. `table`: of one cycle. */
export function withWave(table: Float64Array, wave: Wave): Float64Array {
  const { waves, cycles } = repeatOf(wave);
  const step = table.length / 3;
  const all = new Float64Array(table.length * cycles);
  for (let i = 0; i < step * cycles; i++) {
    const k = 3 * (i % step);
    const [lightness, a, b] = toOklab([table[k] as number, table[k + 1] as number, table[k + 2] as number]);
    const turns = (i * waves) / (step * cycles);
    const height = wave.strength * sinCos(360 * (turns - Math.floor(turns)))[1];
    // In proportion to what there is: black stays black, white does not leave its range, hues stay.
    const share = height < 0 ? 1 + height : 1 + height * (1 - lightness);
    all.set(fromOklab(lightness * share, a * share, b * share), 3 * i);
  }
  return all;
}
