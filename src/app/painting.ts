/** How the frames of a request colour the samples of keyframes. */

import type { Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import { type Paint, paintLight } from '../render/paint.js';
import { apart } from '../render/paint-frame.js';
import { lookAt, lookChanges, type Request } from '../request/request.js';
import { paintAt } from './picture.js';

interface Options {
  /** Numbers that a sample has, some of which may not be needed. */
  readonly channels: number;
  /** The frame of the whole film that is frame 0 here. */
  readonly from: number;
}

export function paintingOf(request: Request, paint: Paint, { channels, from }: Options): Painting {
  const { colours, iterations } = request;
  const scaled = needsDistance(colours);
  const changes = lookChanges(request);
  return {
    nameOf: (frame) => (changes ? JSON.stringify(lookAt(request, from + frame)) : ''),
    scaled,
    light(values, frame, scale) {
      const { nu, vectors: distance } = apart(values, channels);
      const look = changes ? paintAt(request, paint, from + frame) : paint;
      if (!scaled || !distance) return paintLight({ nu, perPixel: 1, iterations }, look);
      if (scale !== 1) for (let i = 0; i < distance.length; i++) distance[i]! /= scale;
      return paintLight({ nu, perPixel: 1, iterations, distance }, look);
    },
  };
}
