/** What a frame shows of a keyframe, with the margin that its filter takes. */

import { sinCos } from '../view/plane.js';
import { type Camera, similarity } from './camera.js';
import { marginOf } from './filter.js';
import type { Point } from './outline.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Sizes {
  /** Of frames. */
  readonly size: Size;
  /** Of keyframes. */
  readonly view: Size;
  /** The frame may have any rotation. */
  readonly round: boolean;
}

/** Corners of a polygon around a circle: it has 0.3 % more area. */
const CORNERS = 32;
const AROUND = Array.from({ length: CORNERS }, (_, k) => sinCos((k * 360) / CORNERS));
const CIRCUMSCRIBED = 1 / (sinCos(180 / CORNERS)[1] as number);

/** The corners of the frame, or of a polygon around the circle through them, in pixels of the keyframe. */
export function footprint(frame: Camera, keyframe: Camera, { size, view, round }: Sizes): Point[] {
  const { cos, sin, scale, x, y } = similarity(frame, keyframe, size.height, view.height);
  const margin = marginOf(scale);
  const [halfWidth, halfHeight] = [size.width / 2 + margin, size.height / 2 + margin];
  const [centreX, centreY] = [view.width / 2 + x, view.height / 2 - y];
  if (round) {
    const radius = scale * Math.hypot(halfWidth, halfHeight) * CIRCUMSCRIBED;
    return AROUND.map(([up, right]): Point => [centreX + radius * right, centreY - radius * up]);
  }
  return [-1, 1].flatMap((right) =>
    [-1, 1].map((up): Point => {
      const [X, Y] = [right * halfWidth, up * halfHeight];
      return [centreX + cos * X - sin * Y, centreY - (sin * X + cos * Y)];
    }),
  );
}
