/**
 * How samples become pixels of a frame: each pixel is the mean of the samples around its centre, weighted by a pixel's
 * square blurred by a tent. The tent is as wide as samples are far apart, times a constant, and never much narrower than a
 * pixel: weights change gradually as a film zooms, and so does what a place looks like. Noise is not its matter (painted.ts).
 */

/** Half of the tent's width, in samples; measured: narrower is noisier, wider softer. */
const SAMPLES = 0.75;
/** Samples farther than this from a pixel's square do not count: half of the tent, and neighbours that samples are mixed with. */
const NEIGHBOURS = 1.5;
/** At least, in pixels; measured: narrower flickers more, wider is softer where there are many samples. */
const PIXELS = 0.35;

/** Half of the tent's width, in pixels of the frame. `scale`: samples of the keyframe along a pixel, at least 1. */
export function tentOf(scale: number): number {
  return Math.max(PIXELS, SAMPLES / scale);
}

/** Samples farther than this from the edges of a frame do not count, in pixels of the frame. `scale` as above. */
export function marginOf(scale: number): number {
  return Math.max(PIXELS, NEIGHBOURS / scale);
}

/** The margin of any frame. */
export const MARGIN = NEIGHBOURS;

/** Of a sample so many pixels off the centre, along one axis. */
export function weightAt(distance: number, tent: number): number {
  return below(distance + 0.5, tent) - below(distance - 0.5, tent);
}

/** The part of the tent that lies below. */
function below(x: number, tent: number): number {
  if (x <= -tent) return 0;
  if (x >= tent) return 1;
  const rest = (tent - Math.abs(x)) / tent;
  return x < 0 ? (rest * rest) / 2 : 1 - (rest * rest) / 2;
}

/** Between the zooms of one keyframe and the next: R of levels.ts. */
const RATIO = Math.sqrt(Math.SQRT2);
/** Texels along a pixel are fewer: more take longer than they are worth, and windows of so many fit the module. */
const MOST = 4;

/**
 * The mip level by which a keyframe is shown; 0: the samples themselves. `scale`: its samples along a pixel. `density`: samples
 * along a pixel of the coarsest keyframe that a frame of the film shows. No texel is wider than those: texels lie anyhow to the
 * pixels, and wide ones would make them softer than what was computed. Nor need any be narrower than a quarter of a pixel.
 */
export function levelFor(scale: number, density: number): number {
  const end = texelsBelow(density);
  let level = 0;
  for (let texels = scale; texels >= end - 1e-9; texels /= 2) level++;
  return level;
}

/** Texels along a pixel are fewer: from 1.2 times the density, or 2, to twice as many. */
function texelsBelow(density: number): number {
  return Math.min(MOST, 2 * RATIO * density);
}

/** Texels that a frame shows, for each of its pixels, where there is a keyframe to each R; `density` as above. */
export function texelsShown(density: number): number {
  let [sum, share] = [0, 1 - 1 / RATIO ** 2];
  // The frame at which the coarsest keyframe is about to end.
  for (let scale = RATIO * density; share > 1e-3; scale *= RATIO, share /= RATIO ** 2) {
    sum += share * (scale / 2 ** levelFor(scale, density)) ** 2;
  }
  return sum;
}

/** The filter along one axis, in texels of a mip level. */
export interface Filter {
  /** Texels along a pixel. */
  readonly step: number;
  /** Half of the tent's width, in pixels. */
  readonly tent: number;
  /** From a pixel's centre to where weights are 0. */
  readonly reach: number;
  /** So many texels in a row can have weights: a window. */
  readonly taps: number;
}

/** `scale`: samples along a pixel; `texel`: samples along a texel. */
export function filterOf(scale: number, texel: number): Filter {
  const [tent, step] = [tentOf(scale), scale / texel];
  const reach = (tent + 0.5) * step;
  return { step, tent, reach, taps: Math.ceil(2 * reach) };
}

/** Where the window around a pixel's centre begins: the texel that contains it is the first one. */
export function windowAt(centre: number, { reach }: Filter): number {
  return centre - reach + 0.5;
}

/** Of a texel, for the pixel whose window begins at `window`; both from the same texel's edge. Sums over an axis are 1, about. */
export function weightOf(texel: number, window: number, { step, tent, reach }: Filter): number {
  return weightAt((texel + 1 - window - reach) / step, tent) / step;
}
