/** Orbits in fixed point of any precision, iterated by a WebAssembly module of their own. */

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { FractalError } from '../../errors.js';
import type { Formula } from '../../view/view.js';
import { abort, constantsOf, stepNumber } from '../wasm.js';

/** walker: the address of its state. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  open(fold: number, power: number, limbs: number, fraction: number, width: number): number;
  real(walker: number, ofC: boolean): number;
  imaginary(walker: number, ofC: boolean): number;
  begin(walker: number, outside: number, closes: boolean, radius: number, radiusE: number): void;
  run(walker: number, count: number, fresh: boolean): number;
  entriesAt(walker: number): number;
  underflowAt(walker: number): number;
  underflows(walker: number): number;
  escaped(walker: number): number;
  closed(walker: number): number;
}

/** The error of products, in bits: less than 2·limbs + 1 units of the last place. */
const LOST_BITS = 18;
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

/** With the optimising compiler alone: the code of the first one is several times slower. */
function compile(): WebAssembly.Module {
  setFlagsFromString('--no-liftoff');
  return new WebAssembly.Module(readFileSync(new URL('./orbit.wasm', import.meta.url)));
}

/** Points of one formula, iterated in fixed point one after the other. */
export class Walker {
  /** Behind the point. */
  readonly bits: number;
  readonly #wasm: Exports;
  /** The address of the module's state. */
  readonly #state: number;
  /** Entries that a call writes at most, and doubles of one of the underflow list. */
  readonly #most: number;
  readonly #underflowDoubles: number;
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
    const { exports } = new WebAssembly.Instance(compiled, { env: { abort } });
    this.#wasm = exports as unknown as Exports;
    const { CHUNK, UNDERFLOW_BYTES } = constantsOf(exports, ['CHUNK', 'UNDERFLOW_BYTES']);
    this.#most = CHUNK;
    this.#underflowDoubles = UNDERFLOW_BYTES / 8;
    const { limbs, fraction, width } = this.#format;
    this.bits = fraction * width;
    this.#state = this.#wasm.open(stepNumber(exports, step), power, limbs, fraction, width);
  }

  /** Sets c, times 2^bits. */
  setC(re: bigint, im: bigint): void {
    this.#write(true, [re, im]);
  }

  /** An orbit from z, times 2^bits. closer: it closes where a c less than 2^closer away makes z 0, to first order. */
  begin(re: bigint, im: bigint, closer?: number): void {
    this.#write(false, [re, im]);
    const exponent = Math.floor(closer ?? 0);
    this.#wasm.begin(this.#state, this.#outside, closer !== undefined, 2 ** ((closer ?? 0) - exponent), exponent);
    this.#fresh = true;
  }

  /**
   * The next entries of the orbit, at most `count`: fewer when it has escaped or closed, or more would be too many for a call.
   * re and im; and its underflow list as in reference.ts, with indices in the call. Valid until the next call.
   */
  run(count: number): { entries: Float64Array; underflow: Float64Array; escaped: boolean; closed: boolean } {
    const [wasm, state] = [this.#wasm, this.#state];
    const found = wasm.run(state, Math.min(this.#most, count), this.#fresh);
    const { buffer } = wasm.memory;
    this.#fresh = false;
    return {
      entries: new Float64Array(buffer, wasm.entriesAt(state), 2 * found),
      underflow: new Float64Array(buffer, wasm.underflowAt(state), this.#underflowDoubles * wasm.underflows(state)),
      escaped: Boolean(wasm.escaped(state)),
      closed: Boolean(wasm.closed(state)),
    };
  }

  #write(c: boolean, point: readonly [re: bigint, im: bigint]): void {
    const { limbs, width } = this.#format;
    const places = [this.#wasm.real(this.#state, c), this.#wasm.imaginary(this.#state, c)];
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
