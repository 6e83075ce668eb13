/**
 * Which keyframes a film is assembled from. A keyframe is the view of the film at one of the zooms of levels.ts, and the
 * parts of it that are computed, which may lie beyond its edges: it serves frames up to R times as wide.
 *
 * The walk goes from the deepest frame outwards. What a frame shows is wanted from the coarsest level that is dense
 * enough for it; what a deeper keyframe has is not computed again. So a zoom gives rings, a pan strips, and a pause, a
 * loop or a way back nothing.
 */

import { areaOf } from '../shard/missing.js';
import type { Rect } from '../shard/shard.js';
import { type Camera, depthOf, type Similarity, similarity } from './camera.js';
import { type CellRange, Cells, contains, ELSEWHERE, HERE } from './cells.js';
import { camerasOf } from './exposure.js';
import { cellsAround, cellsUnder, type Footprint, footprint, type Size, touches } from './footprint.js';
import { isSameDepth, type Levels, levelsOf, SAME_DEPTH, STEP } from './levels.js';
import type { FilmPath } from './path.js';

export interface FilmSize extends Size {
  /** A pixel has at least so many samples, at any place of any frame. */
  readonly samples: number;
}

export interface Keyframe {
  /** 0: the deepest. */
  readonly level: number;
  /** Of a view of the film's width and height. */
  readonly camera: Camera;
  /** What is computed of it, in pixels of the view, without overlaps. */
  readonly parts: readonly Rect[];
}

export interface Cover {
  readonly levels: Levels;
  /** The deepest first. None is without parts. */
  readonly keyframes: readonly Keyframe[];
}

/** A keyframe while the cover is made. */
interface Draft {
  readonly level: number;
  readonly camera: Camera;
  readonly cells: Cells;
  /** Deeper keyframes, and others of the level, the nearest level first. */
  readonly others: Other[];
}

interface Other {
  readonly cells: Cells;
  /** From pixels of the draft. */
  readonly to: Similarity;
}

/** Keyframes reach so far to all sides of their centre, in sizes of the narrowest frame that they serve. */
const REACH = 1.5;

export function coverOf(path: FilmPath, size: FilmSize): Cover {
  const frames = Array.from({ length: path.frames }, (_, frame) => camerasOf(path, frame))
    .flat()
    .map((camera) => ({ camera, depth: depthOf(camera) }))
    .sort((a, b) => b.depth - a.depth);
  const [deepest, shallowest] = [frames[0]?.depth ?? 0, frames.at(-1)?.depth ?? 0];
  const levels = levelsOf(size.samples, frames[0]?.camera.zoom ?? '1');
  const slow = (deepest - shallowest) / (path.frames - 1) < STEP;
  const widest = slow && path.atDepth ? widestFrames(path.atDepth, levels, deepest, shallowest) : [];
  const range = rangeOf(size, levels.density);
  const done: Keyframe[] = [];
  /** Of these and no others a cell of the present level may be covered. */
  let drafts: Draft[] = [];

  function draftOf(camera: Camera, depth: number): Draft {
    const level = levels.of(depth);
    const fits = (one: Camera) => contains(range, cellsAround(footprint(camera, one, size)));
    const siblings = drafts.filter((one) => one.level === level);
    const serving = siblings.find((one) => fits(one.camera));
    if (serving) return serving;
    const own = levels.depthOf(level);
    const within = own < deepest && own > shallowest && !isSameDepth(own, depth);
    const usual = siblings.length === 0 && within ? path.atDepth?.(own) : undefined;
    const chosen = usual && fits(atLevel(usual, level)) ? usual : camera;
    return begin(level, atLevel(chosen, level));
  }

  function atLevel(camera: Camera, level: number): Camera {
    return isSameDepth(depthOf(camera), levels.depthOf(level)) ? camera : { ...camera, zoom: levels.zoomOf(level) };
  }

  function begin(level: number, camera: Camera): Draft {
    const small = drafts.filter((one) => sideSeenFrom(level, one.level, range) < 1);
    done.push(...small.map(finished));
    drafts = drafts.filter((one) => !small.includes(one));
    const between = (from: Camera, to: Camera) => similarity(from, to, size.height);
    const others = drafts.map((one) => ({ cells: one.cells, to: between(camera, one.camera) })).reverse();
    const draft = { level, camera, cells: new Cells(range), others };
    for (const one of drafts) {
      if (one.level === level) one.others.unshift({ cells: draft.cells, to: between(one.camera, camera) });
    }
    drafts.push(draft);
    return draft;
  }

  for (const { camera, depth } of [...frames, ...widest].sort((a, b) => b.depth - a.depth)) {
    const draft = draftOf(camera, depth);
    want(draft, footprint(camera, draft.camera, size), size);
  }
  done.push(...drafts.map(finished));
  return { levels, keyframes: done.filter(({ parts }) => parts.length > 0) };
}

/** Samples that are computed. */
export function samplesOf({ keyframes }: Cover): number {
  return keyframes.reduce((sum, { parts }) => sum + areaOf(parts), 0);
}

/** The cells of a keyframe that a frame needs and no other keyframe has are computed. */
function want({ cells, others }: Draft, shown: Footprint, size: Size): void {
  const { left, top, right, bottom } = cellsAround(shown);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      if (cells.at(column, row) !== 0 || !touches(shown, column, row)) continue;
      const covered = others.some((other) => other.cells.hasAll(cellsUnder(column, row, other.to, size)));
      cells.set(column, row, covered ? ELSEWHERE : HERE);
    }
  }
}

/**
 * The widest frame that a level serves, of each level that the film passes through: so that what is computed does not
 * depend on where just these frames lie, and other speeds find all of it.
 */
function widestFrames(atDepth: (depth: number) => Camera, levels: Levels, deepest: number, shallowest: number) {
  const widest: { camera: Camera; depth: number }[] = [];
  for (let level = levels.of(deepest); levels.endOf(level) > shallowest; level++) {
    // Sorted into its level, not into the next one, which begins here.
    widest.push({ camera: atDepth(levels.endOf(level)), depth: levels.endOf(level) + 2 * SAME_DEPTH });
  }
  return widest;
}

/** The cells that a keyframe may have. */
export function rangeOf({ width, height }: Size, density: number): CellRange {
  const reach = REACH * density;
  return cellsAround({ x: width / 2, y: height / 2, reachX: reach * width, reachY: reach * height });
}

/** How many cells of a level the longer side of a deeper keyframe is. */
function sideSeenFrom(level: number, deeper: number, { left, top, right, bottom }: CellRange): number {
  return Math.max(right - left, bottom - top) * Math.exp((deeper - level) * STEP * Math.LN10);
}

function finished({ level, camera, cells }: Draft): Keyframe {
  return { level, camera, parts: cells.parts() };
}
