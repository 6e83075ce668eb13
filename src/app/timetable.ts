/** Which renders the frames of a film wait for, and what messages call them. */

import { depthOf } from '../film/camera.js';
import type { FilmOrder } from '../film/showing.js';
import { zoomText } from '../view/zoom-text.js';

/** Renders of some frames of the film, in order: of keyframes in an order, or of the frames themselves. */
interface Planned {
  /** The first frame. */
  readonly from: number;
  readonly renders: readonly unknown[];
  /** Absent: each render is a frame. */
  readonly order?: FilmOrder;
}

export interface Timetable {
  /** By frame of the film: so many renders are needed until then. */
  readonly needed: readonly number[];
  /** By render. */
  readonly names: readonly (() => string)[];
  /** log10 of the zooms of keyframes. */
  readonly depths: readonly number[];
}

export function timetable(planned: readonly Planned[]): Timetable {
  const needed: number[] = [];
  const names: (() => string)[] = [];
  const depths: number[] = [];
  for (const { from, renders, order } of planned) {
    const before = names.length;
    for (const [k] of renders.entries()) {
      names.push(() => (order ? keyframeName(order, k, from) : `frame ${from + k}`));
      if (!order) needed.push(before + k + 1);
    }
    for (const count of order?.needed ?? []) needed.push(before + count);
    for (const { camera } of order?.keyframes ?? []) depths.push(depthOf(camera));
  }
  return { needed, names, depths };
}

/** "the keyframe of zoom 1.3e30, for frames 12 to 80". `keyframe`: by the order; `from`: the first frame of the order. */
export function keyframeName({ keyframes, needed, lastUse }: FilmOrder, keyframe: number, from: number): string {
  const zoom = zoomText(keyframes[keyframe]?.camera.zoom ?? '');
  const first = needed.findIndex((count) => count > keyframe);
  const last = Math.max(first, ...(lastUse[keyframe] ?? []));
  const frames = first === last ? `frame ${from + first}` : `frames ${from + first} to ${from + last}`;
  return `the keyframe of zoom ${zoom}, for ${frames}`;
}
