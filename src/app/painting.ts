/** How the frames of a request colour the samples of keyframes. */

import type { Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import { type Paint, paintLight } from '../render/paint.js';
import { apart } from '../render/raw-samples.js';
import type { Request } from '../request/request.js';

/** `channels`: numbers that a sample has, some of which may not be needed. */
export function paintingOf({ colours, iterations }: Request, paint: Paint, channels: number): Painting {
  const scaled = needsDistance(colours);
  return {
    nameOf: () => '',
    scaled,
    light(values, _, scale) {
      const { nu, distance, footprint } = apart(values, channels);
      // The width is that across a sample of the keyframe, whatever the size of a pixel.
      const counts = { nu, perPixel: 1, iterations, ...(colours.filter && footprint ? { footprint } : {}) };
      if (!scaled || !distance) return paintLight(counts, paint);
      if (scale !== 1) for (let i = 0; i < distance.length; i++) distance[i]! /= scale;
      return paintLight({ ...counts, distance }, paint);
    },
  };
}
