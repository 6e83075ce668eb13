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
import { cellsAround, cellsSeen, cellsUnder, type Footprint, footprint, type Size, touches } from './footprint.js';
import type { Grid } from './grid.js';
import { isSameDepth, type Levels, levelsOf, SAME_DEPTH, STEP } from './levels.js';
import type { FilmPath } from './path.js';

export interface FilmSize extends Size {
  /** A pixel has at least so many samples, at any place of any frame. */
  readonly samples: number;
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

interface DeepCamera {
  readonly camera: Camera;
  /** log10 of its zoom. */
  readonly depth: number;
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
  /** The cells of the draft that it may have something of. */
  readonly near: CellRange;
}

const EVERYWHERE: CellRange = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };

/** Keyframes reach so far to all sides of their centre, in half diagonals of the widest frame that they serve. */
const REACH = 1.2;

/** `kept`: the grid of a film whose samples are kept; absent: the film's own, by its size and its deepest frame. */
export function coverOf(path: FilmPath, size: FilmSize, kept?: Grid): Cover {
  const frames = Array.from({ length: path.frames }, (_, frame) => camerasOf(path, frame))
    .flat()
    .map((camera) => ({ camera, depth: depthOf(camera) }))
    .sort((a, b) => b.depth - a.depth);
  const [deepest, shallowest] = [frames[0]?.depth ?? 0, frames.at(-1)?.depth ?? 0];
  const grid = kept ?? gridOf(frames, path.frames, size);
  const levels = levelsOf({ ...size, deepest }, grid);
  const widest = grid.whole && path.atDepth ? widestFrames(path.atDepth, levels, deepest, shallowest) : [];
  const range = rangeOf(size, grid, widestScale(frames, levels, size.height / grid.size.height));
  const done: Keyframe[] = [];
  /** Of these and no others a cell of the present level may be covered. */
  let drafts: Draft[] = [];

  function draftOf(camera: Camera, depth: number): Draft {
    const level = levels.of(depth);
    const fits = (one: Camera) => contains(range, cellsAround(footprint(camera, one, size, grid.size)));
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
    return { ...camera, zoom: levels.zoomOf(level), rotation: grid.rotation ?? camera.rotation };
  }

  function begin(level: number, camera: Camera): Draft {
    const small = drafts.filter((one) => sideSeenFrom(level, one.level, range) < 1);
    done.push(...small.map(finished));
    drafts = drafts.filter((one) => !small.includes(one));
    const between = (from: Camera, to: Camera) => similarity(from, to, grid.size.height);
    const others = drafts
      .map((one) => {
        // Keyframes of its own level may still grow.
        const near =
          one.level === level ? EVERYWHERE : cellsSeen(one.cells.extent, between(one.camera, camera), grid.size);
        return { cells: one.cells, to: between(camera, one.camera), near };
      })
      .reverse();
    const draft = { level, camera, cells: new Cells(range), others };
    for (const one of drafts) {
      if (one.level === level) {
        one.others.unshift({ cells: draft.cells, to: between(one.camera, camera), near: EVERYWHERE });
      }
    }
    drafts.push(draft);
    return draft;
  }

  for (const { camera, depth } of [...frames, ...widest].sort((a, b) => b.depth - a.depth)) {
    const draft = draftOf(camera, depth);
    want(draft, footprint(camera, draft.camera, size, grid.size), grid.size);
  }
  done.push(...drafts.map(finished));
  return { grid, levels, keyframes: done.filter(({ parts }) => parts.length > 0) };
}

/** `cameras`: the deepest first. */
function gridOf(cameras: readonly DeepCamera[], frames: number, { width, height }: Size): Grid {
  const [deepest, shallowest] = [cameras[0] as DeepCamera, cameras.at(-1) as DeepCamera];
  const whole = (deepest.depth - shallowest.depth) / (frames - 1) < STEP;
  return { size: { width, height }, zoom: deepest.camera.zoom, end: shallowest.camera.zoom, whole };
}

/** Samples that are computed. */
export function samplesOf({ keyframes }: Cover): number {
  return keyframes.reduce((sum, { parts }) => sum + areaOf(parts), 0);
}

/** The cells of a keyframe that a frame needs and no other keyframe has are computed. `view`: size of keyframes. */
function want({ cells, others }: Draft, shown: Footprint, view: Size): void {
  const range = cellsAround(shown);
  const { left, top, right, bottom } = range;
  const { solid } = cells;
  for (let row = top; row < bottom; row++) {
    const within = row >= solid.top && row < solid.bottom;
    if (!within) fillFromDeeper(row);
    for (let column = left; column < right; column++) {
      if (within && column >= solid.left && column < solid.right) column = solid.right;
      if (column >= right || cells.at(column, row) !== 0 || !touches(shown, column, row)) continue;
      const covered = others.some(
        (other) => isNear(other, column, row) && other.cells.hasAll(cellsUnder(column, row, other.to, view)),
      );
      cells.set(column, row, covered ? ELSEWHERE : HERE);
    }
  }
  if (shown.sin === 0) cells.isSolid(range);

  /** Most of a row is in the next deeper keyframe: these cells are not looked at one by one. */
  function fillFromDeeper(row: number): void {
    for (const other of others) {
      const [from, to] = spanOf(other, row, range, view);
      if (from === to) continue;
      cells.fill(row, from, to, ELSEWHERE);
      return;
    }
  }
}

function isNear({ near }: Other, column: number, row: number): boolean {
  return column >= near.left && column < near.right && row >= near.top && row < near.bottom;
}

/** The columns of a row that lie within what another keyframe has everywhere; none where they are turned against each other. */
function spanOf({ cells, to }: Other, row: number, { left, right }: CellRange, view: Size): [from: number, to: number] {
  const none: [number, number] = [left, left];
  const { solid } = cells;
  if (to.sin !== 0 || solid.right === solid.left) return none;
  const under = (column: number) => cellsUnder(column, row, to, view);
  const { top, bottom } = under(left);
  if (top < solid.top || bottom > solid.bottom) return none;
  const from = firstOf(left, right, (column) => under(column).left >= solid.left);
  const end = firstOf(from, right, (column) => under(column).right > solid.right);
  return [from, end];
}

/** The first whole number of [low, high) for which `holds` is true, as it is for all after it; `high`: none. */
function firstOf(low: number, high: number, holds: (k: number) => boolean): number {
  let [from, end] = [low, high];
  while (from < end) {
    const middle = (from + end) >> 1;
    if (holds(middle)) end = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * The widest frame that a level serves, of each level that the film passes through: so that what is computed does not
 * depend on where just these frames lie, and other speeds find all of it.
 */
function widestFrames(atDepth: (depth: number) => Camera, levels: Levels, deepest: number, shallowest: number) {
  const widest: DeepCamera[] = [];
  for (let level = levels.of(deepest); levels.endOf(level) > shallowest - SAME_DEPTH; level++) {
    // Sorted into its level, not into the next one, which begins here.
    widest.push({ camera: atDepth(levels.endOf(level)), depth: levels.endOf(level) + 2 * SAME_DEPTH });
  }
  return widest;
}

/** The most samples of a keyframe along a pixel of a frame that it serves. `ratio`: height of frames to that of keyframes. */
function widestScale(frames: readonly DeepCamera[], levels: Levels, ratio: number): number {
  const usual = levels.density * Math.exp(STEP * Math.LN10);
  const nearer = (depth: number) => Math.exp((levels.depthOf(levels.of(depth)) - depth) * Math.LN10);
  return frames.reduce((most, { depth }) => Math.max(most, nearer(depth) / ratio), usual);
}

/** The cells that a keyframe may have. `scale`: its samples along a pixel of a frame. */
function rangeOf({ width, height }: Size, { size }: Grid, scale: number): CellRange {
  const reach = (REACH * scale * Math.hypot(width, height)) / 2;
  return cellsAround({ x: size.width / 2, y: size.height / 2, reachX: reach, reachY: reach });
}

/** How many cells of a level the longer side of a deeper keyframe is. */
function sideSeenFrom(level: number, deeper: number, { left, top, right, bottom }: CellRange): number {
  return Math.max(right - left, bottom - top) * Math.exp((deeper - level) * STEP * Math.LN10);
}

function finished({ level, camera, cells }: Draft): Keyframe {
  return { level, camera, parts: cells.parts() };
}
