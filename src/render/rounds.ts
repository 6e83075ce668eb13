/**
 * Adaptive sampling: which pixels need more samples. The first sample of each is in its centre. Where its colour differs from
 * that of one of the eight pixels around by more than DIFFERENT levels of 8-bit sRGB, the pixel gets those of the next round, and so on, until
 * one sample more would change the pixel's mean by less than CHANGE levels, or there are no more rounds (view/view.ts). The
 * change to expect of the n-th sample is s / n, s being the standard deviation of the samples; the standard error of the
 * mean is then below CHANGE·√n levels. A pixel depends on itself and the eight around it, whatever is computed with it. Only + - * / sqrt
 * and comparisons: the same samples everywhere.
 */

import { ROUNDS } from '../view/view.js';
import { toLevel } from './oklab.js';

/** Levels of 256, of any channel; measured (docs/decisions/0108). */
export const DIFFERENT = 16;
export const CHANGE = 5;

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
 * 1 for each pixel of `rect` that differs from one around it. `light`: linear light of all pixels of `box`, 3 numbers each. Pixels
 * outside of `box` do not count: it has those around `rect`, as far as the picture has them.
 */
export function differing(light: Float32Array, box: Area, rect: Area): Uint8Array {
  const { width, height } = box;
  const levels = new Uint8Array(light.length);
  for (let i = 0; i < light.length; i++) levels[i] = toLevel(light[i] as number);
  const found = new Uint8Array(width * height);
  const compare = (a: number, b: number) => {
    for (let c = 0; c < 3; c++) {
      if (Math.abs((levels[3 * a + c] as number) - (levels[3 * b + c] as number)) <= DIFFERENT) continue;
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

/** The pixels of a rectangle, which get more samples in rounds. */
export class Refined {
  /** Of each channel of each pixel: the sums of its samples, and of their squares. */
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private round = 0;

  /** light: of the first sample of each pixel, and then of the mean of all. wanted: 1 for each pixel that is to get more. */
  constructor(
    readonly light: Float32Array,
    readonly wanted: Uint8Array,
  ) {
    this.sums = new Float64Array(light);
    this.squares = new Float64Array(light.length);
    for (let i = 0; i < light.length; i++) this.squares[i] = (light[i] as number) * (light[i] as number);
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
    let k = 0;
    for (let pixel = 0; pixel < this.wanted.length; pixel++) {
      if (!this.wanted[pixel]) continue;
      for (let s = from; s < to; s++, k += 3) this.addSample(pixel, samples, k);
      let change = 0;
      for (let c = 3 * pixel; c < 3 * pixel + 3; c++) {
        const mean = (this.sums[c] as number) / to;
        const variance = ((this.squares[c] as number) - mean * (this.sums[c] as number)) / (to - 1);
        this.light[c] = mean;
        change = Math.max(change, (LEVELS * Math.sqrt(Math.max(0, variance) / Math.max(mean, DARKEST))) / to);
      }
      if (change <= CHANGE) this.wanted[pixel] = 0;
    }
  }

  private addSample(pixel: number, samples: Float32Array, k: number): void {
    for (let c = 0; c < 3; c++) {
      const value = samples[k + c] as number;
      this.sums[3 * pixel + c] = (this.sums[3 * pixel + c] as number) + value;
      this.squares[3 * pixel + c] = (this.squares[3 * pixel + c] as number) + value * value;
    }
  }
}
