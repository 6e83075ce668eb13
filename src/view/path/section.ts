/**
 * Parts of the camera's way between keyframes, without their times: the zoom only grows, only shrinks, or stays. A position is
 * log10 of the zoom where this decides the place, else what is passed of the way to the next centre, else the time: so that
 * paths through the same places have the same positions, whatever their speed and easing.
 */

import { fromLog10 } from '../decimal.js';
import type { Journey } from './journey.js';
import { centreBetween, depthOf, type Place, placeAtDepth } from './place.js';

export interface Section {
  readonly from: number;
  readonly to: number;
  at(position: number): Place;
  /** log10 of the zoom. */
  depthAt(position: number): number;
  /** Where it has this depth, which lies between those of its ends. */
  positionAt(depth: number): number;
  timeAt(position: number): number;
  /** The place is one and the same. */
  readonly rests?: true;
}

/** From `begin` to `end`, between which no keyframe lies. */
export interface Stage {
  readonly begin: number;
  readonly end: number;
  /** The last centre, and the next one. */
  readonly from: Place;
  readonly to?: Place | undefined;
  readonly journey?: Journey | undefined;
  /** At a time: what is passed of the way between the centres, 0 to 1. */
  passedAt(time: number): number;
  /** At a time: log10 of the zoom. */
  depthAt(time: number): number;
  /** At a time. */
  at(time: number): Place;
}

/** Zooms that differ by less, in powers of ten, are the same. */
const SAME_DEPTH = 1e-9;

export function sectionsOf(stage: Stage): Section[] {
  const { begin, end, from, to, journey } = stage;
  if (journey) return journeySections(stage, journey);
  const [start, stop] = [stage.depthAt(begin), stage.depthAt(end)];
  const moves = to !== undefined && (to.re !== from.re || to.im !== from.im);
  const level = moves && depthOf(from.zoom) === depthOf(to.zoom);
  if (Math.abs(stop - start) > SAME_DEPTH) {
    if (level) return [{ ...byTime(stage), positionAt: inverse(begin, end, stage.depthAt) }];
    return [byDepth(stage, start, stop)];
  }
  if (!level) return [{ ...byTime({ ...stage, depthAt: () => start }), rests: true }];
  const zoom = stage.at(begin).zoom;
  const [first, last] = [stage.passedAt(begin), stage.passedAt(end)];
  const timeAt = inverse(begin, end, stage.passedAt);
  const at = (passed: number) => ({ ...placeAtDepth(from, to, start, passed), zoom });
  return [{ from: first, to: last, at, timeAt, depthAt: () => start, positionAt: () => first }];
}

function byTime({ begin, end, at, depthAt }: Stage): Section {
  return { from: begin, to: end, at, depthAt, positionAt: () => begin, timeAt: (time) => time };
}

function byDepth({ begin, end, from, to, depthAt, at }: Stage, start: number, stop: number): Section {
  const [first, last] = [at(begin), at(end)];
  return {
    from: start,
    to: stop,
    at(depth) {
      if (depth === start || depth === stop) return depth === start ? first : last;
      // The time only decides between places that are not passed here.
      const centre = to ? placeAtDepth(from, to, depth, 0.5) : centreBetween(from, from, '0', depth);
      return { ...centre, zoom: fromLog10(depth) };
    },
    depthAt: (depth) => depth,
    positionAt: (depth) => depth,
    timeAt: inverse(begin, end, depthAt),
  };
}

/** Outwards, and inwards again. */
function journeySections({ begin, end, passedAt }: Stage, { at, depthAt, top }: Journey): Section[] {
  const [first, last] = [passedAt(begin), passedAt(end)];
  const bounds = [first, ...(top > first && top < last ? [top] : []), last];
  const timeAt = inverse(begin, end, passedAt);
  return bounds.slice(1).map((to, k) => {
    const from = bounds[k] as number;
    return { from, to, at, depthAt, timeAt, positionAt: inverse(from, to, depthAt) };
  });
}

/** Of a function that only grows or only shrinks from `from` to `to`. */
function inverse(from: number, to: number, of: (x: number) => number): (value: number) => number {
  return (value) => {
    const grows = of(to) >= of(from);
    let [low, high] = [from, to];
    for (let middle = (low + high) / 2; middle !== low && middle !== high; middle = (low + high) / 2) {
      if (of(middle) < value === grows) low = middle;
      else high = middle;
    }
    return high;
  };
}
