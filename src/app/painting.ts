/** How the frames of a request colour the samples of keyframes. */

import type { Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import { type Paint, paintLight } from '../render/paint.js';
import { apart } from '../render/paint-frame.js';
import type { Request } from '../request/request.js';

export function paintingOf({ colours, iterations }: Request, paint: Paint): Painting {
  const scaled = needsDistance(colours);
  return {
    nameOf: () => '',
    scaled,
    light(values, _, scale) {
      const { nu, vectors } = apart(values, scaled ? 3 : 1);
      if (scale !== 1) for (let i = 0; i < (vectors?.length ?? 0); i++) (vectors as Float64Array)[i]! /= scale;
      return paintLight({ nu, perPixel: 1, iterations, ...(vectors ? { distance: vectors } : {}) }, paint);
    },
  };
}
