/** How the frames of a request colour the samples of keyframes. */

import type { Painting } from '../film/samples.js';
import { needsDistance } from '../render/colours.js';
import { noiseOf } from '../render/noise.js';
import { type Paint, paintLight } from '../render/paint.js';
import { apart } from '../render/raw-samples.js';
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
  const lookOf = (frame: number) => (changes ? paintAt(request, paint, from + frame) : paint);
  return {
    nameOf: (frame) => (changes ? JSON.stringify(lookAt(request, from + frame)) : ''),
    scaled,
    noise(values, frame) {
      const { nu, footprint } = apart(values, channels);
      const look = lookOf(frame);
      return footprint && look.kind === 'cycle' ? noiseOf(nu, footprint, look, colours.filter) : undefined;
    },
    light(values, frame, scale) {
      const { nu, distance, footprint } = apart(values, channels);
      const look = lookOf(frame);
      // The width is that across a sample of the keyframe, whatever the size of a pixel.
      const counts = { nu, perPixel: 1, iterations, ...(colours.filter && footprint ? { footprint } : {}) };
      if (!scaled || !distance) return paintLight(counts, look);
      if (scale !== 1) for (let i = 0; i < distance.length; i++) distance[i]! /= scale;
      return paintLight({ ...counts, distance }, look);
    },
  };
}
