/**
 * Slope shading: the samples as a surface that rises towards the set and is lit from the side. How bright a sample is follows
 * from the angle between a light and the direction downhill, which is that of its distance vector: the same at any depth. Only
 * + - * / sqrt and comparisons, as in all of painting.
 *
 * Where the set is nearer than a pixel, the direction differs from one sample to the next: there the shading fades.
 */

import { channelOf, type Painted } from './painted.js';

/**
 * A light, in the picture. The first one of a slope darkens the sides that are turned away from it; further ones only brighten
 * those that face them.
 */
export interface Light {
  /** The vector to it, as long as it is strong, 0 to 1. */
  readonly right: number;
  readonly up: number;
  /** Its colour, 0 to 1. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** How strong its highlights are, 0 to 1, and the exponent that makes them narrow, at least 1. */
  readonly specular: number;
  readonly shininess: number;
}

/** The distance, in pixels, below which the shading fades. */
const NEAR = 0.5;
/** The distance, in heights of the picture, beyond which the shading fades as well. */
const FAR = 0.25;
/** The same of highlights, which are for what is small. */
const GLOSSY = 0.03;
/** What a fully lit, dark sample gains, as a multiple of its unlit value. */
const GAIN = 2;

/**
 * Lights colours of samples, 3 numbers each in linear light. With s the shade, strength times the cosine of the angle to the
 * light, which fades near the set and far from it, a highlight is specular * ((1 + cosine) / 2)^shininess, fading likewise: that
 * of a surface as steep as the bisector of the light and the eye (Blinn). The interior, which has no direction, stays as it is.
 */
export function lit(samples: Painted, lights: readonly Light[], height: number, colours: Float64Array): void {
  const vectors = channelOf(samples, 'distance');
  const far = FAR * height;
  const glossy = GLOSSY * height;
  const shiny = lights.some(({ specular }) => specular > 0);
  const strengths = lights.map(({ right, up }) => Math.sqrt(right * right + up * up));
  for (let k = 0, o = 0; k < vectors.length; k += 2, o += 3) {
    const x = vectors[k] as number;
    const y = vectors[k + 1] as number;
    const d = Math.sqrt(x * x + y * y);
    if (!(d > 0)) continue;
    const fading = NEAR + d + (d * d) / far;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < lights.length; i++) {
      const light = lights[i] as Light;
      // -1 (turned away from the light) to 1.
      const shade = (x * light.right + y * light.up) / fading;
      const facing = shade > 0;
      if (!facing && i > 0) continue;
      red += facing ? shade * light.red : shade;
      green += facing ? shade * light.green : shade;
      blue += facing ? shade * light.blue : shade;
    }
    colours[o] = inShade(colours[o] as number, red);
    colours[o + 1] = inShade(colours[o + 1] as number, green);
    colours[o + 2] = inShade(colours[o + 2] as number, blue);
    if (!shiny) continue;
    for (let i = 0; i < lights.length; i++) {
      const light = lights[i] as Light;
      const most = d * (strengths[i] as number);
      // Of vectors so short that their squares underflow the quotient is anything.
      const cosine = Math.max(-1, Math.min(1, (x * light.right + y * light.up) / most || 0));
      const gloss =
        (light.specular * wholePower((1 + cosine) / 2, light.shininess) * d) / (NEAR + d + (d * d) / glossy);
      colours[o] = brightened(colours[o] as number, gloss * light.red);
      colours[o + 1] = brightened(colours[o + 1] as number, gloss * light.green);
      colours[o + 2] = brightened(colours[o + 2] as number, gloss * light.blue);
    }
  }
}

/** Linear light in a shade: darker down to black, or brighter; hues stay, black stays black, white white. */
export function inShade(value: number, shade: number): number {
  const gain = GAIN * shade;
  return shade < 0 ? value * (1 + shade) : (value * (1 + gain)) / (1 + gain * value);
}

/** Towards white, which even black becomes. */
function brightened(value: number, by: number): number {
  return value + by * (1 - value);
}

/** A value to a whole power, by squares. */
function wholePower(value: number, exponent: number): number {
  let power = 1;
  for (let left = exponent, square = value; left > 0; left >>= 1, square *= square) if (left & 1) power *= square;
  return power;
}
