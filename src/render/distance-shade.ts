/** The shade towards the set: colours fade to another one, black at first, where the set is near. */

import { channelOf, type Painted } from './painted.js';

/**
 * A sample takes strength / (1 + x²) of the colour, x = distance / width: all of it at the set, half of it at the width. The
 * fall is smooth, and no narrower than a pixel, so that nothing sparkles; where the set is everywhere, all is equally dark.
 */
export interface DistanceShade {
  /** Pixels of the picture, above 0. */
  readonly width: number;
  /** 0 to 1. */
  readonly strength: number;
  /** The colour, linear light, 0 to 1. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Rows of a picture in which a width is as many pixels as it says; larger pictures get wider shades, smaller ones no narrower. */
const ROWS = 720;

/** A width in pixels of a picture of so many rows. */
export function widthIn(width: number, height: number): number {
  return width * Math.max(1, height / ROWS);
}

/** Shades colours of samples, 3 numbers each in linear light. The interior stays as it is. */
export function shaded(samples: Painted, shade: DistanceShade, colours: Float64Array): void {
  const { nu } = samples;
  const vectors = channelOf(samples, 'distance');
  const { width, strength, red, green, blue } = shade;
  const narrow = 1 / (width * width);
  for (let i = 0, o = 0; i < nu.length; i++, o += 3) {
    if (nu[i] === Infinity) continue;
    const x = vectors[2 * i] as number;
    const y = vectors[2 * i + 1] as number;
    const share = strength / (1 + (x * x + y * y) * narrow);
    colours[o] = toward(colours[o] as number, red, share);
    colours[o + 1] = toward(colours[o + 1] as number, green, share);
    colours[o + 2] = toward(colours[o + 2] as number, blue, share);
  }
}

function toward(value: number, other: number, share: number): number {
  return value + share * (other - value);
}
