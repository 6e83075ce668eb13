/** The colours of samples before anything shades them: entries of a table, between two entries, or means of its cycle. */

import { coloursOfEntries } from './mean.js';
import { channelOf, type Painted } from './painted.js';
import { filteredCycle } from './palette-filter.js';
import { onBands, onCycle, onDistance, onRamp, type Table } from './positions.js';

/**
 * A table of colours, and how a sample becomes a position in it:
 *
 *   cycle     frac(offset + density * (sqrt(nu + 4) - 2) / 3) * size, or with a curve of its value at sqrt(nu + 4) in the
 *             place of the quotient; with footprints the mean around it (palette-filter.ts)
 *   bands     (floor(nu) * density + offset * size) mod size
 *   ramp      clamp(nu / iterations) * (size - 1), between two entries linearly; when `hard` the last one
 *   distance  (1 - 1 / (1 + x)) * size, x = sqrt(density * distance / (LINE * max(1, height / LINE_ROWS)))
 */
export interface BaseColour extends Table {
  readonly kind: 'cycle' | 'bands' | 'ramp' | 'distance';
}

/** Whether the colour of each sample is an entry of the table. */
export function isOfEntries({ kind }: BaseColour, { footprint }: Painted): boolean {
  return kind === 'bands' || kind === 'distance' || (kind === 'cycle' && footprint === undefined);
}

/** The entries of samples whose colours are entries. */
export function entriesOf(samples: Painted, base: BaseColour, entries: Int32Array): void {
  const { nu } = samples;
  if (base.kind === 'cycle') onCycle(nu, base, entries);
  else if (base.kind === 'bands') onBands(nu, base, entries);
  else onDistance(nu, channelOf(samples, 'distance'), base, entries);
}

/** Colours of samples: linear light, 0 to 1, 3 numbers each. `positions`, `entries`: of at least as many numbers, to work in. */
export function baseColours(
  samples: Painted,
  base: BaseColour,
  positions: Float64Array,
  entries: Int32Array,
  colours: Float64Array,
): void {
  const { nu, iterations } = samples;
  const { kind, linear } = base;
  if (kind === 'cycle' && samples.footprint) {
    filteredCycle(nu, channelOf(samples, 'footprint'), base, colours);
  } else if (kind === 'ramp') {
    onRamp(nu, base, iterations, positions);
    blends(positions, linear, colours.subarray(0, 3 * nu.length));
  } else {
    entriesOf(samples, base, entries);
    coloursOfEntries(entries, linear, colours.subarray(0, 3 * nu.length));
  }
}

/** Of positions between two entries; a whole number is an entry itself. */
function blends(positions: Float64Array, linear: Float32Array, colours: Float64Array): void {
  for (let i = 0, o = 0; o < colours.length; i++, o += 3) {
    const position = positions[i] as number;
    const whole = position | 0;
    const part = position - whole;
    const k = 3 * whole;
    const next = part > 0 ? k + 3 : k;
    colours[o] = (linear[k] as number) + part * ((linear[next] as number) - (linear[k] as number));
    colours[o + 1] = (linear[k + 1] as number) + part * ((linear[next + 1] as number) - (linear[k + 1] as number));
    colours[o + 2] = (linear[k + 2] as number) + part * ((linear[next + 2] as number) - (linear[k + 2] as number));
  }
}
