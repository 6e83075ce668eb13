/** How much of a render, or of all renders of a job, is wanted. */

import type { RenderJob } from '../leader/job/gathering.js';
import { areaOf } from '../shard/missing.js';

type Render = RenderJob['renders'][number];

/** Pixels. */
export function wantedPixels({ parts, width, height }: Render): number {
  return parts ? areaOf(parts) : width * height;
}

export function wantedSamples(render: Render): number {
  return wantedPixels(render) * render.perPixel;
}

/** All samples of a job. */
export function samplesOf({ renders }: RenderJob): number {
  return renders.reduce((sum, render) => sum + wantedSamples(render), 0);
}

/** All pixels of a job. */
export function pixelsOf({ renders }: RenderJob): number {
  return renders.reduce((sum, render) => sum + wantedPixels(render), 0);
}
