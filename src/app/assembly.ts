/** How the frames of a film are made: each computed by itself, or assembled from keyframes that are computed once. */

import { type Cover, covering, type FilmSize, samplesOf } from '../film/cover.js';
import type { Grid } from '../film/grid.js';
import type { FilmPath } from '../film/path.js';
import { inTurns } from '../film/turns.js';
import { deepestOf, isExtended } from '../kernel/perturbation/reference.js';
import { cameraAt, formulaChanges, legsOf, type Request, viewAt } from '../request/request.js';
import { samplesPerPixel } from '../view/view.js';
import { endsOf } from './method.js';

export interface Assembly {
  /** In order; absent: all frames are computed one by one. */
  readonly stretches?: readonly Stretch[];
  /** Samples of either way; `keyframes` is absent where it cannot be taken. */
  readonly samples: { readonly frames: number; readonly keyframes?: number };
  /** Why it is this way, as the rest of a sentence. */
  readonly why: string;
}

/** Frames that are made in the same way. */
export interface Stretch {
  /** The first frame, and how many there are. */
  readonly from: number;
  readonly frames: number;
  /** Assembled from keyframes; absent: computed one by one. */
  readonly film?: KeyframeFilm;
}

/** Frames to be assembled. */
export interface KeyframeFilm {
  /** The first of them: frame 0 of the path. */
  readonly from: number;
  readonly path: FilmPath;
  readonly size: FilmSize;
  readonly cover: Cover;
}

/** For a film. `grid`: that of kept keyframes. @throws the signal's reason */
export function assemblyOf(request: Request, signal: AbortSignal, grid?: Grid): Promise<Assembly> {
  return inTurns(planned(request, grid), signal);
}

function* planned(request: Request, grid?: Grid): Generator<void, Assembly> {
  const { width, height, film, sampling } = request;
  const each = width * height * samplesPerPixel(sampling);
  const samples = { frames: film.frames * each };
  const hindrance = hindranceOf(request);
  if (hindrance !== undefined) return { samples, why: hindrance };
  const stretches: Stretch[] = [];
  for (const run of yield* runsOf(request)) {
    stretches.push(run.shares ? yield* withKeyframes(request, run, grid) : withoutKeyframes(run));
  }
  if (!stretches.some((one) => one.film)) {
    return { samples, why: 'since its deepest keyframe needs numbers of another range than its frames' };
  }
  const shared = stretches.map(({ film: own, frames }) => (own ? samplesOf(own.cover) : frames * each));
  const keyframes = shared.reduce((sum, one) => sum + one);
  const cheapest = stretches.map((one, k) => ((shared[k] as number) < one.frames * each ? one : withoutKeyframes(one)));
  const fewer = cheapest.some((one) => one.film);
  const auto = film.assembly === 'auto';
  const blurred = film.shutter > 0;
  const why = blurred
    ? 'which --shutter needs'
    : auto
      ? fewer
        ? 'since that takes fewer samples'
        : 'since keyframes take no fewer samples'
      : 'as asked for';
  const chosen = film.assembly === 'keyframes' || blurred ? stretches : auto && fewer ? cheapest : undefined;
  return { ...(chosen ? { stretches: chosen } : {}), samples: { ...samples, keyframes }, why };
}

/** Why a film cannot be assembled from keyframes. */
function hindranceOf({ film, kernel, outfiles }: Request): string | undefined {
  if (film.frames < 2) return 'since it is a still';
  if (kernel === 'gpu' || kernel === 'cpu') return `since the kernel ${kernel} computes whole views`;
  const raw = outfiles.map((name) => /\.(npy|exr)$/i.exec(name)?.[0]).find((found) => found !== undefined);
  if (raw) return `since an ${raw} holds the samples of whole frames`;
  return undefined;
}

/** Runs of frames whose formula and bailout are the same, since only these share samples; neighbouring runs of one frame are one run. */
function* runsOf(request: Request): Generator<void, Run[]> {
  const { frames } = request.film;
  if (!formulaChanges(request)) return [{ from: 0, frames, shares: true }];
  const names: string[] = [];
  for (let frame = 0; frame < frames; frame++) {
    yield;
    const { formula, bailout } = viewAt(request, frame);
    names.push(JSON.stringify({ formula, bailout }));
  }
  const runs: Run[] = [];
  for (let from = 0, to = 1; from < frames; from = to++) {
    while (to < frames && names[to] === names[from]) to++;
    const last = runs.at(-1);
    const shares = to - from > 1;
    if (last && !last.shares && !shares) last.frames++;
    else runs.push({ from, frames: to - from, shares });
  }
  return runs;
}

interface Run {
  readonly from: number;
  frames: number;
  readonly shares: boolean;
}

function* withKeyframes(request: Request, stretch: Stretch, grid: Grid | undefined): Generator<void, Stretch> {
  const { from, frames } = stretch;
  const { width, height, sampling, film } = request;
  const path = pathOf(request, stretch);
  const size = { width, height, samples: samplesPerPixel(sampling), round: film.anyRotation };
  const cover = yield* covering(path, size, grid);
  // Numbers of the orbit are those for its deepest view.
  if (isExtended({ zoom: cover.levels.zoomOf(0) }) && !isExtended(deepestOf(endsOf(request)))) {
    return withoutKeyframes(stretch);
  }
  return { from, frames, film: { from, path, size, cover } };
}

function withoutKeyframes({ from, frames }: Pick<Stretch, 'from' | 'frames'>): Stretch {
  return { from, frames };
}

function pathOf(request: Request, { from, frames }: Pick<Stretch, 'from' | 'frames'>): FilmPath {
  const { film } = request;
  return {
    frames,
    at: (frame) => cameraAt(request, from + frame),
    ...(film.shutter > 0 ? { shutter: { open: film.shutter / 360, size: request, begin: 0, end: frames - 1 } } : {}),
    legs: legsOf(request, from, from + frames - 1),
  };
}

/** The frames of a part of a film, made as they are in the whole of it. `last`: the last of them. */
export function partOf(stretches: readonly Stretch[], first: number, last: number): Stretch[] {
  return stretches.flatMap(({ from, frames, film }) => {
    const begin = Math.max(first, from);
    const count = Math.min(last + 1, from + frames) - begin;
    if (count <= 0) return [];
    if (!film) return [{ from: begin, frames: count }];
    const { path } = film;
    const skipped = begin - from;
    const { shutter } = path;
    const moved = shutter && { ...shutter, begin: shutter.begin - skipped, end: shutter.end - skipped };
    const at = (frame: number) => path.at(skipped + frame);
    const part: FilmPath = { ...path, frames: count, at, ...(moved ? { shutter: moved } : {}) };
    return [{ from: begin, frames: count, film: { ...film, from: begin, path: part } }];
  });
}
