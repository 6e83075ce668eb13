/** How the frames of a request colour the samples of keyframes. */

import type { Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import { type Paint, paintLight } from '../render/paint.js';
import { apart } from '../render/paint-frame.js';
import { lookAt, lookChanges, type Request } from '../request/request.js';
import { paintAt } from './picture.js';

/** `channels`: numbers that a sample has, some of which may not be needed. `from`: the frame that counts as the first. */
export function paintingOf(request: Request, paint: Paint, channels: number, from: number): Painting {
  const { colours, iterations } = request;
  const scaled = needsDistance(colours);
  return {
    nameOf: (frame) => (lookChanges(request) ? JSON.stringify(lookAt(request, from + frame)) : ''),
    scaled,
    light(values, frame, scale) {
      const own = paintAt(request, paint, from + frame);
      const { nu, vectors: distance } = apart(values, channels);
      if (!scaled || !distance) return paintLight({ nu, perPixel: 1, iterations }, own);
      if (scale !== 1) for (let i = 0; i < distance.length; i++) distance[i]! /= scale;
      return paintLight({ nu, perPixel: 1, iterations, distance }, own);
    },
  };
}
