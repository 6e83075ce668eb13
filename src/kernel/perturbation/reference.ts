/**
 * The reference orbit: z <- z^2 + c from z = 0 in fixed point of any precision, kept as doubles. One orbit serves every
 * view around its point.
 */

import { Worker } from 'node:worker_threads';
import { FractalError } from '../../errors.js';
import { add, log10, negate, parseDecimal, toFixed } from '../../view/decimal.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import type { KernelName } from '../kernel.js';
import { reaches, requireSpacing } from '../precision.js';

/** An orbit and where it belongs to. */
export interface Reference {
  /** Its c, decimal strings. */
  readonly re: string;
  readonly im: string;
  /** Re and im of Z_0, Z_1, …, Z_length: up to the first |Z| > 2, or the iteration limit. */
  readonly orbit: Float64Array;
  /** Entries too small for doubles, in order: index, re, im, exponent of two. */
  readonly tiny: Float64Array;
  /** Some views lie beyond the range of doubles. */
  readonly deep: boolean;
}

export type Orbit = Pick<Reference, 'orbit' | 'tiny'>;

export interface ReferenceOrder {
  readonly re: string;
  readonly im: string;
  /** Bits behind the point. */
  readonly bits: number;
  readonly iterations: number;
  readonly deep: boolean;
}

/** What the thread answers. */
export type FromReferenceThread =
  | { readonly kind: 'progress'; readonly iterations: number }
  | { readonly kind: 'done'; readonly found: Orbit };

/** Entries of the orbit below it are listed apart, as the kernel expects. */
const SMALLEST = 1e-270;
/** Bits beyond the spacing of the samples: what the orbit may lose before a pixel notices. */
const SPARE_BITS = 64;

/** Up to here a difference fits a double: 4/zoom over the pixels of a view. */
const DOUBLES_LOG10 = 280;

/**
 * The reference that a job needs, which is that of its deepest view; undefined where the kernel reaches all views
 * directly. One reference does for views all around its point.
 * @throws FractalError VIEW_TOO_DEEP for views that cannot be perturbed
 */
export function orderForAll(views: readonly View[], kernel: KernelName): ReferenceOrder | undefined {
  const deep = views.filter((view) => !reaches(view, kernel));
  if (deep.length === 0) return undefined;
  const deepest = deepestOf(deep);
  const { step, power, julia } = deepest.formula;
  // Says how far the kernel reaches.
  if (kernel !== 'simd' || step !== 'holomorphic' || power !== 2 || julia) requireSpacing(deepest, kernel);
  const iterations = Math.max(...views.map((view) => view.iterations));
  return orderFor({ ...deepest, iterations });
}

/** The view with the largest zoom, of at least one. */
export function deepestOf(views: readonly View[]): View {
  const depthOf = ({ zoom }: View) => log10(decimal(zoom));
  return views.reduce((a, b) => (depthOf(a) >= depthOf(b) ? a : b));
}

/** The order for one view: its centre, to a precision that tells all of its samples apart. */
export function orderFor(view: View): ReferenceOrder {
  const zoom = log10(decimal(view.zoom)) / Math.log10(2);
  const fine = Math.log2(Math.max(view.width, view.height) * Math.sqrt(samplesPerPixel(view.sampling)));
  const bits = SPARE_BITS + Math.max(64, Math.ceil(zoom + fine + Math.log2(view.iterations + 1)));
  return { re: view.re, im: view.im, bits, iterations: view.iterations, deep: isDeep(view) };
}

/** Computes an orbit in a thread of its own. @throws the signal's reason */
export function computeReference(
  order: ReferenceOrder,
  signal: AbortSignal,
  progress: (iterations: number) => void,
): Promise<Reference> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./reference-thread.js', import.meta.url), { workerData: order });
    const stop = () => void thread.terminate();
    signal.addEventListener('abort', stop, { once: true });
    thread.on('message', (message: FromReferenceThread) => {
      if (message.kind === 'progress') progress(message.iterations);
      else resolve({ re: order.re, im: order.im, deep: order.deep, ...message.found });
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(signal.aborted ? signal.reason : new Error('the thread of the reference orbit ended'));
    });
  });
}

/** The orbit itself, in the calling thread. */
export function iterateReference(
  { re, im, bits, iterations }: ReferenceOrder,
  progress: (iterations: number) => void = () => {},
): Orbit {
  const cr = fixed(re, bits);
  const ci = fixed(im, bits);
  const shift = BigInt(bits);
  const double = BigInt(bits - 1);
  // A double holds 2^-1000 but not 2^-bits.
  const drop = BigInt(Math.max(0, bits - 1000));
  const scale = 2 ** -Math.min(bits, 1000);
  let orbit = new Float64Array(2 * 4096);
  const tiny: number[] = [];
  let zr = 0n;
  let zi = 0n;
  let n = 0;
  for (;;) {
    if (2 * n + 2 > orbit.length) {
      const longer = new Float64Array(2 * orbit.length);
      longer.set(orbit);
      orbit = longer;
    }
    const x = Number(drop ? zr >> drop : zr) * scale;
    const y = Number(drop ? zi >> drop : zi) * scale;
    if (n > 0 && Math.max(Math.abs(x), Math.abs(y)) < SMALLEST) tiny.push(n, ...extended(zr, zi, bits));
    orbit[2 * n] = x;
    orbit[2 * n + 1] = y;
    if (x * x + y * y > 4 || n >= iterations) break;
    const t = (((zr + zi) * (zr - zi)) >> shift) + cr;
    zi = ((zr * zi) >> double) + ci;
    zr = t;
    n++;
    if (n % 16384 === 0) progress(n);
  }
  return { orbit: orbit.slice(0, 2 * n + 2), tiny: Float64Array.from(tiny) };
}

/** Mantissas and the exponent of two of a point in fixed point. */
function extended(zr: bigint, zi: bigint, bits: number): [re: number, im: number, exponent: number] {
  const larger = [zr, zi].map((v) => (v < 0n ? -v : v).toString(2).length);
  const drop = Math.max(0, Math.max(...larger) - 60);
  return [Number(zr >> BigInt(drop)), Number(zi >> BigInt(drop)), drop - bits];
}

/** Whether the differences of a view's points are beyond the range of doubles. */
export function isDeep({ zoom }: View): boolean {
  return log10(decimal(zoom)) > DOUBLES_LOG10;
}

/** e such that 2^e is about the size of a deep view: its points are numbers of ordinary size times it. */
export function exponentOf({ zoom }: View): number {
  return -Math.floor(log10(decimal(zoom)) / Math.log10(2));
}

/** zoom·2^exponent, near 1. */
export function scaledZoom({ zoom }: View, exponent: number): string {
  const bits = 64;
  return String(Number(toFixed(decimal(zoom), bits) >> BigInt(-exponent)) / 2 ** bits);
}

/** How far a view's centre lies from the reference's c, divided by 2^exponent, rounded once. */
export function offsetOf(
  view: View,
  reference: Pick<Reference, 're' | 'im'>,
  exponent: number,
): [re: number, im: number] {
  const between = (a: string, b: string) => {
    const difference = add(decimal(a), negate(decimal(b)));
    if (difference.digits === 0n) return 0;
    if (exponent === 0) return Number(`${difference.digits}e${difference.exponent}`);
    const spare = 128;
    const scaled = toFixed(difference, spare - exponent);
    const drop = Math.max(0, scaled.toString(2).length - 64);
    return Number(scaled >> BigInt(drop)) * 2 ** (drop - spare);
  };
  return [between(view.re, reference.re), between(view.im, reference.im)];
}

function fixed(text: string, bits: number): bigint {
  return toFixed(decimal(text), bits);
}

function decimal(text: string) {
  const parsed = parseDecimal(text);
  if (!parsed) throw new FractalError('REQUEST_INVALID', `"${text}" is not a decimal number`);
  return parsed;
}
