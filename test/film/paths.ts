/** Paths of films for tests. */

import type { Camera } from '../../src/film/camera.js';
import type { FilmPath } from '../../src/film/path.js';
import type { Keyframe } from '../../src/view/path/keyframe.js';
import { pathOf, withStart } from '../../src/view/path/path.js';
import type { Place } from '../../src/view/path/place.js';

/** A place with detail at every depth to 1e14: kf-1e14 of test/golden. */
export const DEEP = {
  re: '-1.759817130804847813610825010561798238244',
  im: '-0.01259331079974986538374663184326485845034',
} as const;
/** Filaments and minibrots around 2e3. */
export const SHALLOW = { re: '-0.7436438870371587', im: '0.13182590420531197' } as const;

/** As a request's film. */
export function zoomPath(from: Place, to: Place, frames: number, ease = 0): FilmPath {
  const end = { re: to.re, im: to.im };
  const easing = { kind: 'smooth', amount: ease } as const;
  return keyframePath(
    [
      { at: 0, easing, journey: false },
      { at: frames - 1, centre: end, zoom: to.zoom },
    ],
    from,
    frames,
  );
}

/** `start`: what the first keyframe leaves out. */
export function keyframePath(keyframes: readonly Keyframe[], start: Place, frames: number): FilmPath {
  const base = { ...start, rotation: 0, bailout: 65536, offset: 0, density: 1 };
  const path = pathOf(withStart(keyframes, base), base);
  return {
    frames,
    at: (frame) => ({ ...path.at(frame), rotation: path.othersAt(frame).rotation }),
    legs: path.legs(0, frames - 1),
  };
}

/** Any cameras, one after another. */
export function listedPath(cameras: readonly Camera[]): FilmPath {
  return { frames: cameras.length, at: (frame) => cameras[frame] as Camera };
}
