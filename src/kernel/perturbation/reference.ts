/**
 * The reference orbit: z <- fold(z)^power + c in fixed point of any precision, kept as doubles. One orbit serves every
 * view around its point.
 */

import { Worker } from 'node:worker_threads';
import { FractalError } from '../../errors.js';
import { add, log10, negate, parseDecimal, toFixed } from '../../view/decimal.js';
import { type Formula, samplesPerPixel, type View } from '../../view/view.js';
import type { KernelName } from '../kernel.js';
import { reaches, requireSpacing } from '../precision.js';

/** An orbit and where it belongs to. */
export interface Reference {
  readonly formula: Formula;
  /** Its point, decimal strings: c, or for a Julia set where its orbit begins. */
  readonly re: string;
  readonly im: string;
  /**
   * Re and im of Z_0 = 0, Z_1 = c, …: up to the first |Z| > 2, or the iteration limit. For a Julia set the orbit of 0,
   * which points come to when they rebase, and behind it, from index `start`, the orbit of the point.
   */
  readonly orbit: Float64Array;
  /** Entries too small for doubles, in order: index, re, im, exponent of two. */
  readonly tiny: Float64Array;
  /** Index of the entry that the point begins with. */
  readonly start: number;
  /** Some views lie beyond the range of doubles. */
  readonly deep: boolean;
}

export type Orbit = Pick<Reference, 'orbit' | 'tiny' | 'start'>;

export interface ReferenceOrder {
  readonly formula: Formula;
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
 * @throws FractalError VIEW_TOO_DEEP for kernels that cannot perturb
 */
export function orderForAll(views: readonly View[], kernel: KernelName): ReferenceOrder | undefined {
  const deep = views.filter((view) => !reaches(view, kernel));
  if (deep.length === 0) return undefined;
  const deepest = deepestOf(deep);
  // Says how far the kernel reaches.
  if (kernel !== 'simd') requireSpacing(deepest, kernel);
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
  const { formula, re, im, iterations } = view;
  return { formula, re, im, bits, iterations, deep: isDeep(view) };
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
      else {
        const { formula, re, im, deep } = order;
        resolve({ formula, re, im, deep, ...message.found });
      }
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
  { formula, re, im, bits, iterations }: ReferenceOrder,
  progress: (iterations: number) => void = () => {},
): Orbit {
  const point: Point = [fixed(re, bits), fixed(im, bits)];
  const entries = new Entries(bits);
  if (!formula.julia) {
    iterate(stepOf(formula, point, bits), [0n, 0n], iterations, entries, progress);
    return { ...entries.taken(), start: 0 };
  }
  const step = stepOf(formula, [fixed(formula.julia.re, bits), fixed(formula.julia.im, bits)], bits);
  iterate(step, [0n, 0n], iterations, entries, progress);
  const start = entries.count;
  iterate(step, point, iterations, entries, progress);
  return { ...entries.taken(), start };
}

/** Re and im in fixed point. */
type Point = readonly [re: bigint, im: bigint];

function iterate(
  step: (z: Point) => Point,
  from: Point,
  iterations: number,
  entries: Entries,
  progress: (iterations: number) => void,
): void {
  let z = from;
  for (let n = 0; !entries.add(z) && n < iterations; n++) {
    z = step(z);
    if (entries.count % 16384 === 0) progress(entries.count);
  }
}

/** One iteration of a formula in fixed point, each product cut off below the last bit. */
function stepOf({ step, power }: Formula, [cr, ci]: Point, bits: number): (z: Point) => Point {
  const shift = BigInt(bits);
  const abs = (v: bigint) => (v < 0n ? -v : v);
  return ([zr, zi]) => {
    const fr = step === 'burning-ship' ? abs(zr) : zr;
    const fi = step === 'burning-ship' ? abs(zi) : step === 'tricorn' ? -zi : zi;
    let pr = ((fr + fi) * (fr - fi)) >> shift;
    let pi = (2n * fr * fi) >> shift;
    for (let k = 2; k < power; k++) [pr, pi] = [(pr * fr - pi * fi) >> shift, (pr * fi + pi * fr) >> shift];
    return [pr + cr, pi + ci];
  };
}

/** Entries of an orbit as they come. */
class Entries {
  count = 0;
  #orbit = new Float64Array(2 * 4096);
  readonly #tiny: number[] = [];
  readonly #bits: number;
  /** A double holds 2^-1000 but not 2^-bits. */
  readonly #drop: bigint;
  readonly #scale: number;

  constructor(bits: number) {
    this.#bits = bits;
    this.#drop = BigInt(Math.max(0, bits - 1000));
    this.#scale = 2 ** -Math.min(bits, 1000);
  }

  /** Whether it has left |z| <= 2. */
  add([zr, zi]: Point): boolean {
    const at = 2 * this.count;
    if (at === this.#orbit.length) {
      const longer = new Float64Array(2 * at);
      longer.set(this.#orbit);
      this.#orbit = longer;
    }
    const x = Number(zr >> this.#drop) * this.#scale;
    const y = Number(zi >> this.#drop) * this.#scale;
    if (at > 0 && Math.max(Math.abs(x), Math.abs(y)) < SMALLEST) {
      this.#tiny.push(this.count, ...extended(zr, zi, this.#bits));
    }
    this.#orbit[at] = x;
    this.#orbit[at + 1] = y;
    this.count++;
    return x * x + y * y > 4;
  }

  taken(): { orbit: Float64Array; tiny: Float64Array } {
    return { orbit: this.#orbit.slice(0, 2 * this.count), tiny: Float64Array.from(this.#tiny) };
  }
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
