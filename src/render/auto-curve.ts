/**
 * Curves of colours (curve.ts) from what views show, those of a film at several times. A place has the same colour in all
 * frames, so nothing flickers; the slope of the curve at the counts of a depth is what suits the views there.
 */

import { speedFor, startFor } from './auto-colours.js';
import { type Curve, curveOf, cyclesAt, type Knot } from './curve.js';
import type { Table } from './positions.js';
import { quantile, range, type Seen } from './seen.js';

/** What is seen at a time of the film. */
export interface SeenAt extends Seen {
  readonly seconds: number;
}

type Colours = Pick<Table, 'size' | 'linear'>;

/** The median of what a film shows moves along the palette by at most so many cycles a second. */
export const MOST_A_SECOND = 0.4;

/** `--colors auto` of a film. `views`: in the order of their times, at least one; at most 250. */
export function filmCurve(views: readonly SeenAt[], palette: Colours): readonly Knot[] {
  const speeds = views.map(speedFor);
  const speedAt = (root: number) => {
    let [sum, weights] = [0, 0];
    for (const [k, view] of views.entries()) {
      const weight = Math.max(0, 1 - Math.abs(root - median(view)) / range(view, 0.9));
      sum += weight * (speeds[k] as number);
      weights += weight;
    }
    return sum / weights;
  };
  const medians = distinct(views.map(median));
  const ends = views.map(({ roots }) => [quantile(roots, 0.05), quantile(roots, 0.95)] as const);
  const least = Math.min(...ends.map(([low]) => low));
  const most = Math.max(...ends.map(([, high]) => high));
  const roots = [least, ...medians, most];
  const slopes = [
    speeds[ends.findIndex(([low]) => low === least)] as number,
    ...medians.map(speedAt),
    speeds[ends.findIndex(([, high]) => high === most)] as number,
  ];
  let cycles = 0;
  const knots = roots.map((root, k): Knot => {
    if (k > 0) cycles += ((root - (roots[k - 1] as number)) * ((slopes[k - 1] as number) + (slopes[k] as number))) / 2;
    return [root, cycles];
  });
  return started(limited(knots, views), views, palette);
}

/** Knots of an equalized curve; and the share of all samples that lies beyond the first one, and beyond the last one. */
const EQUAL_KNOTS = 129;
const BEYOND = 0.002;
/** Samples of each view that count. */
const COUNTED = 512;

/**
 * `--equalize`: as many samples of each colour, over all views together. The middle nine tenths of a view have nine tenths of
 * a cycle, in the mean of the views. `views`: as for filmCurve.
 */
export function equalCurve(views: readonly SeenAt[]): readonly Knot[] {
  const counted = views.flatMap(({ roots }) =>
    Array.from({ length: COUNTED }, (_, k) => quantile(roots, (k + 0.5) / COUNTED)),
  );
  const all = Float64Array.from(counted).sort();
  const knots: Knot[] = [];
  for (let k = 0; k < EQUAL_KNOTS; k++) {
    const share = BEYOND + (k * (1 - 2 * BEYOND)) / (EQUAL_KNOTS - 1);
    const root = quantile(all, share);
    if (root > (knots.at(-1)?.[0] ?? -1)) knots.push([root, share]);
  }
  const curve = curveOf(knots);
  const wide = views.map(
    ({ roots }) => cyclesAt(curve, quantile(roots, 0.95)) - cyclesAt(curve, quantile(roots, 0.05)),
  );
  const times = (0.9 * views.length) / wide.reduce((sum, one) => sum + one);
  const spread = knots.map(([root, share]): Knot => [root, share * times]);
  // All colours are as frequent wherever it starts: the least counts have the first colour.
  return rounded(limited(spread, views), 0);
}

function median({ roots }: Seen): number {
  return quantile(roots, 0.5);
}

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** The same with rises no steeper than MOST_A_SECOND allows. */
function limited(knots: readonly Knot[], views: readonly SeenAt[]): Knot[] {
  const passed = views.slice(1).map((view, k) => {
    const before = views[k] as SeenAt;
    const [from, to] = [median(before), median(view)];
    const steepest = (MOST_A_SECOND * (view.seconds - before.seconds)) / Math.abs(to - from);
    return { from: Math.min(from, to), to: Math.max(from, to), steepest };
  });
  let cycles = 0;
  return knots.map(([root, value], k): Knot => {
    const [left, below] = knots[k - 1] ?? [root, value];
    const within = passed.filter(({ from, to }) => from < root && to > left).map(({ steepest }) => steepest);
    cycles += Math.min(value - below, ...within.map((steepest) => (root - left) * steepest));
    return [root, cycles];
  });
}

/** The same, moved to where the palette starts best. */
function started(knots: readonly Knot[], views: readonly Seen[], palette: Colours): readonly Knot[] {
  const curve: Curve = curveOf(knots);
  const start = startFor(
    views.map(({ roots }) => roots.map((root) => cyclesAt(curve, root))),
    palette,
  );
  return rounded(knots, start);
}

/** The same, `start` cycles on; with few digits, as a flag has it. */
function rounded(knots: readonly Knot[], start: number): readonly Knot[] {
  const short: Knot[] = [];
  for (const [root, cycles] of knots) {
    const knot = [Number(root.toPrecision(10)), Number((cycles + start).toFixed(5))] as const;
    if (knot[0] > (short.at(-1)?.[0] ?? -1)) short.push(knot);
  }
  return short;
}
