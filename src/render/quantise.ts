/**
 * Linear light to levels of sRGB: 16 bits, the nearest; 8 bits, the nearest, or dithered, so that gradients have no steps.
 * 257 * 255 = 65535: an 8-bit level is every 257th one of 16 bits. So a pixel of 8 bits is made of one of 16 bits, in whole
 * numbers, and is the same whether it comes from linear light or from a picture of 16 bits. Only + - * / sqrt and
 * comparisons: the same bytes everywhere.
 *
 * The dither is ordered: by where a pixel is in its picture it is rounded up from another share of a level on. The pattern
 * stays where it is from frame to frame of a film. A colour that is a level stays that level.
 */

import { toLinear } from './oklab.js';

/** How pixels are written. */
export interface Levels {
  readonly bits: 8 | 16;
  /** Of 8 bits only. */
  readonly dither: boolean;
}

/** The nearest levels of 8 bits. */
export const PLAIN: Levels = { bits: 8, dither: false };

/** Where pixels are: columns of a row from x on, the first row is y. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const MOST = 65535;
/** Levels of 16 bits from one of 8 bits to the next. */
const STEP = 257;
/** From so many levels of 16 bits above one of 8 bits on, the next one is nearer. */
const NEAREST = (STEP + 1) / 2;

/**
 * The tables behind `deepPixels`, for code that has them in memory of its own. `start`: the level at the lower end of each
 * cell of the square root of linear light; `thresholds`: the linear light from which on the level is k, k from 0 to 65536.
 */
export interface LevelTables {
  readonly cells: number;
  readonly start: Uint16Array;
  readonly thresholds: Float64Array;
}

let tables: LevelTables | undefined;

/** Made when first used, in some 20 ms. */
export function levelTables(): LevelTables {
  return (tables ??= makeTables());
}

function makeTables(): LevelTables {
  const cells = 1 << 16;
  const thresholds = new Float64Array(MOST + 2);
  for (let k = 1; k <= MOST; k++) thresholds[k] = toLinear((k - 0.5) / MOST);
  thresholds[MOST + 1] = Infinity;
  const start = new Uint16Array(cells + 1);
  for (let i = 0, k = 0; i <= cells; i++) {
    const linear = (i / cells) * (i / cells);
    while ((thresholds[k + 1] as number) <= linear) k++;
    start[i] = k;
  }
  return { cells, start, thresholds };
}

/** Pixels along the side of the dither's pattern, which repeats. */
const SIDE = 16;

/**
 * B. Bayer, "An optimum method for two-level rendition of continuous-tone pictures", 1973: where in the order a pixel is,
 * 0 to SIDE * SIDE - 1: the bits of x xor y and of y, in turn, the lowest first.
 */
function orderOf(x: number, y: number): number {
  let order = 0;
  for (let bit = 1; bit < SIDE; bit *= 2) order = 4 * order + (((x ^ y) & bit) > 0 ? 2 : 0) + ((y & bit) > 0 ? 1 : 0);
  return order;
}

/**
 * `thresholds[side * (y mod side) + x mod side]`: from how many levels of 16 bits above one of 8 bits on the pixel (x, y) is
 * rounded up. From 9 to 248: within 1/30 of a level nothing is dithered, so that plain areas stay plain however their
 * colour was rounded on the way. `shifts`: so many pixels further right the thresholds of red, green and blue are taken, so
 * that these are not rounded up together: brightness varies less.
 */
export const DITHER = {
  side: SIDE,
  thresholds: Uint8Array.from(
    { length: SIDE * SIDE },
    (_, at) => 9 + ((orderOf(at % SIDE, Math.floor(at / SIDE)) * 240) >> 8),
  ),
  shifts: [0, 5, 10],
} as const;

/** 16-bit sRGB, the nearest levels: 3 numbers a pixel, as `light`, which is linear, 0 to 1. */
export function deepPixels(light: Float32Array | Float64Array): Uint16Array {
  const { cells, start, thresholds } = levelTables();
  const deep = new Uint16Array(light.length);
  for (let i = 0; i < light.length; i++) {
    const linear = light[i] as number;
    if (!(linear > 0)) continue;
    if (linear >= 1) {
      deep[i] = MOST;
      continue;
    }
    let k = start[(Math.sqrt(linear) * cells) | 0] as number;
    // The root is rounded: its cell may begin above.
    while (linear < (thresholds[k] as number)) k--;
    while (linear >= (thresholds[k + 1] as number)) k++;
    deep[i] = k;
  }
  return deep;
}

/** 8-bit sRGB of 16-bit sRGB: 3 bytes a pixel. `at`: where in the picture. */
export function bytesOfDeep(deep: Uint16Array, dither: boolean, at: Place): Uint8Array {
  const rgb = new Uint8Array(deep.length);
  if (!dither) {
    for (let i = 0; i < deep.length; i++) rgb[i] = roundedUpFrom(deep[i] as number, NEAREST);
    return rgb;
  }
  const { thresholds, shifts } = DITHER;
  for (let from = 0, y = at.y; from < deep.length; from += 3 * at.width, y++) {
    const row = SIDE * (y & (SIDE - 1));
    const end = Math.min(deep.length, from + 3 * at.width);
    for (let channel = 0; channel < 3; channel++) {
      for (let i = from + channel, x = at.x + (shifts[channel] as number); i < end; i += 3, x++) {
        rgb[i] = roundedUpFrom(deep[i] as number, thresholds[row + (x & (SIDE - 1))] as number);
      }
    }
  }
  return rgb;
}

/** The 8-bit level of a 16-bit one, the next one from `threshold` levels of 16 bits above it on. */
function roundedUpFrom(deep: number, threshold: number): number {
  return ((deep + STEP - threshold) / STEP) | 0;
}

/** 8-bit sRGB, the nearest levels, of a table of linear light. */
export function bytesOf(light: Float32Array | Float64Array): Uint8Array {
  return bytesOfDeep(deepPixels(light), false, { x: 0, y: 0, width: light.length / 3 });
}

/** Pixels of linear light, 3 numbers a pixel, as levels of sRGB. `at`: where in the picture. */
export function quantise(
  light: Float32Array | Float64Array,
  { bits, dither }: Levels,
  at: Place,
): Uint8Array | Uint16Array {
  const deep = deepPixels(light);
  return bits === 16 ? deep : bytesOfDeep(deep, dither, at);
}
