/**
 * A curve from the root of a count, sqrt(nu + 4), to cycles of the palette: straight between knots, and beyond the first and
 * the last one as between those next to them. It replaces the straight line that `fixed` colours have; density and offset
 * apply to its values. Samples look it up in a table of values at even distances.
 */

/** A knot: the root of a count, and cycles there. */
export type Knot = readonly [root: number, cycles: number];

/** Plain data, to be sent. */
export interface Curve {
  /** The root at the first value. */
  readonly first: number;
  /** Values for each 1 of the root, above 0. */
  readonly perRoot: number;
  /** Cycles; at least 2 numbers, and finite. */
  readonly cycles: Float64Array;
}

/** Numbers in the table of a curve. */
export const CURVE_VALUES = 4096;
export const MOST_KNOTS = 256;

/** `knots`: at least two, at roots that rise. */
export function curveOf(knots: readonly Knot[]): Curve {
  const first = (knots[0] as Knot)[0];
  const last = (knots.at(-1) as Knot)[0];
  const step = (last - first) / (CURVE_VALUES - 1);
  const cycles = new Float64Array(CURVE_VALUES);
  for (let i = 0, k = 0; i < CURVE_VALUES; i++) {
    const root = first + i * step;
    while (k < knots.length - 2 && root >= (knots[k + 1] as Knot)[0]) k++;
    cycles[i] = between(knots[k] as Knot, knots[k + 1] as Knot, root);
  }
  return { first, perRoot: (CURVE_VALUES - 1) / (last - first), cycles };
}

/** On the straight line through two knots. */
export function between([a, from]: Knot, [b, to]: Knot, root: number): number {
  return from + ((root - a) * (to - from)) / (b - a);
}

/** The value before a root, as an index of `cycles`: never the last one. */
function valueBefore({ first, perRoot, cycles }: Curve, root: number): number {
  const k = Math.floor((root - first) * perRoot);
  return Math.max(0, Math.min(k, cycles.length - 2));
}

export function cyclesAt(curve: Curve, root: number): number {
  const { first, perRoot, cycles } = curve;
  const k = valueBefore(curve, root);
  const value = cycles[k] as number;
  return value + ((root - first) * perRoot - k) * ((cycles[k + 1] as number) - value);
}

/** Cycles for each 1 of the root. */
export function slopeAt(curve: Curve, root: number): number {
  const k = valueBefore(curve, root);
  return ((curve.cycles[k + 1] as number) - (curve.cycles[k] as number)) * curve.perRoot;
}

/** As flags and pictures have it: "2:0.25 5.5:1.75". `knotsOf` of it gives the same knots. */
export function curveText(knots: readonly Knot[]): string {
  return knots.map(([root, cycles]) => `${root}:${cycles}`).join(' ');
}

/** undefined: it is no curve: two to 256 knots, the roots rising from 0 to 1e9, cycles from -1e9 to 1e9. */
export function knotsOf(text: string): readonly Knot[] | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length < 2 || words.length > MOST_KNOTS) return undefined;
  const knots: Knot[] = [];
  for (const word of words) {
    const [, root, cycles] = /^(\d[\d.e+-]*):(-?[\d.][\d.e+-]*)$/i.exec(word) ?? [];
    const knot = [Number(root), Number(cycles) + 0] as const;
    const before = knots.at(-1)?.[0] ?? -1;
    if (!(knot[0] > before && knot[0] <= 1e9) || !(Math.abs(knot[1]) <= 1e9)) return undefined;
    knots.push(knot);
  }
  return knots;
}
