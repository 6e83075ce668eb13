/** The reference orbit of a job: which one it needs, and the offsets of views from it. One orbit serves all views around its point. */

import { Worker } from 'node:worker_threads';
import { type ErrorCode, FractalError } from '../../errors.js';
import { add, log10, negate, parseDecimal, toFixed } from '../../view/decimal.js';
import { extentOf } from '../../view/matrix.js';
import { type Formula, samplesPerPixel, type View } from '../../view/view.js';
import { Orbits } from './orbit.js';
import { nanosecondsAt } from './walker.js';

/** An orbit, its formula and its point. */
export interface Reference {
  readonly formula: Formula;
  /** Its point, decimal strings: c, or for a Julia set where its orbit begins. */
  readonly re: string;
  readonly im: string;
  /**
   * Re and im of Z_0 = 0, Z_1 = c, …: until |Z| is far beyond 2, a period, or the iteration limit. For a Julia set the
   * orbit of 0, which points come to when they rebase, and behind it, from index `start`, the orbit of the point.
   */
  readonly orbit: Float64Array;
  /**
   * The underflow list: entries too small for doubles, or with a part that is, in order: index, re, im, the exponents of two
   * of both.
   */
  readonly underflow: Float64Array;
  /** Index of the entry that the point begins with. */
  readonly start: number;
  /** Some views lie beyond the range of doubles. */
  readonly extended: boolean;
}

export interface Orbit extends Pick<Reference, 'orbit' | 'underflow' | 'start'> {
  /** The orbit ends with Z_period, which some c in the view makes 0. */
  readonly period: number | undefined;
}

export interface ReferenceOrder {
  readonly formula: Formula;
  readonly re: string;
  readonly im: string;
  /** Bits behind the point. */
  readonly bits: number;
  readonly iterations: number;
  /** Log2 of half the view's diagonal. */
  readonly radius: number;
  readonly extended: boolean;
}

/** Messages of the thread. */
export type FromReferenceThread =
  | { readonly kind: 'progress'; readonly iterations: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly reason: string }
  | { readonly kind: 'done'; readonly found: Orbit };

/** What starting a thread takes about. */
const THREAD_MS = 100;
/** Bits beyond the spacing of the samples: what the orbit may lose before a pixel changes. */
const SPARE_BITS = 64;

/** Up to this zoom a difference is within the range of doubles: 4/zoom over the pixels of a view. */
const DOUBLES_LOG10 = 280;

/** The view with the largest zoom, of at least one. */
export function deepestOf(views: readonly View[]): View {
  const depthOf = ({ zoom }: View) => log10(decimal(zoom));
  return views.reduce((a, b) => (depthOf(a) >= depthOf(b) ? a : b));
}

/** The order for one view: its centre, to a precision that distinguishes all of its samples. */
export function orderFor(view: View): ReferenceOrder {
  const zoom = log10(decimal(view.zoom)) / Math.log10(2);
  const [longest, shortest] = extentOf(view.deformation);
  const fine =
    Math.log2(Math.max(view.width, view.height) * Math.sqrt(samplesPerPixel(view.sampling))) - Math.log2(shortest);
  const bits = SPARE_BITS + Math.max(64, Math.ceil(zoom + fine + Math.log2(view.iterations + 1)));
  const { formula, re, im, iterations, width, height } = view;
  const radius = 1 + Math.log2(Math.hypot(1, width / height)) - zoom + Math.log2(longest);
  return { formula, re, im, bits, iterations, radius, extended: isExtended(view) };
}

/**
 * Computes an orbit: here if it is short, else in a thread of its own.
 * @throws FractalError ORBIT_TOO_LONG, VIEW_TOO_DEEP, or the signal's reason
 */
export async function computeReference(
  order: ReferenceOrder,
  signal: AbortSignal,
  progress: (iterations: number) => void,
): Promise<Reference & Orbit> {
  const { formula, re, im, extended, bits, iterations } = order;
  const milliseconds = (iterations * nanosecondsAt(bits, formula.power) * (formula.julia ? 2 : 1)) / 1e6;
  const found = milliseconds < THREAD_MS ? iterateReference(order) : await inThread(order, signal, progress);
  return { formula, re, im, extended, ...found };
}

function inThread(order: ReferenceOrder, signal: AbortSignal, progress: (iterations: number) => void): Promise<Orbit> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./reference-thread.cjs', import.meta.url), { workerData: order });
    const stop = () => void thread.terminate();
    signal.addEventListener('abort', stop, { once: true });
    thread.on('message', (message: FromReferenceThread) => {
      if (message.kind === 'progress') progress(message.iterations);
      else if (message.kind === 'failed') reject(new FractalError(message.code, message.reason));
      else resolve(message.found);
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(signal.aborted ? signal.reason : new Error('the thread of the reference orbit ended'));
    });
  });
}

/**
 * The period of a Mandelbrot set's copy in view: the first p for which, to first order, a c within the view's circle
 * has Z_p = 0. Undefined where the centre's orbit escapes or reaches the iteration limit before; for Julia sets.
 */
export async function periodOf(view: View, signal: AbortSignal): Promise<number | undefined> {
  return (await computeReference(orderFor(view), signal, () => {})).period;
}

/** The orbit itself, in the calling thread. @throws FractalError ORBIT_TOO_LONG, VIEW_TOO_DEEP */
export function iterateReference(
  { formula, re, im, bits, iterations, radius }: ReferenceOrder,
  progress: (iterations: number) => void = () => {},
): Orbit {
  const point = [decimal(re), decimal(im)] as const;
  const zero = [decimal('0'), decimal('0')] as const;
  if (!formula.julia) {
    const orbits = new Orbits(formula, point, bits, zero);
    const period = orbits.follow(zero, iterations, radius, progress);
    return { ...orbits.entries(), start: 0, period };
  }
  const c = [decimal(formula.julia.re), decimal(formula.julia.im)] as const;
  for (let more = 0; ; ) {
    const orbits = new Orbits(formula, c, bits + more, point);
    orbits.follow(zero, iterations, undefined, progress);
    const start = orbits.count;
    orbits.follow(point, iterations, undefined, progress);
    const { orbit, underflow } = orbits.entries();
    const escaped = orbits.count - start <= iterations;
    const lost = shrinkage(orbit.subarray(2 * start), formula, radius, escaped);
    if (lost <= more + SPARE_BITS / 2) return { orbit, underflow, start, period: undefined };
    more = lost;
  }
}

/**
 * By how many bits differences from an orbit shrink, at least where it passes 0, before they fill the plane or it
 * escapes. In a Mandelbrot set each iteration adds the difference of c; in a Julia set nothing is added.
 * radius: log2 of what they are at first
 */
function shrinkage(orbit: Float64Array, { power }: Formula, radius: number, escaped: boolean): number {
  let [size, least] = [radius, radius];
  for (let k = 0; k < orbit.length; k += 2) {
    if (size > 0) break;
    const z = Math.log2(Math.hypot(orbit[k] as number, orbit[k + 1] as number));
    size += Math.log2(power) + (power - 1) * Math.max(z, size);
    least = Math.min(least, size);
  }
  return escaped || size > 0 ? Math.ceil(radius - least) : 0;
}

/** Whether the differences of a view's points are beyond the range of doubles. */
export function isExtended({ zoom }: Pick<View, 'zoom'>): boolean {
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

function decimal(text: string) {
  const parsed = parseDecimal(text);
  if (!parsed) throw new FractalError('REQUEST_INVALID', `"${text}" is not a decimal number`);
  return parsed;
}
