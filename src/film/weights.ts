/** Tables of weights for windows of texels, as the module takes them. A window is a number: where it begins. */

import { type Filter, weightOf } from './filter.js';

/** Weights along columns of texels are whole numbers: multiples of 1/ONE. */
const ONE = 1 << 14;

/** Pairs of texels that a window may touch. */
export function pairsFor(taps: number): number {
  return Math.ceil((taps + 1) / 2);
}

/** Of each window `taps` weights, times a factor. */
export function columnWeights(windows: Float64Array, filter: Filter, factor: number): Float32Array {
  const { taps } = filter;
  const weights = new Float32Array(windows.length * taps);
  for (let k = 0, at = 0; k < windows.length; k++) {
    const window = windows[k] as number;
    const first = Math.floor(window);
    for (let m = 0; m < taps; m++) weights[at++] = factor * weightOf(first + m, window, filter);
  }
  return weights;
}

/** Of each window the weights of the pairs that it touches. */
export function pairWeights(windows: Float64Array, filter: Filter): Int16Array {
  const count = 2 * pairsFor(filter.taps);
  const weights = new Int16Array(windows.length * count);
  for (let k = 0, at = 0; k < windows.length; k++) {
    const window = windows[k] as number;
    const first = 2 * Math.floor(window / 2);
    for (let m = 0; m < count; m++) weights[at++] = Math.round(ONE * weightOf(first + m, window, filter));
  }
  return weights;
}
