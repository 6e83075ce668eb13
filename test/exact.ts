/**
 * Points iterated in integers with a derivative beside them: nu and the distance's vector that kernels are held against
 * where no golden pixel is. Integers are BigInt, and so many bits are used that two precisions agree.
 */

import type { View } from '../src/view/view.js';
import { fixed } from './plain.js';

export interface ExactSample {
  /** Infinity: still within |z| <= 2 at the limit. */
  readonly nu: number;
  /** As `distance` of src/kernel/kernel.ts. */
  readonly distance: readonly [x: number, y: number];
  /** The phase of the iterate of which nu is made, in turns, 0 to 1; 0 of a bounded point. */
  readonly phase: number;
}

/** |z| from which on the distance is taken. */
const FAR = 256;
const BEYOND = 200;
/** Mantissas of the derivative stay near 1. */
const ROOM = 200;

/** A number m·2^e. */
type Float = readonly [m: number, e: number];

/** The pixel's centre, to a precision at which twice as many spare bits change nothing. For views that are not turned. */
export function exactSample(view: View, x: number, y: number): ExactSample {
  const depth = Math.ceil(Math.log2(Number(mantissaOf(view.zoom)[0])) + mantissaOf(view.zoom)[1] * Math.log2(10));
  let before = sampleAt(view, x, y, Math.max(0, depth) + 192);
  for (let spare = 384; ; spare *= 2) {
    const sample = sampleAt(view, x, y, Math.max(0, depth) + spare);
    if (sample.nu === before.nu || Math.abs(sample.nu - before.nu) < 1e-6) return sample;
    before = sample;
  }
}

function mantissaOf(text: string): [string, number] {
  const [m = '', e = '0'] = text.toLowerCase().split('e');
  return [m, Number(e)];
}

function sampleAt(view: View, x: number, y: number, bits: number): ExactSample {
  const { formula, zoom, width, height, iterations, bailout } = view;
  const { power, step, julia } = formula;
  const shift = BigInt(bits);
  // Twice the offset in pixels, times half a pixel.
  const half = (4n << (shift + 64n)) / (fixed(zoom, 64) * BigInt(2 * height));
  const pixelFloat = floatOf((4n << (2n * shift + 64n)) / (fixed(zoom, 64) * BigInt(height)), 2 * bits);
  const point = [
    fixed(view.re, bits) + half * BigInt(2 * x + 1 - width),
    fixed(view.im, bits) + half * BigInt(height - 1 - 2 * y),
  ] as const;
  const [cr, ci] = julia ? [fixed(julia.re, bits), fixed(julia.im, bits)] : point;
  let [re, im] = julia ? point : [0n, 0n];
  let derivative: Matrix = julia ? { entries: [pixelFloat[0], 0, 0, pixelFloat[0]], exponent: pixelFloat[1] } : ZERO;
  const square = (radius: number) => (BigInt(Math.round(radius * 1024)) ** 2n) << (2n * shift - 20n);
  const [outside, far] = [square(bailout), square(Math.max(bailout, FAR))];
  let nu: number | undefined;
  let phase = 0;
  for (let [n, last] = [0, iterations]; ; n++) {
    const squared = re * re + im * im;
    if (nu === undefined && squared > outside) {
      nu = n - Math.log2(log2Of(floatOf(squared, 2 * bits)) / 2) / Math.log2(power);
      phase = phaseOf(floatOf(re, bits), floatOf(im, bits));
    }
    if (nu !== undefined && squared > far)
      return { nu, phase, distance: distanceOf(derivative, floatOf(re, bits), floatOf(im, bits)) };
    if (n >= last) {
      if (squared <= 4n << (2n * shift) || n > iterations) return { nu: nu ?? Infinity, phase, distance: [0, 0] };
      last = iterations + BEYOND;
    }
    const signRe = step === 'burning-ship' && re < 0n ? -1 : 1;
    const signIm = step === 'tricorn' || (step === 'burning-ship' && im < 0n) ? -1 : 1;
    const [p, q] = [BigInt(signRe) * re, BigInt(signIm) * im];
    let [slopeRe, slopeIm] = [1n << shift, 0n];
    for (let k = 1; k < power; k++)
      [slopeRe, slopeIm] = [(slopeRe * p - slopeIm * q) >> shift, (slopeRe * q + slopeIm * p) >> shift];
    derivative = turned(derivative, floatOf(slopeRe, bits), floatOf(slopeIm, bits), power, signRe, signIm);
    if (!julia) derivative = plus(derivative, pixelFloat);
    [re, im] = [((slopeRe * p - slopeIm * q) >> shift) + cr, ((slopeRe * q + slopeIm * p) >> shift) + ci];
  }
}

/** Columns (a, b) and (c, d), times 2^exponent. */
interface Matrix {
  readonly entries: readonly [number, number, number, number];
  readonly exponent: number;
}

const ZERO: Matrix = { entries: [0, 0, 0, 0], exponent: 0 };

function normal([a, b, c, d]: Matrix['entries'], exponent: number): Matrix {
  const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
  if (size === 0) return ZERO;
  const by = Math.floor(Math.log2(size));
  return { entries: [a * 2 ** -by, b * 2 ** -by, c * 2 ** -by, d * 2 ** -by], exponent: exponent + by };
}

function turned(
  { entries, exponent }: Matrix,
  slopeRe: Float,
  slopeIm: Float,
  power: number,
  signRe: number,
  signIm: number,
): Matrix {
  const e = Math.max(slopeRe[0] === 0 ? slopeIm[1] : slopeRe[1], slopeIm[0] === 0 ? slopeRe[1] : slopeIm[1]);
  const [u, v] = [slopeRe, slopeIm].map(([m, own]) => (m === 0 ? 0 : power * m * 2 ** Math.max(-1074, own - e))) as [
    number,
    number,
  ];
  const [a, b, c, d] = [signRe * entries[0], signIm * entries[1], signRe * entries[2], signIm * entries[3]];
  return normal([u * a - v * b, u * b + v * a, u * c - v * d, u * d + v * c], exponent + e);
}

/** Plus the identity times a float. */
function plus({ entries: [a, b, c, d], exponent }: Matrix, [m, e]: Float): Matrix {
  if (a === 0 && b === 0 && c === 0 && d === 0) return normal([m, 0, 0, m], e);
  if (e - exponent > ROOM) return normal([m, 0, 0, m], e);
  const own = m * 2 ** Math.max(-1074, e - exponent);
  return normal([a + own, b, c, d + own], exponent);
}

function distanceOf({ entries: [a, b, c, d], exponent }: Matrix, x: Float, y: Float): [number, number] {
  const [re, im] = [x[0] * 2 ** x[1], y[0] * 2 ** y[1]];
  const [right, up] = [a * re + b * im, c * re + d * im];
  const steepness = Math.hypot(right, up);
  const squared = re * re + im * im;
  const length = 2 ** (Math.log2((squared * Math.log(squared)) / 2 / steepness) - exponent);
  return [(right / steepness) * length, (up / steepness) * length];
}

function phaseOf(x: Float, y: Float): number {
  const turns = Math.atan2(y[0] * 2 ** (y[1] - x[1]), x[0]) / (2 * Math.PI);
  return turns < 0 ? turns + 1 : turns;
}

function floatOf(value: bigint, bits: number): Float {
  const size = value < 0n ? -value : value;
  const drop = Math.max(0, 4 * size.toString(16).length - 64);
  const m = Number(size >> BigInt(drop));
  return m === 0 ? [0, 0] : normalFloat(value < 0n ? -m : m, drop - bits);
}

function normalFloat(m: number, e: number): Float {
  const by = Math.floor(Math.log2(Math.abs(m)));
  return [m * 2 ** -by, e + by];
}

function log2Of([m, e]: Float): number {
  return Math.log2(Math.abs(m)) + e;
}
