/**
 * Samples to pixels: the colour of each sample, what shades it, the mean of the samples of a pixel in linear light, levels of
 * sRGB. Only + - * / sqrt and comparisons: the same bytes everywhere.
 */

import { type BaseColour, baseColours, entriesOf, isOfEntries } from './base-colour.js';
import { meanOfColours, meanOfEntries } from './mean.js';
import { type Painted, partOf } from './painted.js';
import { drawPatterns, type Patterns } from './patterns.js';
import { type Levels, type Place, quantise } from './quantise.js';
import { type Light, lit } from './slope.js';

/** Colours as numbers; plain data, to be cloned or sent. */
export interface Paint extends BaseColour {
  /** Drawn before it is lit; absent: none. */
  readonly patterns?: Patterns;
  /** Absent: no shading. */
  readonly light?: Light;
  readonly levels: Levels;
}

/** Changes colours of samples in place: linear light, 3 numbers each. */
type Shading = (samples: Painted, colours: Float64Array) => void;

/** What shades the colours of samples, in this order. */
function shadingsOf({ patterns, light, height }: Paint): Shading[] {
  return [
    ...(patterns ? [(...shaded: Parameters<Shading>) => drawPatterns(shaded[0], patterns, height, shaded[1])] : []),
    ...(light ? [(...shaded: Parameters<Shading>) => lit(shaded[0], light, height, shaded[1])] : []),
  ];
}

/** Samples that are coloured at once: they stay in the first-level cache. */
const CHUNK = 2048;

/** Samples of rows that are painted at once: their linear light takes some MB. */
const AT_ONCE = 1 << 18;

/** Pixels as levels of sRGB, 3 numbers a pixel: 8 or 16 bits as `paint` says. `at`: where in the picture they are. */
export function paint(samples: Painted, paint: Paint, at: Place): Uint8Array | Uint16Array {
  const { nu, perPixel } = samples;
  const count = 3 * (nu.length / perPixel);
  const rgb = paint.levels.bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const row = at.width * perPixel;
  const rows = Math.max(1, Math.floor(AT_ONCE / row));
  for (let y = 0, from = 0; from < nu.length; y += rows, from += rows * row) {
    const light = paintLight(partOf(samples, from, from + rows * row), paint);
    rgb.set(quantise(light, paint.levels, { ...at, y: at.y + y }), 3 * at.width * y);
  }
  return rgb;
}

/** Pixels in linear light, 0 to 1: 3 numbers a pixel, before they are rounded to levels. `all`: gets them. */
export function paintLight(
  samples: Painted,
  paint: Paint,
  all: Float32Array = new Float32Array((3 * samples.nu.length) / samples.perPixel),
): Float32Array {
  const { nu, perPixel } = samples;
  const shadings = shadingsOf(paint);
  // Most pictures: no colours need be kept of single samples.
  const plain = shadings.length === 0 && isOfEntries(paint, samples);
  const atOnce = Math.max(1, Math.floor(CHUNK / perPixel)) * perPixel;
  const entries = new Int32Array(atOnce);
  const positions = new Float64Array(plain ? 0 : atOnce);
  const colours = new Float64Array(plain ? 0 : 3 * atOnce);
  for (let from = 0; from < nu.length; from += atOnce) {
    const part = partOf(samples, from, from + atOnce);
    const pixels = all.subarray((3 * from) / perPixel, (3 * (from + part.nu.length)) / perPixel);
    if (plain) {
      entriesOf(part, paint, entries);
      meanOfEntries(entries, perPixel, paint.linear, pixels);
      continue;
    }
    baseColours(part, paint, positions, entries, colours);
    for (const shade of shadings) shade(part, colours);
    meanOfColours(colours, perPixel, pixels);
  }
  return all;
}
