/**
 * Slope shading: the samples as a surface that rises towards the set and is lit from the side. A sample's shade is the
 * cosine between the light and the direction downhill, which is that of its distance vector: the same at any depth. Only
 * + - * / sqrt and comparisons, as in all of painting.
 *
 * Where the set is nearer than a pixel, the direction differs from one sample to the next: there the shading fades.
 */

import { channelOf, type Painted } from './painted.js';

/** Where the light comes from, in the picture: a vector as long as the light is strong, 0 to 1. */
export interface Light {
  readonly right: number;
  readonly up: number;
}

/** The distance, in pixels, below which the shading fades. */
const NEAR = 0.5;
/** The distance, in heights of the picture, beyond which the shading fades as well. */
const FAR = 0.25;
/** What a fully lit, dark sample gains, as a multiple of its unlit value. */
const GAIN = 2;

/** Lights colours of samples, 3 numbers each in linear light. The interior, which has no direction, stays as it is. */
export function lit(samples: Painted, { right, up }: Light, height: number, colours: Float64Array): void {
  const vectors = channelOf(samples, 'distance');
  const far = FAR * height;
  for (let k = 0, o = 0; k < vectors.length; k += 2, o += 3) {
    const x = vectors[k] as number;
    const y = vectors[k + 1] as number;
    const d = Math.sqrt(x * x + y * y);
    // -1 (turned away from the light) to 1.
    const shade = (x * right + y * up) / (NEAR + d + (d * d) / far);
    colours[o] = inShade(colours[o] as number, shade);
    colours[o + 1] = inShade(colours[o + 1] as number, shade);
    colours[o + 2] = inShade(colours[o + 2] as number, shade);
  }
}

/** Linear light in a shade: darker down to black, or brighter; hues stay, black stays black, white white. */
export function inShade(value: number, shade: number): number {
  const gain = GAIN * shade;
  return shade < 0 ? value * (1 + shade) : (value * (1 + gain)) / (1 + gain * value);
}
