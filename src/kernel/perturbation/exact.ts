/**
 * The last resort for points of which doubles cannot tell when they escape, since on the way errors grow by more than
 * doubles have digits: iterated directly, in fixed point with as many bits as their own growth asks for.
 */

import type { Rect } from '../../shard/shard.js';
import { type Decimal, divide, log10, multiply, parseDecimal, toFixed } from '../../view/decimal.js';
import { fillPoints, sinCos } from '../../view/plane.js';
import { type Formula, samplesPerPixel, type View } from '../../view/view.js';

export interface Exact {
  /** Points that take more iterations cost too much: for them doubles have the last word. */
  readonly most: number;
  /** Replaces the doubtful among the samples of a rectangle; returns the iterations that this took. */
  settle(rect: Rect, nu: Float64Array): number;
}

/** Re and im in fixed point. */
type Point = readonly [re: bigint, im: bigint];

/** Bits beyond those that tell the samples apart, for the first attempt. */
const FIRST_BITS = 128;
/** Bits that must be left when a point escapes, and what the next attempt has more than the last one lost. */
const SPARE_BITS = 24;
const MORE_BITS = 64;
/** What a point may cost, in products of 64 bits: about a millisecond. Nobody waits for chaos without end. */
const MOST_WORK = 30_000;
/** How much further than the limit a point may run that has left |z| <= 2, as in the WebAssembly kernel. */
const BEYOND = 200;
/** What the WebAssembly kernel adds to a doubtful count before it negates it. */
const DOUBT = 32;
/** Bits behind the point of places in the picture. */
const SCALE = 64;
const PIXELS = { re: [0, 0], im: [0, 0], cosStep: 1, sinStep: 0 } as const;

/**
 * @param nuOf the count of a point of which the n-th iterate is the first beyond the bailout
 */
export function openExact(view: View, nuOf: (n: bigint, re: number, im: number) => number): Exact {
  const { formula, iterations } = view;
  const depth = Math.max(0, Math.ceil(log10(decimal(view.zoom)) / Math.log10(2) + Math.log2(view.height)));
  const mostAt = (bits: number) => Math.floor(MOST_WORK / (bits / 64) ** 2);
  const radius2 = view.count === 'whole' ? 4 : view.bailout * view.bailout;
  const perPixel = samplesPerPixel(view.sampling);
  const xs = new Float64Array(perPixel);
  const ys = new Float64Array(perPixel);
  const [sin, cos] = sinCos(view.rotation).map(scaled) as [bigint, bigint];
  const pixel = divide(decimal('4'), multiply(decimal(view.zoom), decimal(String(view.height))), 60);

  /** The point that lies x pixels to the right of the centre and y above it. */
  function pointAt(x: bigint, y: bigint, bits: number): Point {
    const unit = toFixed(pixel, bits + 32);
    const place = (offset: bigint) => (unit * offset) >> BigInt(2 * SCALE + 32);
    const [re, im] = [toFixed(decimal(view.re), bits), toFixed(decimal(view.im), bits)];
    return [re + place(x * cos - y * sin), im + place(x * sin + y * cos)];
  }

  /** undefined: it would take too long. */
  function iterate(x: number, y: number): { nu: number | undefined; ran: number } {
    let ran = 0;
    let bits = depth + FIRST_BITS;
    // A point may turn out to take longer than it seemed to.
    while (ran < 4 * mostAt(bits)) {
      const point = pointAt(scaled(x), scaled(y), bits);
      const { julia } = formula;
      const c: Point = julia ? [toFixed(decimal(julia.re), bits), toFixed(decimal(julia.im), bits)] : point;
      const { nu, n, lost } = follow(julia ? point : [0n, 0n], c, bits, 4 * mostAt(bits));
      ran += n;
      if (nu === undefined || lost < bits - SPARE_BITS) return { nu, ran };
      bits = lost + MORE_BITS;
    }
    return { nu: undefined, ran };
  }

  function follow(z: Point, c: Point, bits: number, longest: number): Followed {
    const drop = BigInt(Math.max(0, bits - 1000));
    const unit = 2 ** -Math.min(bits, 1000);
    let [growth, lost, most, last] = [1, 0, 0, iterations];
    for (let n = 0; n <= longest; n++) {
      const re = Number(z[0] >> drop) * unit;
      const im = Number(z[1] >> drop) * unit;
      const mag2 = re * re + im * im;
      if (!(mag2 <= radius2)) return { nu: nuOf(BigInt(n), re, im), n, lost };
      if (n >= last) {
        if (mag2 <= 4 || n > iterations) return { nu: Infinity, n, lost: most };
        last = iterations + BEYOND;
      }
      z = step(formula, z, c, BigInt(bits));
      growth = growth * formula.power * Math.sqrt(mag2) ** (formula.power - 1) + 1;
      for (; growth > 2 ** 64; growth *= 2 ** -64) lost += 64;
      for (; growth < 1 && lost > 0; growth *= 2 ** 64) lost -= 64;
      most = Math.max(most, lost);
    }
    return { nu: undefined, n: longest, lost: most };
  }

  return {
    most: mostAt(depth + FIRST_BITS),
    settle({ x, y, width, height }, nu) {
      let ran = 0;
      for (let k = 0; k < width * height * perPixel; k++) {
        if ((nu[k] as number) > -DOUBT / 2) continue;
        const doubtful = -(nu[k] as number) - DOUBT;
        const at = Math.floor(k / perPixel);
        fillPoints(view, { x: x + (at % width), y: y + Math.floor(at / width), width: 1, height: 1 }, xs, ys, PIXELS);
        const found = iterate(xs[k % perPixel] as number, ys[k % perPixel] as number);
        nu[k] = found.nu ?? doubtful;
        ran += found.ran;
      }
      return ran;
    },
  };
}

interface Followed {
  /** undefined: not known after `longest` iterations. */
  readonly nu: number | undefined;
  readonly n: number;
  /** Bits that errors grew by at most. */
  readonly lost: number;
}

/** One iteration, each product cut off below the last bit. */
function step({ step, power }: Formula, [zr, zi]: Point, [cr, ci]: Point, shift: bigint): Point {
  const fr = step === 'burning-ship' && zr < 0n ? -zr : zr;
  const fi = step === 'tricorn' || (step === 'burning-ship' && zi < 0n) ? -zi : zi;
  let pr = ((fr + fi) * (fr - fi)) >> shift;
  let pi = (2n * fr * fi) >> shift;
  for (let k = 2; k < power; k++) [pr, pi] = [(pr * fr - pi * fi) >> shift, (pr * fi + pi * fr) >> shift];
  return [pr + cr, pi + ci];
}

/** A place in the picture in fixed point. */
function scaled(value: number): bigint {
  return BigInt(Math.trunc(value * 2 ** SCALE));
}

function decimal(text: string): Decimal {
  return parseDecimal(text) as Decimal;
}
