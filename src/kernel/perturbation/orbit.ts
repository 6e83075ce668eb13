/** Orbits in fixed point of any precision, kept as doubles. */

import { FractalError } from '../../errors.js';
import { type Decimal, log10, toFixed } from '../../view/decimal.js';
import type { Formula } from '../../view/view.js';
import { Walker } from './walker.js';

/** Doubles of an orbit and of its underflow list at most: a scene has at most 1 GiB. */
const MOST_DOUBLES = 2 ** 27 - 2 ** 17;
/** Doubles that are allocated at first. */
const FIRST_DOUBLES = 8192;
/**
 * Beyond the radius max(2, |c|) all points escape. Orbits go on until they are so many times as far out: differences
 * from an orbit that has just escaped may decide when others escape. But no farther than where an eighth power is a double.
 */
const FAR = 2;
const FARTHEST = 1e30;

export type Point = readonly [re: Decimal, im: Decimal];

/** The orbits of one formula with one c, their entries in one array. */
export class Orbits {
  /** Entries so far. */
  count = 0;
  readonly #entries: Doubles;
  readonly #underflow: Doubles;
  readonly #walker: Walker;

  /**
   * @param bits behind the point, that products are exact to
   * @param from where orbits will begin
   * @param most doubles that may be kept
   * @throws FractalError VIEW_TOO_DEEP
   */
  constructor(formula: Formula, c: Point, bits: number, from: Point, most = MOST_DOUBLES) {
    this.#entries = new Doubles(most);
    this.#underflow = new Doubles(most / 2);
    const sizeOf = (point: Point) => Math.hypot(...point.map((d) => 10 ** log10(d)));
    const outside = Math.min(FAR * Math.max(2, sizeOf(c)), FARTHEST);
    this.#walker = new Walker(formula, bits, outside, Math.max(sizeOf(c), sizeOf(from)));
    this.#walker.setC(...this.#fixed(c));
  }

  /**
   * Adds the orbit of a point: until it is far out, for `iterations` steps, or, for the orbit of 0, a period: the
   * index of the first entry that a c less than 2^closer away makes 0, to first order.
   * @returns the period
   * @throws FractalError ORBIT_TOO_LONG
   */
  follow(
    from: Point,
    iterations: number,
    closer: number | undefined,
    progress: (entries: number) => void,
  ): number | undefined {
    this.#walker.begin(...this.#fixed(from), closer);
    const first = this.count;
    const end = first + iterations + 1;
    while (this.count < end) {
      const { entries, underflow, closed, escaped } = this.#walker.run(end - this.count);
      this.#take(entries, underflow);
      if (closed) return this.count - 1 - first;
      if (escaped) return undefined;
      progress(this.count);
    }
    return undefined;
  }

  entries(): { orbit: Float64Array; underflow: Float64Array } {
    return { orbit: this.#entries.all(), underflow: this.#underflow.all() };
  }

  #take(entries: Float64Array, underflow: Float64Array): void {
    this.#entries.push(entries);
    for (let k = 0; k < underflow.length; k += 5) {
      const index = this.count + (underflow[k] as number);
      // Z_0 is 0 without an entry of the list.
      if (index > 0) this.#underflow.push(Float64Array.of(index, ...underflow.subarray(k + 1, k + 5)));
    }
    this.count += entries.length / 2;
  }

  #fixed([re, im]: Point): [re: bigint, im: bigint] {
    return [toFixed(re, this.#walker.bits), toFixed(im, this.#walker.bits)];
  }
}

/** A growing array of doubles. */
class Doubles {
  #values = new Float64Array(FIRST_DOUBLES);
  #length = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws FractalError ORBIT_TOO_LONG */
  push(more: Float64Array): void {
    const length = this.#length + more.length;
    if (length > this.#values.length) this.#grow(length);
    this.#values.set(more, this.#length);
    this.#length = length;
  }

  all(): Float64Array {
    return this.#values.slice(0, this.#length);
  }

  #grow(length: number): void {
    try {
      if (length > this.#most) throw new RangeError(`more than ${this.#most} doubles`);
      const longer = new Float64Array(Math.max(length, Math.min(2 * this.#values.length, this.#most)));
      longer.set(this.#values);
      this.#values = longer;
    } catch (cause) {
      throw new FractalError(
        'ORBIT_TOO_LONG',
        `the reference orbit does not fit into memory after ${this.#length / 2} iterations, and neither escapes nor has a ` +
          'period: use fewer --iters, or a centre that escapes or lies in a copy of the set',
        { cause },
      );
    }
  }
}
