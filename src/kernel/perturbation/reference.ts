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
}

export interface ReferenceOrder {
  readonly re: string;
  readonly im: string;
  /** Bits behind the point. */
  readonly bits: number;
  readonly iterations: number;
}

/** What the thread answers. */
export type FromReferenceThread =
  | { readonly kind: 'progress'; readonly iterations: number }
  | { readonly kind: 'done'; readonly orbit: Float64Array };

/** Bits beyond the spacing of the samples: what the orbit may lose before a pixel notices. */
const SPARE_BITS = 64;

/** A delta must not fall below the doubles: 4/zoom over the pixels of a view. */
const DEEPEST_LOG10 = 288;

/**
 * The reference that a job needs, which is that of its deepest view; undefined where the kernel reaches all views
 * directly. One reference does for views all around its point.
 * @throws FractalError VIEW_TOO_DEEP for views that cannot be perturbed
 */
export function orderForAll(views: readonly View[], kernel: KernelName): ReferenceOrder | undefined {
  const deep = views.filter((view) => !reaches(view, kernel));
  const depthOf = ({ zoom }: View) => log10(decimal(zoom));
  const deepest = deep.reduce<View | undefined>((a, b) => (a && depthOf(a) >= depthOf(b) ? a : b), undefined);
  if (!deepest) return undefined;
  const { step, power, julia } = deepest.formula;
  // Says how far the kernel reaches.
  if (kernel !== 'simd' || step !== 'holomorphic' || power !== 2 || julia) requireSpacing(deepest, kernel);
  if (depthOf(deepest) > DEEPEST_LOG10) {
    throw new FractalError(
      'VIEW_TOO_DEEP',
      `zoom ${deepest.zoom} lies beyond the range of doubles: stay below a zoom of 1e${DEEPEST_LOG10}`,
    );
  }
  const iterations = Math.max(...views.map((view) => view.iterations));
  return orderFor({ ...deepest, iterations });
}

/** The order for one view: its centre, to a precision that tells all of its samples apart. */
export function orderFor(view: View): ReferenceOrder {
  const zoom = log10(decimal(view.zoom)) / Math.log10(2);
  const fine = Math.log2(Math.max(view.width, view.height) * Math.sqrt(samplesPerPixel(view.sampling)));
  const bits = SPARE_BITS + Math.max(64, Math.ceil(zoom + fine + Math.log2(view.iterations + 1)));
  return { re: view.re, im: view.im, bits, iterations: view.iterations };
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
      else resolve({ re: order.re, im: order.im, orbit: message.orbit });
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
): Float64Array {
  const cr = fixed(re, bits);
  const ci = fixed(im, bits);
  const shift = BigInt(bits);
  const double = BigInt(bits - 1);
  // A double holds 2^-1000 but not 2^-bits.
  const drop = BigInt(Math.max(0, bits - 1000));
  const scale = 2 ** -Math.min(bits, 1000);
  let orbit = new Float64Array(2 * 4096);
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
    orbit[2 * n] = x;
    orbit[2 * n + 1] = y;
    if (x * x + y * y > 4 || n >= iterations) break;
    const t = ((zr * zr - zi * zi) >> shift) + cr;
    zi = ((zr * zi) >> double) + ci;
    zr = t;
    n++;
    if (n % 16384 === 0) progress(n);
  }
  return orbit.slice(0, 2 * n + 2);
}

/** How far a view's centre lies from the reference's c, rounded once. */
export function offsetOf(view: View, reference: Pick<Reference, 're' | 'im'>): [re: number, im: number] {
  const between = (a: string, b: string) => {
    const { digits, exponent } = add(decimal(a), negate(decimal(b)));
    return digits === 0n ? 0 : Number(`${digits}e${exponent}`);
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
