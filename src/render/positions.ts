/** Samples to positions in the table of a paint; its last entry is the interior's. */

import { type Curve, cyclesAt } from './curve.js';

/** A table of colours, and how samples become positions in it: see Paint. */
export interface Table {
  /** Entries of the table before the last one, which is the interior's. */
  readonly size: number;
  readonly density: number;
  readonly offset: number;
  /** Cycles by the root of the count, to which density and offset apply; absent: (root - 2) / 3. */
  readonly curve?: Curve;
  readonly hard: boolean;
  /** Pixels of the picture from top to bottom: the scale of distances. */
  readonly height: number;
  /** Linear light, 3 * (size + 1). */
  readonly linear: Float32Array;
}

/**
 * The position of a sample along the cycle, in cycles: (sqrt(nu + 4) - 2) / 3. Counts are below ten in a view of the whole
 * set and grow by thousands with depth, their spread by about the square root, so a picture has a few cycles at any depth.
 * The 4 keeps it smooth where nu < 0, outside of the circle of radius 2.
 */
const SHIFT = 4;
const SPEED = 1 / 3;

/**
 * The numbers of a cycle: with the root sqrt(nu + shift), 0 where there is none, the position of nu is start + speed * root,
 * or with a curve start + speed * (cycles at the root).
 */
export interface Cycle {
  readonly start: number;
  readonly speed: number;
  readonly shift: number;
  readonly curve: Curve | undefined;
}

export function cycleOf({ density, offset, curve }: Pick<Table, 'density' | 'offset' | 'curve'>): Cycle {
  if (curve) return { start: offset, speed: density, shift: SHIFT, curve };
  const speed = density * SPEED;
  return { start: offset - speed * 2, speed, shift: SHIFT, curve: undefined };
}

export function onCycle(nu: Float64Array, table: Table, indices: Int32Array): void {
  const { size } = table;
  const { start, speed, shift, curve } = cycleOf(table);
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    const root = Math.sqrt(v > -shift ? v + shift : 0);
    const position = start + speed * (curve ? cyclesAt(curve, root) : root);
    const k = ((position - Math.floor(position)) * size) | 0;
    indices[i] = v === Infinity ? size : k < size ? k : 0;
  }
}

export function onBands(nu: Float64Array, { size, density, offset }: Table, indices: Int32Array): void {
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    const position = Math.floor(Math.floor(v) * density + offset * size);
    indices[i] = v === Infinity ? size : position - size * Math.floor(position / size);
  }
}

export function onRamp(nu: Float64Array, { size, hard }: Table, iterations: number, positions: Float64Array): void {
  const last = size - 1;
  for (let i = 0; i < nu.length; i++) {
    const v = nu[i] as number;
    const t = v / iterations;
    const position = t > 0 ? (t < 1 ? t * last : last) : 0;
    positions[i] = v === Infinity ? size : hard ? last : position;
  }
}

/** Half the width of a line, in pixels of a picture of LINE_ROWS rows; larger pictures get wider lines. */
const LINE = 0.125;
const LINE_ROWS = 720;

export function onDistance(nu: Float64Array, vectors: Float64Array, table: Table, indices: Int32Array): void {
  const { size, density, height } = table;
  const scale = density / (LINE * Math.max(1, height / LINE_ROWS));
  for (let i = 0; i < nu.length; i++) {
    const right = vectors[2 * i] as number;
    const up = vectors[2 * i + 1] as number;
    const x = Math.sqrt(scale * Math.sqrt(right * right + up * up));
    const k = ((1 - 1 / (1 + x)) * size) | 0;
    indices[i] = nu[i] === Infinity ? size : k < size ? k : size - 1;
  }
}
