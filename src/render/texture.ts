/**
 * A picture that is mapped onto the bands of equal escape: its width onto a turn of the phase, its height onto the fraction, the
 * top outside. Filtered as textures are (L. Williams, "Pyramidal parametrics", 1983): between the four nearest texels, and between
 * the two mip levels around the size of a sample's footprint. Only + - * / and comparisons.
 */

import { type Escaped, edgeShare } from './escape.js';

export interface Texture {
  /** Texels of the largest mip level: powers of 2, at most MOST_TEXELS. */
  readonly width: number;
  readonly height: number;
  /** 0 to 1: the share that it has in colours. */
  readonly strength: number;
  /** Red, green, blue, in linear light times opacity, and opacity, 0 to 65535; one level after another, each half as large, to 1 x 1. */
  readonly texels: Uint16Array;
}

export const MOST_TEXELS = 512;
/** Where a sample has a larger part of a band, the texture fades, so that what is below it shows and not its mean colour; and is gone. */
const WHOLE = 0.125;
const GONE = 0.5;

/** Where the mip levels of a texture begin, and their sizes. */
export interface Level {
  readonly at: number;
  readonly width: number;
  readonly height: number;
}

export function levelsOf({ width, height }: Pick<Texture, 'width' | 'height'>): Level[] {
  const levels: Level[] = [];
  for (let [at, w, h] = [0, width, height]; ; ) {
    levels.push({ at, width: w, height: h });
    if (w === 1 && h === 1) return levels;
    at += 4 * w * h;
    [w, h] = [Math.max(1, w / 2), Math.max(1, h / 2)];
  }
}

/** How many numbers a texture has. */
function numbersOf(size: Pick<Texture, 'width' | 'height'>): number {
  const { at, width, height } = levelsOf(size).at(-1) as Level;
  return at + 4 * width * height;
}

/** Whether its sizes and numbers are those of a texture. */
export function isWhole({ width, height, strength, texels }: Texture): boolean {
  const isPower = (n: number) => n > 0 && n <= MOST_TEXELS && (n & (n - 1)) === 0;
  return (
    isPower(width) && isPower(height) && Number.isFinite(strength) && texels.length === numbersOf({ width, height })
  );
}

/** Texels of the largest level: its mip levels, each the mean of the one before. */
export function withLevels(
  size: Pick<Texture, 'width' | 'height'>,
  largest: Uint16Array,
): Uint16Array<SharedArrayBuffer> {
  const texels = new Uint16Array(new SharedArrayBuffer(2 * numbersOf(size)));
  texels.set(largest);
  const levels = levelsOf(size);
  for (const [k, { at, width, height }] of levels.slice(1).entries()) {
    const { at: from, width: wide, height: high } = levels[k] as Level;
    const [right, down] = [wide > 1 ? 4 : 0, high > 1 ? 4 * wide : 0];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 4; c++) {
          const first = from + (high > 1 ? 2 * y : y) * 4 * wide + (wide > 1 ? 8 * x : 4 * x) + c;
          const of = (offset: number) => texels[first + offset] as number;
          texels[at + 4 * (y * width + x) + c] = Math.round((of(0) + of(right) + of(down) + of(right + down)) / 4);
        }
  }
  return texels;
}

/** Mixes the texture's colours of a sample into its own, 3 numbers at `at`. */
export function mixTexture(
  sample: Readonly<Escaped>,
  power: number,
  texture: Texture,
  levels: readonly Level[],
  colours: Float64Array,
  at: number,
): void {
  const { fraction, phase, next, turns, width } = sample;
  const own = edgeShare(sample);
  mixed.fill(0);
  addTexel(texture, levels, { phase, fraction, turns, width }, own);
  // The outermost texels of the next band.
  if (own < 1) addTexel(texture, levels, { phase: next, fraction: 1, turns: power * turns, width }, 1 - own);
  const shown = (GONE - Math.max(turns, width)) / (GONE - WHOLE);
  const scale = (texture.strength * Math.min(1, Math.max(0, shown))) / 65535;
  const rest = 1 - scale * (mixed[3] as number);
  for (let c = 0; c < 3; c++) colours[at + c] = rest * (colours[at + c] as number) + scale * (mixed[c] as number);
}

const mixed = new Float64Array(4);

/** Adds the colour of the texture at a place, with a weight, to `mixed`. */
function addTexel(
  { width, height, texels }: Texture,
  levels: readonly Level[],
  { phase, fraction, turns, width: across }: Pick<Escaped, 'phase' | 'fraction' | 'turns' | 'width'>,
  weight: number,
): void {
  let [level, size] = [0, Math.max(turns * width, across * height)];
  while (size >= 2 && level < levels.length - 1) [level, size] = [level + 1, size / 2];
  const coarser = level < levels.length - 1 && size > 1 ? size - 1 : 0;
  // Counter-clockwise is to the left where outside is up.
  addBilinear(texels, levels[level] as Level, 1 - phase, 1 - fraction, weight * (1 - coarser));
  if (coarser > 0) addBilinear(texels, levels[level + 1] as Level, 1 - phase, 1 - fraction, weight * coarser);
}

/** u: 0 to 1 from left to right, around and around; v: from top to bottom. */
function addBilinear(texels: Uint16Array, { at, width, height }: Level, u: number, v: number, weight: number): void {
  const [x, y] = [u * width - 0.5, Math.min(height - 1, Math.max(0, v * height - 0.5))];
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - column, y - row];
  const left = at + 4 * (((column % width) + width) % width);
  const beside = at + 4 * ((((column + 1) % width) + width) % width);
  const above = 4 * width * row;
  const below = 4 * width * Math.min(height - 1, row + 1);
  for (let c = 0; c < 4; c++) {
    const top = (1 - right) * (texels[left + above + c] as number) + right * (texels[beside + above + c] as number);
    const bottom = (1 - right) * (texels[left + below + c] as number) + right * (texels[beside + below + c] as number);
    mixed[c] = (mixed[c] as number) + weight * ((1 - down) * top + down * bottom);
  }
}
