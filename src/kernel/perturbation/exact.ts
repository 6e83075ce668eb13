/**
 * Exact iteration, for points whose count doubles cannot decide, since errors on the way grow by more than doubles have
 * digits: iterated directly, in fixed point with as many bits as their own error bound requires. A point that
 * would take too long keeps the count of doubles, and is counted as uncertain; a view that is `exact` has no such limit.
 */

import type { Rect } from '../../shard/shard.js';
import { type Decimal, divide, log10, multiply, parseDecimal, toFixed } from '../../view/decimal.js';
import { extentOf } from '../../view/matrix.js';
import { fillPoints, sinCos } from '../../view/plane.js';
import { samplesPerPixel, type View } from '../../view/view.js';
import { perturbationModule } from './layout.js';

import { type Derivative, type PixelVector, Tangent } from './tangent.js';
import { nanosecondsAt, Walker } from './walker.js';

/** What the WebAssembly kernel computes of the last iterate of a point. */
export interface Finish {
  /** The count of a point of which the n-th iterate is the first beyond the bailout. */
  nuOf(n: bigint, re: number, im: number): number;
  /** Its phase, in turns. */
  phaseOf(re: number, im: number): number;
  /** Writes the vector of the distance as the `index`-th of `distances`; at the first iterate that is far out. */
  distanceOf(re: number, im: number, derivative: Derivative, index: number): void;
}

export interface Exact {
  /** Points that take more iterations cost too much: they keep the count of doubles. */
  readonly most: number;
  /**
   * Replaces the doubtful among the samples of a rectangle, and their distances and phases, if there are any.
   * check: called several times a second; what it throws ends this.
   */
  replace(rect: Rect, samples: Samples, check: () => void): Replaced;
}

export interface Samples {
  readonly nu: Float64Array;
  /** Of each sample CERTAIN, DOUBTFUL or UNCERTAIN, constants of the WebAssembly module. */
  readonly status: Uint8Array;
  /** log2 of the error bound in doubles, for samples that are not certain. */
  readonly errorBits: Float64Array;
  /** Pairs; undefined where the view has none. */
  readonly distances: Float64Array | undefined;
  /** Undefined where the view has none. */
  readonly phases: Float64Array | undefined;
}

export interface Replaced {
  readonly iterations: number;
  /** Pixels with a sample that is uncertain: their places in the rows of the rectangle. */
  readonly uncertain: readonly number[];
}

/** Re and im in fixed point. */
type Point = readonly [re: bigint, im: bigint];

/** By precision and range, for all views of one formula. */
export type Walkers = Map<string, Walker>;
const MOST_WALKERS = 8;

/** Lost bits are counted in units of so many. */
const GRAIN_BITS = 8;
const GRAIN = 2 ** GRAIN_BITS;
/** Bits that must be left when a point escapes, and what an attempt has more, since the next orbit may lose more. */
const SPARE_BITS = 24 + GRAIN_BITS;
const MORE_BITS = 24;
const MORE_TIMES = 1.5;
/** Bits beyond those that distinguish the samples, from which the time of a point is estimated. */
const USUAL_BITS = 128;
/** What a point may cost, in nanoseconds, unless the view is exact. */
const MOST_WORK = 5e6;
/** Between two calls of `check`, in nanoseconds. */
const CHECK_WORK = 5e6;
/** A point may turn out to take longer than it seemed to, and all attempts together so many times as long. */
const LONGEST = 4;
/** Precisions are multiples of it, so that few are enough for many points. */
const BITS = 64;
/** Below it |z|^2 counts as small. */
const SMALL = 2 ** -16;
/** Bits behind the point of places in the picture. */
const SCALE = 64;
const PIXELS = { re: [0, 0], im: [0, 0], xx: 1, xy: 0, yx: 0, yy: 1 } as const;

/** unit: without deformation, the plane's vector of a pixel to the right. */
export function openExact(view: View, unit: PixelVector, finish: Finish, walkers: Walkers): Exact {
  const { formula, iterations } = view;
  const { BEYOND, CERTAIN, DOUBTFUL, LEAST_BAILOUT2, UNDERFLOW_BYTES } = perturbationModule().constants;
  const underflowNumbers = UNDERFLOW_BYTES / 8;
  const [longest, shortest] = extentOf(view.deformation);
  const fine = Math.log2(view.height) - Math.log2(shortest);
  const depth = Math.max(0, Math.ceil(log10(decimal(view.zoom)) / Math.log10(2) + fine));
  const work = view.exact ? Infinity : MOST_WORK;
  const mostAt = (bits: number) => Math.floor(work / nanosecondsAt(bits, formula.power));
  const bailout = view.count === 'whole' ? 2 : view.bailout;
  const outside = view.distance ? Math.max(bailout, Math.sqrt(LEAST_BAILOUT2)) : bailout;
  const tangent = view.distance ? new Tangent(formula, unit) : undefined;
  const sizes = [view, formula.julia ?? view].flatMap(({ re, im }) => [Math.abs(Number(re)), Math.abs(Number(im))]);
  const reach = (4 / Number(view.zoom)) * (1 + view.width / view.height) * longest;
  const largest = 2 ** Math.ceil(Math.log2(1 + Math.hypot(...sizes) + reach));
  const perPixel = samplesPerPixel(view.sampling);
  const xs = new Float64Array(perPixel);
  const ys = new Float64Array(perPixel);
  const [sin, cos] = sinCos(view.rotation).map(scaled) as [bigint, bigint];
  const [xx, xy, yx, yy] = (view.deformation ?? [1, 0, 0, 1]).map(scaled) as [bigint, bigint, bigint, bigint];
  const pixels = multiply(decimal(view.zoom), decimal(String(view.height)));
  const frames = new Map<number, Frame>();

  /** With all digits: in chaos points that differ by 2^-bits may separate. */
  function frameOf(bits: number): Frame {
    let frame = frames.get(bits);
    if (!frame) {
      const pixel = divide(decimal('4'), pixels, Math.ceil((bits + 64) / Math.log2(10)));
      const [re, im] = [toFixed(decimal(view.re), bits), toFixed(decimal(view.im), bits)];
      frames.set(bits, (frame = { re, im, pixel: toFixed(pixel, bits + 32) }));
    }
    return frame;
  }

  /** The point that lies x pixels to the right of the centre and y above it. */
  function pointAt(x: bigint, y: bigint, bits: number): Point {
    const { re, im, pixel } = frameOf(bits);
    const along = (offset: bigint) => (pixel * offset) >> BigInt(3 * SCALE + 32);
    const [X, Y] = [x * cos - y * sin, x * sin + y * cos];
    return [re + along(xx * X + xy * Y), im + along(yx * X + yy * Y)];
  }

  function walkerOf(bits: number): Walker {
    const name = [bits, outside, largest].join();
    let walker = walkers.get(name);
    if (!walker) {
      if (walkers.size >= MOST_WALKERS) walkers.clear();
      walker = new Walker(formula, bits, outside, largest);
      walkers.set(name, walker);
    }
    return walker;
  }

  /** lost: bits that the orbit is expected to lose. */
  function iterate(x: number, y: number, lost: number, check: () => void): Iterated {
    let ran = 0;
    let bits = lost + SPARE_BITS + MORE_BITS;
    while (ran < LONGEST * mostAt(bits)) {
      bits = Math.ceil(bits / BITS) * BITS;
      const walker = walkerOf(bits);
      const point = pointAt(scaled(x), scaled(y), walker.bits);
      const { julia } = formula;
      const c = julia ? [toFixed(decimal(julia.re), walker.bits), toFixed(decimal(julia.im), walker.bits)] : point;
      walker.setC(...(c as [bigint, bigint]));
      walker.begin(...(julia ? point : ([0n, 0n] as const)));
      const followed = follow(walker, LONGEST * mostAt(bits), check);
      ran += followed.n;
      if (followed.nu === undefined || followed.lost < bits - SPARE_BITS) return { ...followed, ran };
      // The loss of an orbit that is already wrong is only an estimate.
      bits = Math.max(followed.lost + SPARE_BITS + MORE_BITS, MORE_TIMES * bits);
    }
    return { nu: undefined, phase: 0, ran };
  }

  function follow(walker: Walker, longest: number, check: () => void): Followed {
    // The bound of the rounding errors is error·2^lost; each step adds one rounding.
    let [error, lost, one, most, last, n] = [1, 0, 1, 0, iterations, 0];
    let nu: number | undefined;
    let phase = 0;
    const stride = Math.max(1, Math.floor(CHECK_WORK / nanosecondsAt(walker.bits, formula.power)));
    tangent?.begin();
    while (n <= longest) {
      check();
      const { entries, underflow } = walker.run(Math.min(last, longest, n + stride - 1) - n + 1);
      let listed = 0;
      for (let k = 0; k < entries.length; k += 2, n++) {
        const [re, im] = [entries[k] as number, entries[k + 1] as number];
        const mag2 = re * re + im * im;
        if (nu === undefined && !(mag2 <= bailout * bailout)) {
          nu = finish.nuOf(BigInt(n), re, im);
          phase = finish.phaseOf(re, im);
        }
        if (nu !== undefined && !(mag2 <= outside * outside)) return { nu, n, lost: most, re, im, phase };
        if (n >= last) {
          if (mag2 <= 4 || n > iterations) return { nu: nu ?? Infinity, n, lost: most, phase };
          last = iterations + BEYOND;
        }
        const exponents = underflow[listed] === k / 2 ? partsAt(underflow, listed) : undefined;
        if (exponents) listed += underflowNumbers;
        if (exponents) tangent?.step(...exponents);
        else tangent?.step(re, im);
        if (mag2 < SMALL && n > 0) {
          // Near a critical point an error stays small only if it is small beside z.
          const small = Math.max(-walker.bits, exponents ? log2Of(...exponents) : Math.log2(Math.hypot(re, im)));
          most = Math.max(most, lost - small);
          const all = lost + Math.log2(error * formula.power) + small * (formula.power - 1);
          lost = Math.max(0, GRAIN_BITS * Math.floor(all / GRAIN_BITS));
          one = 2 ** -lost;
          error = Math.exp((all - lost) * Math.LN2) + one;
          continue;
        }
        error *= formula.power;
        // Not **, whose last bit is another one from Node 24 on.
        for (let factor = 1; factor < formula.power; factor++) error *= Math.sqrt(mag2);
        error += one;
        if (error >= 1 && error < GRAIN) continue;
        for (; error >= GRAIN; error /= GRAIN) lost += GRAIN_BITS;
        for (; error < 1 && lost > 0; error *= GRAIN) lost -= GRAIN_BITS;
        one = 2 ** -lost;
        most = Math.max(most, lost);
      }
    }
    return { nu: undefined, n: longest, lost: most, phase };
  }

  function replaceSample(samples: Samples, k: number, found: Iterated & { readonly nu: number }): void {
    const { nu, distances, phases } = samples;
    nu[k] = found.nu;
    if (phases) phases[k] = found.phase;
    if (!distances || !tangent) return;
    if (found.re === undefined || found.im === undefined) distances.fill(0, 2 * k, 2 * k + 2);
    else finish.distanceOf(found.re, found.im, tangent.derivative, k);
  }

  return {
    most: Math.min(mostAt(depth + USUAL_BITS), Number.MAX_SAFE_INTEGER),
    replace({ x, y, width, height }, samples, check) {
      const { status, errorBits } = samples;
      const uncertain: number[] = [];
      let ran = 0;
      for (let k = 0; k < width * height * perPixel; k++) {
        if (status[k] === CERTAIN) continue;
        const at = Math.floor(k / perPixel);
        if (status[k] === DOUBTFUL) {
          fillPoints(view, { x: x + (at % width), y: y + Math.floor(at / width), width: 1, height: 1 }, xs, ys, PIXELS);
          const lost = depth + Math.max(0, errorBits[k] as number);
          const found = iterate(xs[k % perPixel] as number, ys[k % perPixel] as number, lost, check);
          ran += found.ran;
          if (found.nu !== undefined) {
            replaceSample(samples, k, { ...found, nu: found.nu });
            continue;
          }
        }
        if (uncertain.at(-1) !== at) uncertain.push(at);
      }
      return { iterations: ran, uncertain };
    },
  };
}

/** A picture's centre, times 2^bits, and the side of a pixel, times 2^(bits + 32). */
interface Frame {
  readonly re: bigint;
  readonly im: bigint;
  readonly pixel: bigint;
}

interface Followed {
  /** undefined: not known after `longest` iterations. */
  readonly nu: number | undefined;
  readonly n: number;
  /** Bits that the error bound grew by at most, in absolute terms or beside z. */
  readonly lost: number;
  /** The last iterate of a point that escaped, as far out as distances require. */
  readonly re?: number;
  readonly im?: number;
  /** Of the first beyond the bailout; 0: there is none. */
  readonly phase: number;
}

interface Iterated extends Pick<Followed, 'nu' | 're' | 'im' | 'phase'> {
  /** Iterations of all attempts. */
  readonly ran: number;
}

/** A number with parts x·2^xE and y·2^yE. */
type Parts = readonly [x: number, y: number, xE: number, yE: number];

/** Of an entry of an underflow list (reference.ts). */
function partsAt(underflow: Float64Array, at: number): Parts {
  return underflow.subarray(at + 1, at + 5) as unknown as Parts;
}

function log2Of(x: number, y: number, xE: number, yE: number): number {
  return Math.max(xE + Math.log2(Math.abs(x)), yE + Math.log2(Math.abs(y)));
}

/** A coordinate of the picture in fixed point. */
function scaled(value: number): bigint {
  return BigInt(Math.trunc(value * 2 ** SCALE));
}

function decimal(text: string): Decimal {
  return parseDecimal(text) as Decimal;
}
