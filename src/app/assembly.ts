/** How the frames of a film are made: each computed by itself, or assembled from keyframes that are computed once. */

import { depthOf } from '../film/camera.js';
import { type Cover, coverOf, type FilmPath, type FilmSize, samplesOf } from '../film/cover.js';
import { deepestOf, isExtended } from '../kernel/perturbation/reference.js';
import { needsDistance } from '../render/colours.js';
import { placeIn, type Request, viewAt } from '../request/request.js';
import { samplesPerPixel } from '../view/view.js';
import { endsOf } from './method.js';

export interface Assembly {
  /** Absent: frames are computed one by one. */
  readonly film?: KeyframeFilm;
  /** Samples of either way; `keyframes` is absent where it cannot be taken. */
  readonly samples: { readonly frames: number; readonly keyframes?: number };
  /** Why it is this way, as the rest of a sentence. */
  readonly why: string;
}

/** A film to be assembled. */
export interface KeyframeFilm {
  readonly path: FilmPath;
  readonly size: FilmSize;
  readonly cover: Cover;
}

/** For a film. `keepsSamples`: raw samples go to the store, for `recolor`, which asks for whole frames. */
export function assemblyOf(request: Request, { keepsSamples }: { readonly keepsSamples: boolean }): Assembly {
  const { width, height, film, sampling } = request;
  const each = film.frames * width * height * samplesPerPixel(sampling);
  const hindrance = hindranceOf(request, keepsSamples);
  if (hindrance !== undefined) return { samples: { frames: each }, why: hindrance };
  const path = pathOf(request);
  const size = { width, height, samples: samplesPerPixel(sampling) };
  const cover = coverOf(path, size);
  if (isExtended({ zoom: cover.levels.zoomOf(0) }) && !isExtended(deepestOf(endsOf(request)))) {
    return {
      samples: { frames: each },
      why: 'since its deepest keyframe needs numbers of another range than its frames',
    };
  }
  const samples = { frames: each, keyframes: samplesOf(cover) };
  const fewer = samples.keyframes < each;
  const why = film.assembly === 'auto' ? `which has ${fewer ? 'fewer' : 'no more'} samples` : 'as asked for';
  const chosen = film.assembly === 'keyframes' || (film.assembly === 'auto' && fewer);
  return { ...(chosen ? { film: { path, size, cover } } : {}), samples, why };
}

/** Why a film cannot be assembled from keyframes. */
function hindranceOf({ film, colours, kernel, outfiles }: Request, keepsSamples: boolean): string | undefined {
  if (film.frames < 2) return 'since it is a still';
  if (needsDistance(colours)) return 'since slopes and distances depend on the size of a pixel';
  if (kernel === 'gpu' || kernel === 'cpu') return `since the kernel ${kernel} computes whole views`;
  if (keepsSamples) return 'since --keep-samples keeps those of whole frames';
  const raw = outfiles.map((name) => /\.(npy|exr)$/i.exec(name)?.[0]).find((found) => found !== undefined);
  if (raw) return `since an ${raw} holds the samples of whole frames`;
  return undefined;
}

function pathOf(request: Request): FilmPath {
  const { film, rotation } = request;
  const [start, end] = [depthOf(request), depthOf(film.end)];
  return {
    frames: film.frames,
    at(frame) {
      const { re, im, zoom } = viewAt(request, frame);
      return { re, im, zoom, rotation };
    },
    ...(start === end
      ? {}
      : { atDepth: (depth) => ({ ...placeIn(request, (depth - start) / (end - start)), rotation }) }),
  };
}
