/** Waypoints of a film: the keyframes of a path file (docs/paths.md), and the path that they are, to play it. */

import type { Scene } from '../../src/tiles/protocol.js';
import type { Keyframe } from '../../src/view/path/keyframe.js';
import { type Path, pathOf, withStart } from '../../src/view/path/path.js';
import type { Place } from './engine/engine.js';
import { isCoordinate, isZoom } from './scene.js';

export interface Waypoint {
  readonly id: number;
  readonly place: Place;
  /** Seconds from the waypoint before; of the first one nothing. */
  readonly seconds: string;
}

export const MOST_WAYPOINTS = 100;
export const USUAL_SECONDS = '5';

interface PathFile {
  readonly keyframes: readonly Readonly<Record<string, string | number>>[];
}

/** @throws Error of one line */
export function pathFileOf(waypoints: readonly Waypoint[]): PathFile {
  if (waypoints.length < 2) throw new Error('A path needs two waypoints: add another view.');
  let time = 0;
  const turns = waypoints.some(({ place }) => place.rotation !== 0);
  const keyframes = waypoints.map(({ place, seconds }, k) => {
    if (k > 0) time += secondsOf(seconds, k);
    return {
      time: `${Number(time.toFixed(3))}s`,
      ...{ xpos: place.re, ypos: place.im, zoom: place.zoom },
      ...(turns ? { rotate: place.rotation } : {}),
      // Waypoints are reached softly.
      ease: 'smooth',
    };
  });
  return { keyframes };
}

function secondsOf(text: string, k: number): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 36_000) return seconds;
  throw new Error(`The time to waypoint ${k + 1} is no number of seconds: write one such as 5.`);
}

/** The last place of each film: seconds of it. */
export function lengthOf(waypoints: readonly Waypoint[]): number {
  return waypoints.slice(1).reduce((sum, { seconds }) => sum + (Number(seconds) || 0), 0);
}

export interface Way {
  /** Its times are seconds. */
  readonly path: Path;
  readonly seconds: number;
}

/** As films go along waypoints. @throws Error of one line */
export function wayOf(waypoints: readonly Waypoint[], scene: Scene): Way {
  pathFileOf(waypoints);
  let at = 0;
  const keyframes = waypoints.map(({ place, seconds }, k) => {
    if (k > 0) at += Number(seconds);
    const { re, im, zoom, rotation } = place;
    return { at, centre: { re, im }, zoom, rotation, easing: { kind: 'smooth', amount: 1 } } as const;
  });
  return { path: pathFrom((waypoints[0] as Waypoint).place, keyframes, scene), seconds: at };
}

/** How softly a zoom begins and ends: --ease. */
export const ZOOM_EASE = 0.3;

/** As a film goes that zooms to a place, about its centre, from another zoom and rotation on. */
export function zoomWay(from: Pick<Place, 'zoom' | 'rotation'>, to: Place, scene: Scene, seconds: number): Way {
  const start: Place = { ...to, zoom: from.zoom, rotation: from.rotation };
  const centre = { re: to.re, im: to.im };
  const keyframes: Keyframe[] = [
    { at: 0, centre, ...from, easing: { kind: 'smooth', amount: ZOOM_EASE } },
    { at: seconds, centre, zoom: to.zoom, rotation: to.rotation },
  ];
  return { path: pathFrom(start, keyframes, scene), seconds };
}

function pathFrom({ re, im, zoom, rotation }: Place, keyframes: readonly Keyframe[], scene: Scene): Path {
  const base = { re, im, zoom, rotation, bailout: Number(scene.bailout ?? 65_536), offset: 0, density: 1 };
  return pathOf(withStart(keyframes, base), base);
}

/** Of a path file, such as one that this page wrote. @throws Error of one line */
export function waypointsIn(text: string, firstId: number): readonly Waypoint[] {
  const { keyframes } = JSON.parse(text) as Partial<PathFile>;
  if (!Array.isArray(keyframes)) throw new Error('This file has no keyframes.');
  let [before, time] = [0, 0];
  return keyframes.slice(0, MOST_WAYPOINTS).map((one, k) => {
    const [re, im, zoom] = [String(one.xpos), String(one.ypos), String(one.zoom)];
    const at = Number(String(one.time).replace(/s$/, ''));
    if (!isCoordinate(re) || !isCoordinate(im) || !isZoom(zoom) || !Number.isFinite(at))
      throw new Error(`Keyframe ${k + 1} is not one of this page: it needs time in seconds, xpos, ypos and zoom.`);
    [before, time] = [time, at];
    const place = { re, im, zoom, rotation: Number(one.rotate ?? 0) || 0 };
    return { id: firstId + k, place, seconds: k === 0 ? '' : String(Number((time - before).toFixed(3))) };
  });
}
