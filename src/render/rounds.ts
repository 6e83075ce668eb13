/**
 * Adaptive sampling: which pixels need more samples, for an error of so many levels of 8-bit sRGB, in any channel. The first sample
 * of each pixel is in its centre. Where its colour differs from that of one of the eight pixels around by more than the error, the
 * pixel gets those of the next round (ROUNDS in view/view.ts), and so on, until the standard error of its mean is below the
 * error, or there are no more rounds. That is √(v / n), the variance v of its n samples being
 *
 *     v = ((n - 1)·s² + NEIGHBOURS·u²) / (n - 1 + NEIGHBOURS)
 *
 * s² that of its own samples, u² that of the first ones of the pixel and of those around it: five samples that are alike by chance
 * say little. A pixel depends on itself and the eight around it, whatever is computed with it. Only + - * / sqrt and comparisons: the
 * same samples everywhere.
 */

import { ROUNDS } from '../view/view.js';
import { toLevel } from './oklab.js';

/** Degrees of freedom that the variance around a pixel counts as; measured (docs/decisions/0108). */
export const NEIGHBOURS = 4;

/** Levels of 8-bit sRGB for a change of linear light, by its square root, about: 112·light^-0.58 and 3295 near black. */
const LEVELS = 127.5;
const DARKEST = 0.0015;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * 1 for each pixel of `rect` that differs from one around it by more than `error` levels. `light`: linear light of all pixels of
 * `box`, 3 numbers each. Pixels outside of `box` do not count: it has those around `rect`, as far as the picture has them.
 */
export function differing(light: Float32Array, box: Area, rect: Area, error: number): Uint8Array {
  const { width, height } = box;
  const levels = new Uint8Array(light.length);
  for (let i = 0; i < light.length; i++) levels[i] = toLevel(light[i] as number);
  const found = new Uint8Array(width * height);
  const compare = (a: number, b: number) => {
    for (let c = 0; c < 3; c++) {
      if (Math.abs((levels[3 * a + c] as number) - (levels[3 * b + c] as number)) <= error) continue;
      found[a] = 1;
      found[b] = 1;
      return;
    }
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width) compare(i, i + 1);
      if (y + 1 === height) continue;
      compare(i, i + width);
      if (x + 1 < width) compare(i, i + width + 1);
      if (x > 0) compare(i, i + width - 1);
    }
  }
  return cropped(found, 1, box, rect);
}

/** The numbers of the pixels of `rect`, of those of `box`, around it. `each`: of a pixel. */
export function cropped<T extends Uint8Array | Float32Array>(numbers: T, each: number, box: Area, rect: Area): T {
  const row = each * rect.width;
  const part = numbers.slice(0, row * rect.height) as T;
  for (let y = 0; y < rect.height; y++) {
    const from = each * ((rect.y - box.y + y) * box.width + rect.x - box.x);
    part.set(numbers.subarray(from, from + row), y * row);
  }
  return part;
}

/**
 * For the pixels of `rect` that are wanted the variance of light among themselves and those around, in levels squared, of the channel
 * in which it is largest; 0 for the others. `light`, `box`: as above.
 */
export function variances(light: Float32Array, box: Area, rect: Area, wanted: Uint8Array): Float32Array {
  const found = new Float32Array(wanted.length);
  for (let y = 0, i = 0; y < rect.height; y++) {
    for (let x = 0; x < rect.width; x++, i++) {
      if (wanted[i]) found[i] = varianceAround(light, box, rect.x - box.x + x, rect.y - box.y + y);
    }
  }
  return found;
}

function varianceAround(light: Float32Array, { width, height }: Area, x: number, y: number): number {
  const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
  const [top, bottom] = [Math.max(0, y - 1), Math.min(height - 1, y + 1)];
  const count = (right - left + 1) * (bottom - top + 1);
  let most = 0;
  for (let c = 0; c < 3; c++) {
    let [sum, squares] = [0, 0];
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const value = light[3 * (row * width + column) + c] as number;
        sum += value;
        squares += value * value;
      }
    }
    most = Math.max(most, varianceOf(sum, squares, count));
  }
  return most;
}

/** In levels squared, of samples of linear light. */
function varianceOf(sum: number, squares: number, count: number): number {
  const mean = sum / count;
  const variance = Math.max(0, squares - mean * sum) / (count - 1);
  return (LEVELS * LEVELS * variance) / Math.max(mean, DARKEST);
}

/** The pixels of a rectangle, which get more samples in rounds. */
export class Refined {
  /** Of each channel of each pixel: the sums of its samples, and of their squares. */
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private round = 0;

  /**
   * light: of the first sample of each pixel, and then of the mean of all. wanted: 1 for each pixel that is to get more. around: of
   * these the variance around them. error: in levels.
   */
  constructor(
    readonly light: Float32Array,
    readonly wanted: Uint8Array,
    private readonly around: Float32Array,
    private readonly error: number,
  ) {
    this.sums = new Float64Array(light);
    this.squares = this.sums.map((value) => value * value);
  }

  /** Samples of each of the wanted pixels in the next round, as sample `from` to `to` - 1; undefined: none is wanted. */
  next(): { readonly from: number; readonly to: number } | undefined {
    const [from, to] = [ROUNDS[this.round], ROUNDS[this.round + 1]];
    return from && to && this.wanted.includes(1) ? { from, to } : undefined;
  }

  /** Linear light of the samples of that round, pixel by pixel. */
  add(samples: Float32Array): void {
    const { from = 0, to = 0 } = this.next() ?? {};
    this.round++;
    for (let pixel = 0, k = 0; pixel < this.wanted.length; pixel++) {
      if (!this.wanted[pixel]) continue;
      for (let s = from; s < to; s++, k += 3) this.addSample(pixel, samples, k);
      if (this.errorOf(pixel, to) <= this.error) this.wanted[pixel] = 0;
    }
  }

  private addSample(pixel: number, samples: Float32Array, k: number): void {
    for (let c = 0; c < 3; c++) {
      const value = samples[k + c] as number;
      this.sums[3 * pixel + c] = (this.sums[3 * pixel + c] as number) + value;
      this.squares[3 * pixel + c] = (this.squares[3 * pixel + c] as number) + value * value;
    }
  }

  /** The standard error of the mean of a pixel's samples, in levels; `light` gets the mean. */
  private errorOf(pixel: number, count: number): number {
    let own = 0;
    for (let c = 3 * pixel; c < 3 * pixel + 3; c++) {
      const sum = this.sums[c] as number;
      this.light[c] = sum / count;
      own = Math.max(own, varianceOf(sum, this.squares[c] as number, count));
    }
    const variance = ((count - 1) * own + NEIGHBOURS * (this.around[pixel] as number)) / (count - 1 + NEIGHBOURS);
    return Math.sqrt(variance / count);
  }
}
