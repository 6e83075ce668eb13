/** The keyframes of a film as renders of a job: the view of each, what of it is computed, and what the store may have. */

import { type Camera, depthOf } from '../film/camera.js';
import type { KeyframeSamples } from '../film/samples.js';
import { type FilmOrder, ordering } from '../film/showing.js';
import { inTurns } from '../film/turns.js';
import { type Request, viewAt, viewOf } from '../request/request.js';
import { BLOCK } from '../shard/block.js';
import { movedBy } from '../shard/crop.js';
import type { Frame } from '../shard/frame.js';
import type { Rect } from '../shard/shard.js';
import { MAX_SIDE } from '../view/bounds.js';
import { fromLog10 } from '../view/decimal.js';
import type { View } from '../view/view.js';
import type { KeyframeFilm } from './assembly.js';

/** A render of a film's job. */
export interface FilmRender {
  readonly view: View;
  /** What of the view is computed at most, in its pixels: the picture that comes. */
  readonly box: Rect;
  /** What of the view is wanted; absent: all of the box. */
  readonly parts?: readonly Rect[];
  /** The part of the view that an entry of the store has. */
  readonly kept: Rect;
  /** A frame of the film that is about as deep. */
  readonly near: number;
}

export interface KeyframeRenders {
  readonly order: FilmOrder;
  /** In the order of the film. */
  readonly renders: readonly FilmRender[];
}

/** All that workers compute of a view (work/fractal/validate.ts). */
const ALL: Rect = { x: -MAX_SIDE, y: -MAX_SIDE, width: 3 * MAX_SIDE, height: 3 * MAX_SIDE };

/** One sample a pixel of each keyframe. @throws the signal's reason */
export async function keyframeRenders(
  request: Request,
  film: KeyframeFilm,
  signal: AbortSignal,
): Promise<KeyframeRenders> {
  const { path, size, cover, from } = film;
  const order = await inTurns(ordering(cover, path, size), signal);
  const near = nearestFrame(film);
  const renders = order.keyframes.map(({ camera, parts }) => ({
    view: keyframeView(request, camera, film),
    ...{ box: boxAround(parts), parts, kept: ALL, near: from + near(depthOf(camera)) },
  }));
  return { order, renders };
}

/** The samples of a keyframe. `box`: what the picture is of. */
export function samplesOf({ answer }: Frame, { x, y }: Rect): KeyframeSamples {
  if (answer.kind !== 'pieces') throw new TypeError('a keyframe came without its pieces');
  return answer.pieces.map(({ rect, values }) => ({ rect: movedBy(rect, x, y), values }));
}

/** The view of a keyframe. */
function keyframeView(request: Request, { re, im, zoom, rotation }: Camera, { from, cover }: KeyframeFilm): View {
  const { formula, bailout } = viewAt(request, from);
  const { grid, levels } = cover;
  // As deep as the frames that have its samples.
  const shallower = Math.log10(levels.density) + Math.log10(request.height / grid.size.height);
  const view = viewOf(request, { re, im, zoom: shallower === 0 ? zoom : fromLog10(depthOf({ zoom }) - shallower) });
  return { ...view, ...grid.size, formula, bailout, zoom, rotation, sampling: { kind: 'grid', side: 1 } };
}

/** The smallest rectangle of whole blocks: shards are cut between blocks that are counted from the render's corner. */
function boxAround(parts: readonly Rect[]): Rect {
  const x = BLOCK * Math.floor(Math.min(...parts.map((part) => part.x)) / BLOCK);
  const y = BLOCK * Math.floor(Math.min(...parts.map((part) => part.y)) / BLOCK);
  const right = Math.max(...parts.map((part) => part.x + part.width));
  const bottom = Math.max(...parts.map((part) => part.y + part.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Frames that are compared. */
const COMPARED = 256;

/** The frame, of some of a film, whose depth is nearest. */
function nearestFrame({ path }: KeyframeFilm): (depth: number) => number {
  const count = Math.min(path.frames, COMPARED);
  const frames = Array.from({ length: count }, (_, k) => Math.round((k * (path.frames - 1)) / Math.max(1, count - 1)));
  const depths = frames.map((frame) => depthOf(path.at(frame)));
  return (depth) => {
    let best = 0;
    const away = (k: number) => Math.abs((depths[k] as number) - depth);
    for (let k = 1; k < depths.length; k++) if (away(k) < away(best)) best = k;
    return frames[best] as number;
  };
}
