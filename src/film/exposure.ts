/** Motion blur: a frame is the mean of pictures at times while a shutter is open, as a film camera exposes it. */

import { type Camera, similarity } from './camera.js';
import type { Size } from './footprint.js';
import type { FilmPath } from './path.js';

/** Pixels that a point may move from one of these pictures to the next. */
const STEP = 1;
const MOST = 32;

/** The cameras of the pictures whose mean a frame is; one without motion blur. Times before and after the film do not count. */
export function camerasOf(path: FilmPath, frame: number): Camera[] {
  if (!path.shutter) return [path.at(frame)];
  const { open, size, begin, end } = path.shutter;
  const [from, to] = [Math.max(begin, frame - open / 2), Math.min(end, frame + open / 2)];
  const count = picturesBetween(path.at(from), path.at(to), size);
  return Array.from({ length: count }, (_, k) => path.at(count === 1 ? frame : from + ((to - from) * k) / (count - 1)));
}

/** Enough that no corner of the frame moves by more than a pixel from one to the next. */
function picturesBetween(from: Camera, to: Camera, { width, height }: Size): number {
  const { cos, sin, x, y } = similarity(from, to, height);
  const moved = [-1, 1].flatMap((right) =>
    [-1, 1].map((up) => {
      const [X, Y] = [(right * width) / 2, (up * height) / 2];
      return Math.hypot(cos * X - sin * Y + x - X, sin * X + cos * Y + y - Y);
    }),
  );
  return Math.min(MOST, Math.ceil(Math.max(...moved) / STEP) + 1);
}
