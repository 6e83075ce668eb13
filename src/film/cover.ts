/**
 * Which keyframes a film is assembled from. A keyframe is a view of the film's size at one of the zooms of levels.ts, and the
 * parts of it that are computed, which may lie beyond its edges: it serves frames up to R times as wide.
 *
 * The way of the camera is covered, not its frames, wherever these are not far apart: so films of any speed need the same.
 * It is walked from the deepest place outwards. What it shows is wanted from the coarsest level that is dense enough; what
 * a deeper keyframe has is not computed again. So a zoom gives rings, a pan strips, and a pause, a loop or a way back nothing.
 */

import { areaOf } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import { type Camera, depthOf } from './camera.js';
import { type Draft, draftAmong, isTooSmall, want } from './draft.js';
import { footprint, type Size, type Sizes } from './footprint.js';
import type { Grid } from './grid.js';
import { type Levels, levelsOf } from './levels.js';
import { beyond, cellsOf, hullOf, type Point } from './outline.js';
import type { FilmPath } from './path.js';
import { CELL } from './region.js';
import { atOnce } from './turns.js';
import { extremesOf, framesOf, lengthOf, onTo, type Piece, piecesOf } from './way.js';

export interface FilmSize extends Size {
  /** A pixel has at least so many samples, at any place of any frame. */
  readonly samples: number;
  /** Frames may have any rotation; by default those of the path. */
  readonly round?: boolean;
}

export interface Keyframe {
  /** 0: the deepest. */
  readonly level: number;
  /** Of a view of the grid's size. */
  readonly camera: Camera;
  /** What is computed of it, in pixels of the view, without overlaps. */
  readonly parts: readonly Rect[];
}

export interface Cover {
  readonly grid: Grid;
  readonly levels: Levels;
  /** The deepest first. None is without parts. */
  readonly keyframes: readonly Keyframe[];
}

/** Keyframes reach so far to all sides of their centre, in half diagonals of the widest frame that they serve. */
const REACH = 1.2;
/** Pixels by which a piece of the way may leave the polygon around its ends, which is then wider by some times as much. */
const BEND = 0.25;
const WIDER = 4;
/** Degrees by which frames turn within a piece. */
const TURN = 16;
/** Halvings of a piece, at most. */
const HALVINGS = 40;

/** `kept`: the grid of a film whose samples are kept; absent: the film's own, by its size and its deepest place. */
export function coverOf(path: FilmPath, size: FilmSize, kept?: Grid): Cover {
  return atOnce(covering(path, size, kept));
}

/** The same, in steps. */
export function* covering(path: FilmPath, size: FilmSize, kept?: Grid): Generator<void, Cover> {
  const whole = isWhole(path, kept);
  const shown = whole && path.legs ? path.legs : yield* framesOf(path);
  const legs = kept?.deeper ? [...onTo(extremesOf(shown)[0], kept.deeper), ...shown] : shown;
  const [deepest, shallowest] = extremesOf(legs);
  const grid = kept ?? gridOf(path, deepest, shallowest, { ...size, whole });
  const levels = levelsOf({ ...size, deepest: depthOf(deepest) }, grid);
  const sizes = { size, view: grid.size, round: grid.round ?? false };
  const reach = reachOf(levels, sizes);
  const done: Keyframe[] = [];
  /** Of these and no others a cell of the present level may be covered. */
  let drafts: Draft[] = [];

  for (const piece of piecesOf(legs, levels)) {
    yield;
    const small = drafts.filter((one) => isTooSmall(one, piece.level));
    if (small.length > 0) {
      done.push(...small.map(finished));
      drafts = drafts.filter((one) => !small.includes(one));
    }
    yield* add(piece, 0);
  }
  done.push(...drafts.map(finished));
  return { grid, levels, keyframes: done.filter(({ parts }) => parts.length > 0) };

  /** A piece that bends, turns or reaches too far is halved. */
  function* add(piece: Piece, halvings: number): Generator<void> {
    const { leg, from, to } = piece;
    const ends = [leg.at(from), leg.at(to)] as const;
    const isLast = from === to || halvings === HALVINGS;
    const turned = !sizes.round && Math.abs(ends[0].rotation - ends[1].rotation) > TURN;
    const found = isLast || !turned ? placeFor(piece, ends, isLast) : undefined;
    const bend = !found || from === to ? 0 : bendOf(piece, found);
    if (found && (isLast || bend <= BEND)) {
      want(found.draft, cellsOf(bend > 0 ? hullOf(found.hull, WIDER * bend) : found.hull));
      return;
    }
    yield;
    const middle = (from + to) / 2;
    yield* add({ ...piece, to: middle }, halvings + 1);
    yield* add({ ...piece, from: middle }, halvings + 1);
  }

  /** A keyframe that reaches all of a piece, and what the piece shows of it; `always`: or of some keyframe. */
  function placeFor(piece: Piece, ends: readonly [Camera, Camera], always: boolean): Place | undefined {
    const { level } = piece;
    const shown = (camera: Camera) => {
      const hull = ends.flatMap((one) => footprint(one, camera, sizes));
      return isWithin(hull, grid.size, reach) ? hullOf(hull) : undefined;
    };
    for (const draft of drafts) {
      const hull = draft.level === level ? shown(draft.camera) : undefined;
      if (hull) return { draft, hull };
    }
    for (const place of [usualPlace(piece, levels), ends[0]]) {
      const camera = { ...place, zoom: levels.zoomOf(level), rotation: grid.rotation ?? 0 };
      const hull = shown(camera);
      if (!hull && !(always && place === ends[0])) continue;
      const draft = draftAmong(drafts, level, camera, grid.size);
      drafts.push(draft);
      return { draft, hull: hull ?? hullOf(ends.flatMap((one) => footprint(one, camera, sizes))) };
    }
    return undefined;
  }

  function bendOf({ leg, from, to }: Piece, { draft, hull }: Place): number {
    const between = [0.25, 0.5, 0.75].map((share) => leg.at(from + share * (to - from)));
    return beyond(
      hull,
      between.flatMap((camera) => footprint(camera, draft.camera, sizes)),
    );
  }
}

interface Place {
  readonly draft: Draft;
  readonly hull: readonly Point[];
}

/** Where the way passes the zoom of the level, or is nearest to it: a frame there has the keyframe's own samples. */
function usualPlace({ level, leg, from }: Piece, levels: Levels): Camera {
  const [a, b] = [leg.depthAt(leg.from), leg.depthAt(leg.to)];
  if (a === b) return leg.at(from);
  const depth = Math.min(Math.max(levels.depthOf(level), Math.min(a, b)), Math.max(a, b));
  return leg.at(leg.positionAt(depth));
}

/** Whether frames are so near to one another that all of the way is covered. */
function isWhole(path: FilmPath, kept: Grid | undefined): boolean {
  if (!path.legs) return false;
  const { levels, moves } = lengthOf(path.legs);
  return kept ? kept.whole && moves <= path.frames + levels : levels + moves < path.frames - 1;
}

interface Own extends Size {
  readonly whole: boolean;
  readonly round?: boolean;
}

function gridOf(path: FilmPath, deepest: Camera, shallowest: Camera, { width, height, whole, round }: Own): Grid {
  const { rotation } = path.at(0);
  return {
    ...{ size: { width, height }, zoom: deepest.zoom, end: shallowest.zoom, rotation, whole },
    ...(round ? { round } : {}),
  };
}

/** Samples that are computed. */
export function samplesOf({ keyframes }: Cover): number {
  return keyframes.reduce((sum, { parts }) => sum + areaOf(parts), 0);
}

/** Pixels of a keyframe to all sides of its centre. */
function reachOf(levels: Levels, { size, view }: Sizes): number {
  // Samples along a pixel of the widest frame that a level serves.
  const scale = (10 ** (levels.depthOf(0) - levels.endOf(0)) * view.height) / size.height;
  return (REACH * scale * Math.hypot(size.width, size.height)) / 2 + 2 * CELL;
}

/** Far away rounding may make points NaN: then they are not within. */
function isWithin(points: readonly Point[], { width, height }: Size, reach: number): boolean {
  return points.every(([x, y]) => Math.abs(x - width / 2) <= reach && Math.abs(y - height / 2) <= reach);
}

function finished({ level, camera, here }: Draft): Keyframe {
  return { level, camera, parts: here.parts() };
}
