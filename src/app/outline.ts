/** What the frames of a job need, and what that is estimated to cost: known before anything is computed. */

import type { RenderJob } from '../leader/job/gathering.js';
import { wantedSamples } from './wanted.js';

/** Of a job. It does not change while the job runs. */
export interface Outline {
  readonly frames: number;
  /** Pixels of a frame. */
  readonly pixels: number;
  /** Renders of the job: keyframes, and frames that are computed one by one. */
  readonly renders: number;
  /** Keyframes among the first so many renders. */
  keyframesIn(renders: number): number;
  /** So many of the renders must be complete before a frame can be made, 0 to `renders`; ascending with frames. */
  needed(frame: number): number;
  /** Estimated cost of the first so many renders, in any unit; 0 for none. */
  costOf(renders: number): number;
  /** The zoom of a frame, as decimal text; absent: the pictures are of no fractal, whose iterations are counted. */
  zoomOf?(frame: number): string;
}

/** Of longer jobs only so many renders are looked up; those after each are taken to be the same. */
const LOOKED_UP = 500;

/** Estimated cost of the first so many renders, of those only that `isKept` is true for. */
export function keptCosts(outline: Outline, isKept: (render: number) => boolean): (renders: number) => number {
  const { renders, costOf } = outline;
  const costs = new Float64Array(renders + 1);
  const step = Math.ceil(renders / LOOKED_UP);
  let kept = false;
  for (let k = 0; k < renders; k++) {
    if (k % step === 0) kept = isKept(k);
    costs[k + 1] = (costs[k] as number) + (kept ? costOf(k + 1) - costOf(k) : 0);
  }
  return (count) => costs[Math.min(count, renders)] as number;
}

export interface Film extends Pick<Outline, 'frames' | 'pixels' | 'zoomOf'> {
  /** By frame; absent: each render is a frame. */
  readonly needed?: readonly number[] | undefined;
  /** Of each render; absent: none is one. */
  readonly isKeyframe?: ((render: number) => boolean) | undefined;
}

export function outlineOf({ renders, costOf = () => 1 }: RenderJob, film: Film): Outline {
  const { frames, pixels, zoomOf, needed, isKeyframe = () => false } = film;
  const costs = new Float64Array(renders.length + 1);
  const keyframes = new Float64Array(renders.length + 1);
  for (const [k, render] of renders.entries()) {
    costs[k + 1] = (costs[k] as number) + wantedSamples(render) * costOf(k);
    keyframes[k + 1] = (keyframes[k] as number) + (isKeyframe(k) ? 1 : 0);
  }
  return {
    ...{ frames, pixels },
    ...(zoomOf ? { zoomOf } : {}),
    renders: renders.length,
    needed: (frame) => Math.min(renders.length, needed ? (needed[frame] ?? renders.length) : frame + 1),
    costOf: (count) => costs[Math.min(count, renders.length)] as number,
    keyframesIn: (count) => keyframes[Math.min(count, renders.length)] as number,
  };
}
