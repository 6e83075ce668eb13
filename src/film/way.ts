/** The way of a film in pieces that one level serves each, the same for films of any speed. */

import { pathOf, withStart } from '../view/path/path.js';
import { distanceLog10 } from '../view/path/place.js';
import { type Camera, depthOf } from './camera.js';
import { camerasOf } from './exposure.js';
import { type Levels, SAME_DEPTH, STEP } from './levels.js';
import type { FilmPath, Leg } from './path.js';

/** Part of a leg, or one camera. */
export interface Piece {
  readonly level: number;
  readonly leg: Leg;
  /** The deeper end, and the other one. */
  readonly from: number;
  readonly to: number;
}

/** Each camera of the frames, the deepest first. */
export function* framesOf(path: FilmPath): Generator<void, Leg[]> {
  const points: Leg[] = [];
  for (let frame = 0; frame < path.frames; frame++) {
    yield;
    points.push(...camerasOf(path, frame).map(pointOf));
  }
  return points.sort((a, b) => b.depthAt(0) - a.depthAt(0));
}

function pointOf(camera: Camera): Leg {
  const depth = depthOf(camera);
  return { from: 0, to: 0, at: () => camera, depthAt: () => depth, positionAt: () => 0 };
}

/** On from a place to a deeper zoom, around the same centre. */
export function onTo({ re, im, zoom, rotation, deformation }: Camera, deeper: string): Leg[] {
  const base = { re, im, zoom, rotation, ...(deformation ? { deformation } : {}), bailout: 0, offset: 0, density: 1 };
  const way = withStart([{ at: 1, centre: { re, im }, zoom: deeper }], base);
  return pathOf(way, base).legs(0, 1);
}

/** The ends of a leg: the deeper one, and the other one. */
function endsOf({ from, to, depthAt }: Leg): [deep: number, shallow: number] {
  return depthAt(from) >= depthAt(to) ? [from, to] : [to, from];
}

/** The deepest and the shallowest camera. */
export function extremesOf(legs: readonly Leg[]): [deepest: Camera, shallowest: Camera] {
  const ends = legs.flatMap((leg) => [leg.from, leg.to].map((at) => ({ leg, at, depth: leg.depthAt(at) })));
  const deepest = ends.reduce((a, b) => (b.depth > a.depth ? b : a));
  const shallowest = ends.reduce((a, b) => (b.depth < a.depth ? b : a));
  return [deepest.leg.at(deepest.at), shallowest.leg.at(shallowest.at)];
}

/** Pieces by levels, the deepest first. */
export function piecesOf(legs: readonly Leg[], levels: Levels): Piece[] {
  return legs.flatMap((leg) => [...parts(leg, levels)]).sort((a, b) => a.level - b.level);
}

function* parts(leg: Leg, levels: Levels): Generator<Piece> {
  const [deep, shallow] = endsOf(leg);
  let [level, from] = [levels.of(leg.depthAt(deep)), deep];
  // Filters reach farther in a frame where the next level begins than in the widest one of the level before: both are covered.
  const end = leg.depthAt(shallow);
  for (; levels.endOf(level) > end - SAME_DEPTH && leg.from !== leg.to; level++) {
    const to = levels.endOf(level) > end ? leg.positionAt(levels.endOf(level)) : shallow;
    yield { level, leg, from, to };
    from = to;
  }
  yield { level, leg, from, to: shallow };
}

/** The zoom from which on the way to a deepest place stays at its centre. */
export function restsFrom(legs: readonly Leg[], { re, im, zoom }: Camera): string {
  const depth = depthOf({ zoom });
  const last = legs.find((leg) => {
    const [deep, shallow] = endsOf(leg);
    const begin = leg.at(shallow);
    return leg.depthAt(deep) === depth && begin.re === re && begin.im === im;
  });
  return last ? last.at(endsOf(last)[1]).zoom : zoom;
}

export interface WayLength {
  /** Levels that are passed. */
  readonly levels: number;
  /** Heights of the view, or eighths of a turn, that it moves meanwhile; about. */
  readonly moves: number;
}

export function lengthOf(legs: readonly Leg[]): WayLength {
  let [levels, moves] = [0, 0];
  for (const leg of legs) {
    const [deep, shallow] = endsOf(leg);
    const [a, b] = [leg.at(deep), leg.at(shallow)];
    const depth = leg.depthAt(deep) - leg.depthAt(shallow);
    levels += depth / STEP;
    const heights = 10 ** (distanceLog10(a, b) + leg.depthAt(shallow)) / 4;
    moves += heights * Math.max(1, depth * Math.LN10) + Math.abs(a.rotation - b.rotation) / 45;
  }
  return { levels, moves };
}
