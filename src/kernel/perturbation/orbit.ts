/** Orbits in fixed point of any precision, iterated by a WebAssembly module of their own and kept as doubles. */

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { FractalError } from '../../errors.js';
import { type Decimal, log10, toFixed } from '../../view/decimal.js';
import type { Formula } from '../../view/view.js';

/** Doubles of an orbit and of its underflow list at most: 1 GiB is what a scene can carry. */
const MOST_DOUBLES = 2 ** 27 - 2 ** 17;

export type Point = readonly [re: Decimal, im: Decimal];

interface Exports {
  readonly memory: WebAssembly.Memory;
  open(fold: number, power: number, limbs: number, fraction: number, width: number): void;
  real(ofC: boolean): number;
  imaginary(ofC: boolean): number;
  begin(outside: number, watch: boolean, radius: number, radiusE: number): void;
  run(count: number, fresh: boolean): number;
  entriesAt(): number;
  underflowAt(): number;
  readonly underflows: { readonly value: number };
  readonly escaped: { readonly value: number };
  readonly closed: { readonly value: number };
}

const FOLDS: Record<Formula['step'], number> = { holomorphic: 0, 'burning-ship': 1, tricorn: 2 };

/** What `run` writes at most. */
const CHUNK = 4096;

/** What products may be off, in bits: less than 2·limbs + 1 units of the last place. */
const LOST_BITS = 18;
/**
 * Beyond the radius max(2, |c|) all points escape. Orbits go on until they are so many times as far out: differences
 * from what has hardly escaped may yet decide when others do. But no farther than where an eighth power is a double.
 */
const FAR = 2;
const FARTHEST = 1e30;
/** The integer part beside that of powers and of the points given: sums of two, the sign. */
const INTEGER_BITS = 3;
const MOST_LIMBS = 65536;

interface Format {
  readonly limbs: number;
  readonly fraction: number;
  /** Bits of a limb. */
  readonly width: number;
}

/** The widest limbs whose products still add up in 64 bits. @throws FractalError VIEW_TOO_DEEP */
function formatOf(bits: number, integerBits: number): Format {
  for (let width = 28; ; width--) {
    const fraction = Math.ceil((bits + LOST_BITS) / width);
    const limbs = fraction + Math.ceil((integerBits + INTEGER_BITS) / width);
    if (limbs >= MOST_LIMBS) {
      throw new FractalError(
        'VIEW_TOO_DEEP',
        `a reference orbit of ${bits} bits: at most ${MOST_LIMBS * 23} are possible`,
      );
    }
    if (limbs < 2 ** (62 - 2 * width)) return { limbs, fraction, width };
  }
}

/** About how long an iteration takes, as measured on one core (Zen 4). */
export function nanosecondsAt(bits: number, power: number): number {
  const { limbs } = formatOf(bits, 2 * power);
  return (60 + limbs ** 2 / 6) * (power - 1);
}

let compiled: WebAssembly.Module | undefined;

/** The optimising compiler at once: the quick one's code is several times slower. */
function compile(): WebAssembly.Module {
  setFlagsFromString('--no-liftoff');
  return new WebAssembly.Module(readFileSync(new URL('./orbit.wasm', import.meta.url)));
}

/** Points of one formula, iterated in fixed point one after the other. */
export class Walker {
  /** Behind the point. */
  readonly bits: number;
  readonly #wasm: Exports;
  readonly #format: Format;
  readonly #outside: number;
  #fresh = true;

  /**
   * @param bits that products are exact to
   * @param outside |z| at which an orbit ends
   * @param largest |z| and |c| at most, where they begin
   * @throws FractalError VIEW_TOO_DEEP
   */
  constructor({ step, power }: Formula, bits: number, outside: number, largest: number) {
    this.#outside = outside ** 2;
    this.#format = formatOf(bits, Math.ceil(Math.log2(Math.max(outside ** power, largest))));
    compiled ??= compile();
    this.#wasm = new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as Exports;
    const { limbs, fraction, width } = this.#format;
    this.bits = fraction * width;
    this.#wasm.open(FOLDS[step], power, limbs, fraction, width);
  }

  /** Sets c, times 2^bits. */
  setC(re: bigint, im: bigint): void {
    this.#write(true, [re, im]);
  }

  /** An orbit from z, times 2^bits. closer: it closes where a c less than 2^closer away makes z 0, to first order. */
  begin(re: bigint, im: bigint, closer?: number): void {
    this.#write(false, [re, im]);
    const exponent = Math.floor(closer ?? 0);
    this.#wasm.begin(this.#outside, closer !== undefined, 2 ** ((closer ?? 0) - exponent), exponent);
    this.#fresh = true;
  }

  /**
   * The next entries of the orbit, at most `count` and CHUNK: fewer when it is out or closed. re and im; and what is too
   * small for doubles, in fives: index, re, im, the exponents of two of both. Valid until the next call.
   */
  run(count: number): { entries: Float64Array; underflow: Float64Array; escaped: boolean; closed: boolean } {
    const { memory, underflows, entriesAt, underflowAt, escaped, closed } = this.#wasm;
    const found = this.#wasm.run(Math.min(CHUNK, count), this.#fresh);
    this.#fresh = false;
    return {
      entries: new Float64Array(memory.buffer, entriesAt(), 2 * found),
      underflow: new Float64Array(memory.buffer, underflowAt(), 5 * underflows.value),
      escaped: Boolean(escaped.value),
      closed: Boolean(closed.value),
    };
  }

  #write(c: boolean, point: readonly [re: bigint, im: bigint]): void {
    const { limbs, width } = this.#format;
    const places = [this.#wasm.real(c), this.#wasm.imaginary(c)];
    point.forEach((part, k) => {
      const to = new Int32Array(this.#wasm.memory.buffer, places[k], limbs);
      let rest = part;
      for (let limb = 0; limb < limbs - 1; limb++, rest >>= BigInt(width)) {
        to[limb] = Number(BigInt.asUintN(width, rest));
      }
      to[limbs - 1] = Number(rest);
    });
  }
}

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
      // Z_0 is 0, and known to be.
      if (index > 0) this.#underflow.push(Float64Array.of(index, ...underflow.subarray(k + 1, k + 5)));
    }
    this.count += entries.length / 2;
  }

  #fixed([re, im]: Point): [re: bigint, im: bigint] {
    return [toFixed(re, this.#walker.bits), toFixed(im, this.#walker.bits)];
  }
}

/** Doubles that become more. */
class Doubles {
  #values = new Float64Array(2 * CHUNK);
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
        `the reference orbit outgrows memory after ${this.#length / 2} iterations, and neither escapes nor has a ` +
          'period: use fewer --iters, or a centre that escapes or lies in a copy of the set',
        { cause },
      );
    }
  }
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
