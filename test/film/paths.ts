/** Paths of films for tests. */

import { type Camera, depthOf } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import { timeOf } from '../../src/view/path/easing.js';
import { type Place, placeAt } from '../../src/view/path/place.js';

/** A place with detail at every depth to 1e14: kf-1e14 of test/golden. */
export const DEEP = {
  re: '-1.759817130804847813610825010561798238244',
  im: '-0.01259331079974986538374663184326485845034',
} as const;
/** Filaments and minibrots around 2e3. */
export const SHALLOW = { re: '-0.7436438870371587', im: '0.13182590420531197' } as const;

/** As a request's film. */
export function zoomPath(from: Place, to: Place, frames: number, ease = 0): FilmPath {
  const [start, end] = [depthOf(from), depthOf(to)];
  return {
    frames,
    at: (frame) => ({ ...placeAt(from, to, timeOf(frame, frames, ease)), rotation: 0 }),
    ...(start === end
      ? {}
      : { atDepth: (depth: number) => ({ ...placeAt(from, to, (depth - start) / (end - start)), rotation: 0 }) }),
  };
}

/** Any cameras, one after another. */
export function listedPath(cameras: readonly Camera[]): FilmPath {
  return { frames: cameras.length, at: (frame) => cameras[frame] as Camera };
}
