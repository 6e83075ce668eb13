/** What the shader is told of colours: the table of the palette, with the numbers that the scene says or that were found. */

import type { FoundColours, Scene } from '../../../src/tiles/protocol.js';
import type { Knots, PaletteTable } from './palette-table.js';
import { areFound, isFiltered, isFlipped } from './scene.js';

export interface Paint {
  readonly table: PaletteTable;
  /** In cycles of the table. */
  readonly density: number;
  readonly offset: number;
  readonly curve?: Curve;
  readonly flip: boolean;
  /** Colours are means of the palette over footprints. */
  readonly filter: boolean;
  /** The limit of counts, for colours along their share of it. */
  readonly iterations: number;
  /** Of the formula, for patterns of the phase. */
  readonly escape: Escape;
}

/** A curve as a table, as render/curve.ts has it. */
export interface Curve {
  readonly first: number;
  readonly perRoot: number;
  readonly cycles: Float64Array;
}

/** As render/escape.ts has it. */
export interface Escape {
  readonly step: 'holomorphic' | 'burning-ship' | 'tricorn';
  readonly power: number;
  readonly beyond: number;
  readonly turn: number;
}

/** Colours that were found, and the scene for which. */
export interface FoundFor {
  readonly colours: FoundColours;
  readonly scene: Scene;
}

export function paintOf(scene: Scene, table: PaletteTable, found: FoundFor | undefined, iterations: number): Paint {
  const { density, offset, curve } = mappingOf(scene, table, found);
  return {
    ...{ table, density: density / table.cycles, offset: offset / table.cycles },
    ...(curve ? { curve: curveOf(curve) } : {}),
    ...{ flip: isFlipped(scene), filter: isFiltered(scene), iterations, escape: escapeOf(scene) },
  };
}

interface Mapping {
  /** In cycles of the palette. */
  readonly density: number;
  readonly offset: number;
  readonly curve?: Knots;
}

function mappingOf(scene: Scene, table: PaletteTable, found: FoundFor | undefined): Mapping {
  const given = { density: numberIn(scene, 'density', 1), offset: numberIn(scene, 'offset', 0) };
  if (table.kind === 'distance') return { density: table.density * table.cycles, offset: table.offset * table.cycles };
  if (areFound(scene)) {
    if (!found) return given;
    const { colours } = found;
    // Found for other wishes: until new ones are found, they are changed as the wishes were.
    const density = (colours.density * given.density) / numberIn(found.scene, 'density', 1);
    const offset = colours.offset + given.offset - numberIn(found.scene, 'offset', 0);
    return { density, offset, ...(colours.curve ? { curve: colours.curve } : {}) };
  }
  const curve = knotsOf(scene['color-curve']);
  return curve ? { ...given, curve } : given;
}

function numberIn(scene: Scene, flag: string, usual: number): number {
  const value = Number(scene[flag] ?? usual);
  return Number.isFinite(value) ? value : usual;
}

/** "2:0.25 5.5:1.75" */
function knotsOf(text: string | undefined): Knots | undefined {
  const knots = (text ?? '')
    .trim()
    .split(/\s+/)
    .map((word) => word.split(':').map(Number) as [number, number]);
  const rises = knots.every(([root, cycles], k) => Number.isFinite(cycles) && root > (knots[k - 1]?.[0] ?? -1));
  return knots.length >= 2 && rises ? knots : undefined;
}

const CURVE_VALUES = 4096;

function curveOf(knots: Knots): Curve {
  const at = (k: number) => knots[k] as readonly [number, number];
  const first = at(0)[0];
  const step = (at(knots.length - 1)[0] - first) / (CURVE_VALUES - 1);
  const cycles = new Float64Array(CURVE_VALUES);
  for (let i = 0, k = 0; i < CURVE_VALUES; i++) {
    const root = first + i * step;
    while (k < knots.length - 2 && root >= at(k + 1)[0]) k++;
    const [[a, from], [b, to]] = [at(k), at(k + 1)];
    cycles[i] = from + ((root - a) * (to - from)) / (b - a);
  }
  return { first, perRoot: 1 / step, cycles };
}

/** A width of a footprint in nu is so much of the bound of |grad nu|: render/escape.ts. */
const OF_BOUND = 0.75;

function escapeOf(scene: Scene): Escape {
  const { formula = 'mandelbrot' } = scene;
  const step = formula === 'burning-ship' || formula === 'tricorn' ? formula : 'holomorphic';
  const power = Math.max(2, numberIn(scene, 'power', formula === 'multibrot' ? 3 : 2));
  const bailout = Math.max(2, numberIn(scene, 'bailout', 65_536));
  const beyond = 1 + Math.log2(Math.log2(bailout)) / Math.log2(power);
  return { step, power, beyond, turn: (Math.log(bailout) * Math.log(power)) / (2 * Math.PI * OF_BOUND) };
}
