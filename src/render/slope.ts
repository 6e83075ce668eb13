/**
 * Slope shading: the samples as a surface that rises towards the set and is lit from the side. A sample's shade is the
 * cosine between the light and the direction downhill, which is that of its distance vector: the same at any depth. Only
 * + - * / sqrt and comparisons, as in all of painting.
 *
 * Where the set is nearer than a pixel, the direction differs from one sample to the next: there the shading fades.
 */

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

/** One shade a sample, -1 (turned away from the light) to 1; 0 where there is no direction. */
export function shadesOf(vectors: Float64Array, { right, up }: Light, height: number, shades: Float64Array): void {
  const far = FAR * height;
  for (let i = 0, k = 0; k < vectors.length; i++, k += 2) {
    const x = vectors[k] as number;
    const y = vectors[k + 1] as number;
    const d = Math.sqrt(x * x + y * y);
    shades[i] = (x * right + y * up) / (NEAR + d + (d * d) / far);
  }
}

/** The mean of a pixel's shaded samples, in linear light. A position between two entries of the table has a colour between theirs. */
export function litMean(
  positions: Float64Array | Int32Array,
  shades: Float64Array,
  perPixel: number,
  linear: Float32Array,
  light: Float32Array,
): void {
  for (let i = 0, o = 0; o < light.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = i + perPixel; i < end; i++) {
      const position = positions[i] as number;
      const shade = shades[i] as number;
      const whole = position | 0;
      const part = position - whole;
      const k = 3 * whole;
      const next = part > 0 ? k + 3 : k;
      red += lit(between(linear, k, next, part), shade);
      green += lit(between(linear, k + 1, next + 1, part), shade);
      blue += lit(between(linear, k + 2, next + 2, part), shade);
    }
    light[o] = red / perPixel;
    light[o + 1] = green / perPixel;
    light[o + 2] = blue / perPixel;
  }
}

/** The mean of a pixel's samples, in linear light, of which each has a colour of its own. */
export function meanOfLit(colours: Float32Array, shades: Float64Array, perPixel: number, light: Float32Array): void {
  for (let i = 0, k = 0, o = 0; o < light.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = i + perPixel; i < end; i++, k += 3) {
      const shade = shades[i] as number;
      red += lit(colours[k] as number, shade);
      green += lit(colours[k + 1] as number, shade);
      blue += lit(colours[k + 2] as number, shade);
    }
    light[o] = red / perPixel;
    light[o + 1] = green / perPixel;
    light[o + 2] = blue / perPixel;
  }
}

function between(linear: Float32Array, from: number, to: number, part: number): number {
  const start = linear[from] as number;
  return start + part * ((linear[to] as number) - start);
}

/** Linear light in a shade: darker down to black, or brighter; hues stay, black stays black, white white. */
function lit(value: number, shade: number): number {
  const gain = GAIN * shade;
  return shade < 0 ? value * (1 + shade) : (value * (1 + gain)) / (1 + gain * value);
}
