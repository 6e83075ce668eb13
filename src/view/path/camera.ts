/**
 * The camera along keyframes: log10 of the zoom follows a monotone curve through the keyframes that give a zoom, and the centre
 * goes from each that is given to the next: straight as place.ts describes, or on a journey.
 *
 * Without being told, the camera takes a journey where the next centre is more than eight heights of the wider view away:
 * the straight way would cross all of them while it shows the narrow view, or within its last octaves.
 */

import { fromLog10 } from '../decimal.js';
import { LINEAR } from './easing.js';
import { type Journey, journeyOf } from './journey.js';
import type { Keyframe } from './keyframe.js';
import { centreBetween, depthOf, distanceLog10, type Place, placeAt, placeAtDepth, rounded } from './place.js';
import { type Section, sectionsOf } from './section.js';
import { type Knot, positionIn, trackOf } from './track.js';

export interface CameraTrack {
  /** The place at a time in frames, fractions too. */
  at(time: number): Place;
  /** log10 of the zoom there. */
  depthAt(time: number): number;
  /** The way from one time to another without times. */
  sections(begin: number, end: number): Section[];
  /** The times at which the way may change. */
  readonly times: readonly number[];
}

/** A keyframe with a zoom; `text`: as it was given. */
interface ZoomKnot extends Knot {
  readonly text: string;
}

/** A keyframe with a centre, and the way to the next one. */
interface Stop extends Pick<Keyframe, 'at' | 'easing'> {
  readonly place: Place;
  readonly journey?: Journey | undefined;
  /** The zoom of the way is that of a straight line between both places. */
  readonly straight?: boolean;
}

const FAR_LOG10 = Math.log10(8 * 4);

/** `base`: what no keyframe gives. */
export function cameraOf(keyframes: readonly Keyframe[], base: Place): CameraTrack {
  const given = keyframes.flatMap(({ at, zoom, easing }) =>
    zoom === undefined ? [] : [{ at, easing, text: zoom, value: depthOf(zoom) }],
  );
  const plain: readonly ZoomKnot[] = given.length > 0 ? given : [{ at: 0, text: base.zoom, value: depthOf(base.zoom) }];
  const stops = stopsOf(keyframes, base, plain);
  const knots = withBreaks(plain, stops);
  const depth = trackOf(knots);

  /** The way at a time, if it is a journey, and how far on it. */
  function way(time: number) {
    const { index, t } = positionIn(stops, time);
    return { from: stops[index] as Stop, to: stops[index + 1], t };
  }
  function depthAt(time: number): number {
    const { from, t } = way(time);
    return from.journey ? from.journey.depthAt(t) : depth(time);
  }
  function at(time: number): Place {
    const { from, to, t } = way(time);
    if (from.journey) return from.journey.at(t);
    if (to && from.straight) return placeAt(from.place, to.place, t);
    const log = rounded(depth(time));
    const zoom = zoomAt(knots, time, log);
    if (to && time > from.at) return { ...placeAtDepth(from.place, to.place, log, t), zoom };
    const { re, im } = from.place;
    return zoom === from.place.zoom ? { re, im, zoom } : { ...centreBetween(from.place, from.place, '0', log), zoom };
  }
  return {
    depthAt,
    at,
    times: [...stops, ...knots].map((one) => one.at),
    sections(begin, end) {
      const { from, to } = way(begin);
      const holds = [from, knots[positionIn(knots, begin).index]].some((one) => one?.easing?.kind === 'hold');
      const last = holds ? justBefore(end) : end;
      const passedAt = (time: number) => (to && time >= to.at ? 1 : way(time).t);
      return sectionsOf({
        begin,
        end: last,
        from: from.place,
        to: to?.place,
        journey: from.journey,
        passedAt,
        depthAt,
        at,
      });
    },
  };
}

/** A time at which a value has not jumped yet: earlier by far less than from one frame to the next. */
export function justBefore(time: number): number {
  return time - Math.max(1, time) * 2 ** -40;
}

/** Whether the straight way between two places shows nothing but a blur. */
export function isFar(from: Place, to: Place): boolean {
  return distanceLog10(from, to) > FAR_LOG10 - Math.min(depthOf(from.zoom), depthOf(to.zoom));
}

function stopsOf(keyframes: readonly Keyframe[], base: Place, knots: readonly ZoomKnot[]): readonly Stop[] {
  const depth = trackOf(knots);
  const centres = keyframes.flatMap(({ centre, at, zoom, easing, journey }) => {
    if (!centre) return [];
    return [{ at, easing, journey, place: { ...centre, zoom: zoom ?? zoomAt(knots, at, rounded(depth(at))) } }];
  });
  if (centres.length === 0) return [{ at: 0, place: { re: base.re, im: base.im, zoom: zoomAt(knots, 0, depth(0)) } }];
  return centres.map(({ at, easing, journey, place }, k): Stop => {
    const next = centres[k + 1];
    const stop = { at, ...(easing ? { easing } : {}), place };
    if (!next) return stop;
    const within = knots.some((one) => one.at > at && one.at < next.at);
    if (!within && (journey ?? isFar(place, next.place))) return { ...stop, journey: journeyOf(place, next.place) };
    return { ...stop, straight: isStraight(knots, at, next.at) };
  });
}

/** Whether a way from one zoom knot to the next is no part of a curve. */
function isStraight(knots: readonly ZoomKnot[], from: number, to: number): boolean {
  const k = knots.findIndex(({ at }) => at === from);
  const [before, own, next, after] = [knots[k - 1], knots[k], knots[k + 1], knots[k + 2]];
  if (!own || next?.at !== to) return false;
  return (
    own.easing !== undefined || ((!before || before.easing !== undefined) && (!after || next.easing !== undefined))
  );
}

/** The zooms where journeys begin and end are knots, and no curve goes through a journey. */
function withBreaks(knots: readonly ZoomKnot[], stops: readonly Stop[]): readonly ZoomKnot[] {
  const all = new Map(knots.map((one) => [one.at, one]));
  for (const [k, { at, place, journey, easing }] of stops.entries()) {
    const ends = stops[k - 1]?.journey !== undefined;
    if (!journey && !ends) continue;
    const own = all.get(at) ?? { at, easing, text: place.zoom, value: depthOf(place.zoom) };
    all.set(at, journey ? { ...own, easing: own.easing ?? LINEAR } : own);
  }
  return [...all.values()].sort((a, b) => a.at - b.at);
}

/** The text of a zoom: as it was given at a keyframe, and where it stays. */
function zoomAt(knots: readonly ZoomKnot[], time: number, log: number): string {
  const { index, t } = positionIn(knots, time);
  const [from, to] = [knots[index] as ZoomKnot, knots[index + 1]];
  return t === 0 || from.text === to?.text ? from.text : t === 1 && to ? to.text : fromLog10(log);
}
