/**
 * The colours of a picture, and their preparation: the leader turns `Colours` into a `Paint` of plain numbers once per job
 * and sends it to the workers, which then need no cos, pow or cbrt: the same bytes on every machine.
 */

import type { Extras } from '../view/channels.js';
import { curveOf, type Knot } from './curve.js';
import { cycle, type Interpolation, lastStop } from './cycle.js';
import { type DistanceShade, widthIn } from './distance-shade.js';
import { isInteriorKind } from './interior-colour.js';
import { lightsOf, type Slope } from './lights.js';
import { type Mode, modeColour } from './modes.js';
import { linearOfHex } from './named-colour.js';
import { type Triple, toLinear } from './oklab.js';
import type { Paint } from './paint.js';
import { findPalette, type Palette } from './palette.js';
import type { Patterns } from './patterns.js';
import { type Levels, PLAIN } from './quantise.js';
import { textureOf } from './texture-file.js';
import { repeatOf, stepOf, type Wave, withWave } from './wave.js';

export { DEFAULT_SLOPE, type Slope } from './lights.js';
export type { Interpolation, Mode, Paint };

export interface Colours {
  /** What `findPalette` understands. */
  readonly palette: string;
  /** Colours in the palette's table, at least 1. */
  readonly step: number;
  /** Cycles of the palette for the same change of the count, as a multiple of the usual number. */
  readonly density: number;
  /** Where on the cycle nu = 0 (legacy: n = 0) lies, in cycles. */
  readonly offset: number;
  /**
   * Density and offset are yet to be found, from a coarse grid of what is shown, and those given apply to what is found: by
   * `auto`, or so that all colours are as frequent. `found`: they were found. Absent: neither. Only mode palette, without
   * legacy.
   */
  readonly mapping?: 'auto' | 'equalize' | 'found';
  /** In the place of the straight line of positions.ts, which density and offset apply to. */
  readonly curve?: readonly Knot[];
  /**
   * The palette along the count, or along the distance to the set, or one of the nine formulas, which use neither
   * palette, step, density, offset nor interpolation.
   */
  readonly mode: 'palette' | 'distance' | Mode;
  /** Hex colour of samples that never escape, or what of their cycles colours them. Absent: black. */
  readonly interior?: string;
  readonly interpolation: Interpolation;
  /** Bands: entry n mod step of the table for the whole count n. */
  readonly legacy: boolean;
  /** The palette is filtered over the footprints of samples. Only mode palette, without legacy. */
  readonly filter: boolean;
  /** Lightness with a period of its own. Absent: none. Only mode palette, without legacy. */
  readonly wave?: Wave;
  /** Made of the phase of samples. Absent: none. */
  readonly patterns?: WantedPatterns;
  /** Shading by lights from the side. Absent: none. */
  readonly slope?: Slope;
  /** Colours fade towards the set. Absent: they do not. */
  readonly shade?: Shade;
}

/** Patterns as they are asked for: the texture by its file. */
export interface WantedPatterns extends Omit<Patterns, 'texture'> {
  readonly texture?: { readonly spec: string; readonly strength: number };
}

export interface Shade {
  /** Hex colour that they fade to. Absent: black. */
  readonly colour?: string;
  /** Pixels, above 0, at which they are half that colour, in a picture of 720 rows or less. */
  readonly width: number;
  /** 0 to 1. */
  readonly strength: number;
}

export const DEFAULT_COLOURS: Colours = {
  palette: 'Galaxy',
  step: 6000,
  density: 1,
  offset: 0,
  mode: 'palette',
  interpolation: 'oklab',
  legacy: false,
  filter: true,
};

/** Dark lines on white, the interior darker than they: the palette of mode `distance`, unless another is named. */
export const DISTANCE_PALETTE = '#333,#fff';
export const DEFAULT_SHADE: Shade = { width: 0.5, strength: 1 };

/** The table's length that suits bands, where neighbouring entries should differ: the default of `step` with legacy. */
export const LEGACY_STEP = 64;

const RAMP = 2 ** 16 + 1;

/** Whether colouring needs the distance of the samples to the set. */
export function needsDistance({ mode, slope, shade }: Colours): boolean {
  return mode === 'distance' || slope !== undefined || shade !== undefined;
}

/** Whether colours depend on the size of a pixel. */
export function areScaled(colours: Colours): boolean {
  return needsDistance(colours) || colours.interior === 'distance';
}

/** What colouring needs of the samples beside nu. */
export function needsOf(colours: Colours): Extras {
  const { filter, patterns, interior } = colours;
  return {
    ...(needsDistance(colours) ? { distance: true } : {}),
    ...(filter || patterns ? { footprint: true } : {}),
    ...(patterns ? { phase: true } : {}),
    ...(isInteriorKind(interior) ? { cycle: true } : {}),
  };
}

/**
 * `height`: of the picture, in pixels; only mode `distance`, shades and slopes use it. Throws PALETTE_UNKNOWN or
 * PALETTE_INVALID.
 */
export function prepare(colours: Colours, height = 720, levels: Levels = PLAIN): Paint {
  const { mode, slope, shade, patterns } = colours;
  const inside = isInteriorKind(colours.interior) ? colours.interior : undefined;
  const interior = linearOfHex(inside ? '#000' : (colours.interior ?? '#000'), 'the interior');
  const common = {
    ...{ hard: mode === 0, height, levels },
    ...(inside ? { interior: inside } : {}),
    ...(patterns ? { patterns: drawn(patterns) } : {}),
    lights: slope ? lightsOf(slope) : [],
    ...(shade ? { shade: shadeIn(shade, height) } : {}),
  };
  if (mode === 'palette' || mode === 'distance') {
    const { density, offset, palette, step, interpolation } = colours;
    const found = findPalette(palette);
    const table = mode === 'palette' ? closedTable(found, colours) : openTable(found, step, offset, interpolation);
    const kind = mode === 'distance' ? mode : colours.legacy ? 'bands' : 'cycle';
    const curve = colours.curve && kind === 'cycle' ? { curve: curveOf(colours.curve) } : {};
    return { kind, ...inTables(colours, { density, offset }), ...curve, ...common, ...tables(table, interior) };
  }
  const table = new Float64Array(3 * RAMP);
  for (let i = 0; i < RAMP; i++) table.set(linearOf(modeColour(mode, i / (RAMP - 1))), 3 * i);
  return { kind: 'ramp', density: 1, offset: 0, ...common, ...tables(table, interior) };
}

function closedTable(palette: Palette, { step, interpolation, wave }: Colours): Float64Array {
  return wave ? withWave(cycle(palette, stepOf(wave, step), interpolation), wave) : cycle(palette, step, interpolation);
}

/** Numbers in cycles of the palette, in cycles of the table: with a wave it has several of the palette. */
export function inTables<T extends { readonly density: number; readonly offset: number }>(
  { wave }: Pick<Colours, 'wave'>,
  numbers: T,
): T {
  if (!wave) return numbers;
  const { cycles } = repeatOf(wave);
  return { ...numbers, density: numbers.density / cycles, offset: numbers.offset / cycles };
}

/** A paint whose table stays, with the density, the offset and the curve of these colours. */
export function repainted(paint: Paint, colours: Colours): Paint {
  if (paint.kind !== 'cycle') return paint;
  const { density, offset, curve } = colours;
  return { ...paint, ...inTables(colours, { density, offset }), ...(curve ? { curve: curveOf(curve) } : {}) };
}

/** A palette from its first stop to its last, without the way back, from `offset` on. */
function openTable(palette: Palette, step: number, offset: number, interpolation: Interpolation): Float64Array {
  const whole = Math.max(step, Math.round((step - 1) / (lastStop(palette) || 1)));
  const table = cycle(palette, whole, interpolation);
  const first = Math.floor((offset - Math.floor(offset)) * whole);
  return Float64Array.from({ length: 3 * step }, (_, i) => table[(3 * first + i) % table.length] as number);
}

/** With the texture, which was read. */
function drawn({ texture, ...patterns }: WantedPatterns): Patterns {
  return texture ? { ...patterns, texture: { ...textureOf(texture.spec), strength: texture.strength } } : patterns;
}

function shadeIn({ colour = '#000', width, strength }: Shade, height: number): DistanceShade {
  const [red, green, blue] = linearOfHex(colour, 'the shade');
  return { width: widthIn(width, height), strength, red, green, blue };
}

function linearOf([r, g, b]: Triple): Triple {
  return [toLinear(r), toLinear(g), toLinear(b)];
}

function tables(table: Float64Array, interior: Triple): { size: number; linear: Float32Array } {
  const linear = new Float32Array(table.length + 3);
  linear.set(table);
  linear.set(interior, table.length);
  return { size: table.length / 3, linear };
}
