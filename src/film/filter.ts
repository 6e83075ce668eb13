/**
 * How samples become pixels of a frame: each pixel is the mean of the samples around its centre, weighted by a pixel's
 * square blurred by a tent. The tent is as wide as samples are far apart, times a constant, and never narrower than a
 * pixel: weights change gradually as a film zooms, and so does what a place looks like.
 */

/** Half of the tent's width, in samples; measured: narrower is noisier, wider softer. */
const SAMPLES = 1.5;
/** At least, in pixels. */
const PIXELS = 0.5;

/** Half of the tent's width, in pixels of the frame. `scale`: samples of the keyframe along a pixel, at least 1. */
export function tentOf(scale: number): number {
  return Math.max(PIXELS, SAMPLES / scale);
}

/** Samples farther than this from the edges of a frame do not count, in pixels of the frame. */
export const MARGIN = SAMPLES;

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

/** The mip level whose texels are half a pixel to a whole one, or the samples themselves. */
export function levelFor(scale: number): number {
  let level = 0;
  for (let texels = scale; texels >= 2 - 1e-9; texels /= 2) level++;
  return level;
}

/** Along one axis: what each pixel takes from which texels. */
export interface Taps {
  /** The first pixel that takes anything, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** By pixel, from `from`: the first texel, from the tile's first. */
  readonly first: Int32Array;
  /** By pixel `most` weights, of which the last may be 0. */
  readonly weights: Float64Array;
  readonly most: number;
}

/** A row, or column, of texels under a row of pixels. */
export interface Axis {
  /** Where the frame's edge lies, in texels of the level. */
  readonly origin: number;
  /** Texels along a pixel. */
  readonly step: number;
  /** Of the frame. */
  readonly pixels: number;
  /** The texels that there are. */
  readonly begin: number;
  readonly count: number;
}

export function tapsOf({ origin, step, pixels, begin, count }: Axis, tent: number): Taps {
  const reach = (tent + 0.5) * step;
  const from = Math.max(0, Math.floor((begin - origin - reach) / step - 0.5));
  const to = Math.min(pixels, Math.ceil((begin + count - origin + reach) / step + 0.5));
  const most = Math.ceil(2 * reach) + 1;
  const first = new Int32Array(Math.max(0, to - from));
  const weights = new Float64Array(first.length * most);
  for (let k = 0; k < first.length; k++) {
    const centre = origin + (from + k + 0.5) * step;
    const start = Math.max(begin, Math.ceil(centre - reach - 0.5));
    first[k] = Math.min(start, begin + count - 1) - begin;
    for (let m = 0; m < most && start + m < begin + count; m++) {
      weights[k * most + m] = weightAt((start + m + 0.5 - centre) / step, tent) / step;
    }
  }
  return { from, to: Math.max(from, to), first, weights, most };
}
