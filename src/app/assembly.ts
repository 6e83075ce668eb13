/** How the frames of a film are made: each computed by itself, or assembled from keyframes that are computed once. */

import { depthOf } from '../film/camera.js';
import { type Cover, coverOf, type FilmSize, samplesOf } from '../film/cover.js';
import type { FilmPath } from '../film/path.js';
import { deepestOf, isExtended } from '../kernel/perturbation/reference.js';
import { placeIn, type Request, viewAt } from '../request/request.js';
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

/** For a film. */
export function assemblyOf(request: Request): Assembly {
  const { width, height, film, sampling } = request;
  const each = width * height * samplesPerPixel(sampling);
  const samples = { frames: film.frames * each };
  const hindrance = hindranceOf(request);
  if (hindrance !== undefined) return { samples, why: hindrance };
  const stretches = stretchesOf(request).map((stretch) => withKeyframes(request, stretch));
  if (!stretches.some((one) => one.film)) {
    return { samples, why: 'since its deepest keyframe needs numbers of another range than its frames' };
  }
  const shared = stretches.map(({ film: own, frames }) => (own ? samplesOf(own.cover) : frames * each));
  const keyframes = shared.reduce((sum, one) => sum + one);
  const cheapest = stretches.map((one, k) => ((shared[k] as number) < one.frames * each ? one : withoutKeyframes(one)));
  const fewer = cheapest.some((one) => one.film);
  const auto = film.assembly === 'auto';
  const why = auto ? `which has ${fewer ? 'fewer' : 'no more'} samples` : 'as asked for';
  const chosen = film.assembly === 'keyframes' ? stretches : auto && fewer ? cheapest : undefined;
  return { ...(chosen ? { stretches: chosen } : {}), samples: { ...samples, keyframes }, why };
}

/** Why a film cannot be assembled from keyframes. */
function hindranceOf({ film, kernel, outfile }: Request): string | undefined {
  if (film.frames < 2) return 'since it is a still';
  if (kernel === 'gpu' || kernel === 'cpu') return `since the kernel ${kernel} computes whole views`;
  if (/\.npy$/i.test(outfile)) return 'since an .npy holds the samples of whole frames';
  return undefined;
}

/** Runs of frames whose formula and bailout are the same: only these can share samples. */
function stretchesOf({ film }: Request): Stretch[] {
  return [{ from: 0, frames: film.frames }];
}

function withKeyframes(request: Request, stretch: Stretch): Stretch {
  const { from, frames } = stretch;
  if (frames < 2) return stretch;
  const { width, height, sampling } = request;
  const path = pathOf(request, stretch);
  const size = { width, height, samples: samplesPerPixel(sampling) };
  const cover = coverOf(path, size);
  // Numbers of the orbit are those for its deepest view.
  if (isExtended({ zoom: cover.levels.zoomOf(0) }) && !isExtended(deepestOf(endsOf(request)))) return stretch;
  return { from, frames, film: { from, path, size, cover } };
}

function withoutKeyframes({ from, frames }: Stretch): Stretch {
  return { from, frames };
}

function pathOf(request: Request, { from, frames }: Stretch): FilmPath {
  const { film, rotation } = request;
  const [start, end] = [depthOf(request), depthOf(film.end)];
  return {
    frames,
    at(frame) {
      const { re, im, zoom } = viewAt(request, from + frame);
      return { re, im, zoom, rotation };
    },
    ...(start === end
      ? {}
      : { atDepth: (depth) => ({ ...placeIn(request, (depth - start) / (end - start)), rotation }) }),
  };
}
