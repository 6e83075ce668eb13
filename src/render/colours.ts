/**
 * What colours a picture gets, and its preparation: the leader turns `Colours` into a `Paint` of plain numbers once per
 * job and sends that to the workers, who then need no cos, pow or cbrt: the same bytes on every machine.
 */

import { FractalError } from '../errors.js';
import { cycle, type Interpolation } from './cycle.js';
import { type Mode, modeColour, modeInterior } from './modes.js';
import { type Triple, toLevel, toLinear } from './oklab.js';
import type { Paint } from './paint.js';
import { findPalette, parseHex } from './palette.js';

export type { Interpolation, Mode, Paint };

export interface Colours {
  /** What `findPalette` understands. */
  readonly palette: string;
  /** Colours in the palette's table, at least 1. */
  readonly step: number;
  /** How fast the palette is travelled; 1 is the usual speed. */
  readonly density: number;
  /** Where on the cycle nu = 0 (legacy: n = 0) lies, in cycles. */
  readonly offset: number;
  /** The palette, or one of the nine formulas, which use neither palette, step, density, offset nor interpolation. */
  readonly mode: 'palette' | Mode;
  /** Hex colour of samples that never escape. Absent: black, or with a formula what the formula says. */
  readonly interior?: string;
  readonly interpolation: Interpolation;
  /** Bands: entry n mod step of the table for the whole count n. */
  readonly legacy: boolean;
}

export const DEFAULT_COLOURS: Colours = {
  palette: 'Galaxy',
  step: 6000,
  density: 1,
  offset: 0,
  mode: 'palette',
  interpolation: 'oklab',
  legacy: false,
};

/** The table's length that suits bands, where neighbouring entries should differ: the default of `step` with legacy. */
export const LEGACY_STEP = 64;

const RAMP = 2 ** 16 + 1;

/** Throws PALETTE_UNKNOWN or PALETTE_INVALID. */
export function prepare(colours: Colours): Paint {
  const mode = colours.mode;
  const { density, offset } = colours;
  if (mode === 'palette') {
    const table = cycle(findPalette(colours.palette), colours.step, colours.interpolation);
    const interior = linearOf(interiorOf(colours) ?? [0, 0, 0]);
    return { kind: colours.legacy ? 'bands' : 'cycle', density, offset, hard: false, ...tables(table, interior) };
  }
  const table = new Float64Array(3 * RAMP);
  for (let i = 0; i < RAMP; i++) table.set(linearOf(modeColour(mode, i / (RAMP - 1))), 3 * i);
  const interior = linearOf(interiorOf(colours) ?? modeInterior(mode));
  return { kind: 'ramp', density: 1, offset: 0, hard: mode === 0, ...tables(table, interior) };
}

function interiorOf({ interior }: Colours): Triple | undefined {
  if (interior === undefined) return undefined;
  const rgb = parseHex(interior);
  if (!rgb)
    throw new FractalError('PALETTE_INVALID', `the interior "${interior}" is not a hex colour such as "#000000"`);
  return [rgb[0] / 255, rgb[1] / 255, rgb[2] / 255];
}

function linearOf([r, g, b]: Triple): Triple {
  return [toLinear(r), toLinear(g), toLinear(b)];
}

function tables(table: Float64Array, interior: Triple): { size: number; srgb: Uint8Array; linear: Float32Array } {
  const linear = new Float32Array(table.length + 3);
  linear.set(table);
  linear.set(interior, table.length);
  return { size: table.length / 3, srgb: Uint8Array.from(linear, toLevel), linear };
}
