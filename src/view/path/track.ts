/**
 * One number along the keyframes that give it. Segments without an easing join into runs, along which the number follows a
 * monotone cubic: it rises and falls only where its keyframes do, passes each of them without a stop, and is exact there.
 *
 *   F. N. Fritsch and R. E. Carlson, Monotone Piecewise Cubic Interpolation, SIAM J. Numer. Anal. 17 (1980)
 *
 * Before its first and behind its last keyframe the number stays.
 */

import { type Easing, eased } from './easing.js';

export interface Knot {
  /** Rising from knot to knot. */
  readonly at: number;
  readonly value: number;
  /** Until the next knot; absent: along the curve. */
  readonly easing?: Easing | undefined;
}

/** A knot, its secant to the next one, and the slopes of the curve at its own side of both ends. */
interface Segment {
  readonly from: Knot;
  readonly to: Knot;
  /** Change a unit of time at both ends; absent: straight. */
  readonly slopes?: readonly [number, number];
}

/** Where in a track a time lies. */
export interface Position {
  /** Index of the knot before; the last one, behind it. */
  readonly index: number;
  /** From that knot to the next, 0 to 1, eased. */
  readonly t: number;
}

/** The segment of a time: of knots that rise, at least one. A knot itself belongs to the segment that it begins. */
export function positionIn(knots: readonly Pick<Knot, 'at' | 'easing'>[], time: number): Position {
  let [low, high] = [0, knots.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((knots[middle] as Knot).at <= time) low = middle;
    else high = middle - 1;
  }
  const [from, to] = [knots[low] as Knot, knots[low + 1]];
  if (!to || time < from.at) return { index: low, t: 0 };
  const t = (time - from.at) / (to.at - from.at);
  return { index: low, t: from.easing ? eased(t, from.easing) : t };
}

/** A function of time. `knots`: at least one. */
export function trackOf(knots: readonly Knot[]): (time: number) => number {
  const segments = segmentsOf(knots);
  return (time) => {
    const { index, t } = positionIn(knots, time);
    const segment = segments[index];
    return segment && t > 0 ? along(segment, t) : (knots[index] as Knot).value;
  };
}

function along({ from, to, slopes }: Segment, t: number): number {
  if (from.value === to.value) return from.value;
  if (!slopes) return from.value + t * (to.value - from.value);
  const width = to.at - from.at;
  const left = 1 - t;
  return (
    from.value * left * left * (1 + 2 * t) +
    to.value * t * t * (1 + 2 * left) +
    width * t * left * (slopes[0] * left - slopes[1] * t)
  );
}

function segmentsOf(knots: readonly Knot[]): Segment[] {
  const secants = knots.slice(1).map((to, k) => secant(knots[k] as Knot, to));
  /** Whether the curve goes on through a knot. */
  const joins = (k: number) => k > 0 && k < secants.length && !knots[k - 1]?.easing && !knots[k]?.easing;
  return secants.map((own, k): Segment => {
    const [from, to] = [knots[k] as Knot, knots[k + 1] as Knot];
    if (!joins(k) && !joins(k + 1)) return { from, to };
    const slope = (end: number) => (joins(end) ? slopeAt(knots, secants, end) : own);
    return { from, to, slopes: [slope(k), slope(k + 1)] };
  });
}

/**
 * The weighted harmonic mean of both secants, 0 where one of them is 0 or they differ in sign: within the region in which the
 * cubic is monotone. F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984).
 */
function slopeAt(knots: readonly Knot[], secants: readonly number[], k: number): number {
  const [before, after] = [secants[k - 1] as number, secants[k] as number];
  if (before === 0 || after === 0 || before > 0 !== after > 0) return 0;
  const [a, b, c] = [knots[k - 1], knots[k], knots[k + 1]] as [Knot, Knot, Knot];
  const [left, right] = [b.at - a.at, c.at - b.at];
  const [one, other] = [2 * right + left, right + 2 * left];
  return (one + other) / (one / before + other / after);
}

function secant(from: Knot, to: Knot): number {
  return (to.value - from.value) / (to.at - from.at);
}
