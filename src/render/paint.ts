/**
 * Samples to pixels. One sample a pixel: a look-up. Several: their mean in linear light. Then levels of sRGB. Only + - * /
 * sqrt and comparisons: the same bytes everywhere.
 */

import { filteredCycle } from './palette-filter.js';
import { onBands, onCycle, onDistance, onRamp, type Table } from './positions.js';
import { type Levels, type Place, quantise } from './quantise.js';
import { type Light, litMean, meanOfLit, shadesOf } from './slope.js';

/**
 * Colours as numbers; plain data, to be cloned or sent. How a sample becomes a position in the table:
 *
 *   cycle     frac(offset + density * (sqrt(nu + 4) - 2) / 3) * size, or with a curve of its value at sqrt(nu + 4) in the
 *             place of the quotient; with footprints the mean around it (palette-filter.ts)
 *   bands     (floor(nu) * density + offset * size) mod size
 *   ramp      clamp(nu / iterations) * (size - 1), between two entries linearly; when `hard` the last one
 *   distance  (1 - 1 / (1 + x)) * size, x = sqrt(density * distance / (LINE * max(1, height / LINE_ROWS)))
 */
export interface Paint extends Table {
  readonly kind: 'cycle' | 'bands' | 'ramp' | 'distance';
  /** Absent: no shading. */
  readonly light?: Light;
  readonly levels: Levels;
}

/** Samples that are turned into positions in the table at once: they stay in the first-level cache. */
const CHUNK = 2048;
const NONE = new Float64Array(0);

/** Samples to be painted, in the order of their pixels. */
export interface Painted {
  /** `perPixel` a pixel, +Infinity where interior. */
  readonly nu: Float64Array;
  readonly perPixel: number;
  /** The view's iteration limit, which only a `ramp` uses. */
  readonly iterations: number;
  /** The pair (right, up) of every sample, in pixels, which only `distance` and a light use. */
  readonly distance?: Float64Array;
  /** The width of nu across the footprint of every sample, by which `cycle` is filtered; absent: it is not. */
  readonly footprint?: Float64Array;
}

/** Samples of rows that are painted at once: their linear light takes some MB. */
const AT_ONCE = 1 << 18;

/** Pixels as levels of sRGB, 3 numbers a pixel: 8 or 16 bits as `paint` says. `at`: where in the picture they are. */
export function paint(samples: Painted, paint: Paint, at: Place): Uint8Array | Uint16Array {
  const { nu, perPixel, distance, footprint } = samples;
  const count = 3 * (nu.length / perPixel);
  const rgb = paint.levels.bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
  const row = at.width * perPixel;
  const rows = Math.max(1, Math.floor(AT_ONCE / row));
  for (let y = 0, from = 0; from < nu.length; y += rows, from += rows * row) {
    const to = from + rows * row;
    const part = {
      ...{ ...samples, nu: nu.subarray(from, to) },
      ...(distance ? { distance: distance.subarray(2 * from, 2 * to) } : {}),
      ...(footprint ? { footprint: footprint.subarray(from, to) } : {}),
    };
    const light = paintLight(part, paint);
    rgb.set(quantise(light, paint.levels, { ...at, y: at.y + y }), 3 * at.width * y);
  }
  return rgb;
}

/** Pixels in linear light, 0 to 1: 3 numbers a pixel, before they are rounded to levels. `all`: gets them. */
export function paintLight(
  { nu, perPixel, iterations, distance = NONE, footprint = NONE }: Painted,
  paint: Paint,
  all: Float32Array = new Float32Array((3 * nu.length) / perPixel),
): Float32Array {
  const { kind, light, linear } = paint;
  if ((kind === 'distance' || light) && distance.length !== 2 * nu.length) {
    throw new TypeError(`${nu.length} samples came with ${distance.length / 2} distances`);
  }
  const filtered = kind === 'cycle' && footprint.length > 0;
  if (filtered && footprint.length !== nu.length) {
    throw new TypeError(`${nu.length} samples came with ${footprint.length} footprints`);
  }
  const pixels = nu.length / perPixel;
  const perChunk = Math.max(1, Math.floor(CHUNK / perPixel));
  const atOnce = perChunk * perPixel;
  const positions = new Float64Array(kind === 'ramp' ? atOnce : 0);
  const indices = new Int32Array(kind === 'ramp' || filtered ? 0 : atOnce);
  const shades = new Float64Array(light ? atOnce : 0);
  const colours = new Float32Array(filtered && (light || perPixel > 1) ? 3 * atOnce : 0);
  for (let from = 0; from < pixels; from += perChunk) {
    const to = Math.min(pixels, from + perChunk);
    const samples = nu.subarray(from * perPixel, to * perPixel);
    const vectors = distance.subarray(2 * from * perPixel, 2 * to * perPixel);
    const target = all.subarray(3 * from, 3 * to);
    if (light) shadesOf(vectors, light, paint.height, shades);
    if (filtered) {
      const own = colours.length > 0 ? colours : target;
      filteredCycle(samples, footprint.subarray(from * perPixel, to * perPixel), paint, own);
      if (light) meanOfLit(own, shades, perPixel, target);
      else if (perPixel > 1) meanOfColours(own, perPixel, target);
      continue;
    }
    if (kind === 'ramp') onRamp(samples, paint, iterations, positions);
    else if (kind === 'cycle') onCycle(samples, paint, indices);
    else if (kind === 'bands') onBands(samples, paint, indices);
    else onDistance(samples, vectors, paint, indices);
    if (light) litMean(kind === 'ramp' ? positions : indices, shades, perPixel, linear, target);
    else if (kind === 'ramp') meanOfBlends(positions, perPixel, linear, target);
    else if (perPixel > 1) meanOfEntries(indices, perPixel, linear, target);
    else copy(indices, linear, target);
  }
  return all;
}

function copy(indices: Int32Array, table: Float32Array, target: Float32Array): void {
  for (let i = 0, o = 0; o < target.length; i++, o += 3) {
    const k = 3 * (indices[i] as number);
    target[o] = table[k] as number;
    target[o + 1] = table[k + 1] as number;
    target[o + 2] = table[k + 2] as number;
  }
}

/** The mean of the samples of each pixel. */
function meanOfColours(colours: Float32Array, perPixel: number, light: Float32Array): void {
  for (let k = 0, o = 0; o < light.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = k + 3 * perPixel; k < end; k += 3) {
      red += colours[k] as number;
      green += colours[k + 1] as number;
      blue += colours[k + 2] as number;
    }
    light[o] = red / perPixel;
    light[o + 1] = green / perPixel;
    light[o + 2] = blue / perPixel;
  }
}

function meanOfEntries(indices: Int32Array, perPixel: number, linear: Float32Array, light: Float32Array): void {
  for (let i = 0, o = 0; o < light.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = i + perPixel; i < end; i++) {
      const k = 3 * (indices[i] as number);
      red += linear[k] as number;
      green += linear[k + 1] as number;
      blue += linear[k + 2] as number;
    }
    light[o] = red / perPixel;
    light[o + 1] = green / perPixel;
    light[o + 2] = blue / perPixel;
  }
}

/** Of positions between two entries; a whole number is an entry itself. */
function meanOfBlends(positions: Float64Array, perPixel: number, linear: Float32Array, light: Float32Array): void {
  for (let i = 0, o = 0; o < light.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = i + perPixel; i < end; i++) {
      const position = positions[i] as number;
      const whole = position | 0;
      const part = position - whole;
      const k = 3 * whole;
      const next = part > 0 ? k + 3 : k;
      red += (linear[k] as number) + part * ((linear[next] as number) - (linear[k] as number));
      green += (linear[k + 1] as number) + part * ((linear[next + 1] as number) - (linear[k + 1] as number));
      blue += (linear[k + 2] as number) + part * ((linear[next + 2] as number) - (linear[k + 2] as number));
    }
    light[o] = red / perPixel;
    light[o + 1] = green / perPixel;
    light[o + 2] = blue / perPixel;
  }
}
