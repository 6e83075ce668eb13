/** Orbits of z <- fold(z)^power + c in fixed point, stored as doubles; and the period after which they nearly close. */

import { BURNING_SHIP, TRICORN } from '../formula';
import { SMALLEST, UNDERFLOW_BYTES, underflowEntry } from '../underflow';
import * as fixed from './fixed';
import * as jacobian from './jacobian';
import { Walker } from './walker';

export { BURNING_SHIP, HOLOMORPHIC, TRICORN } from '../formula';
export { UNDERFLOW_BYTES } from '../underflow';

/** Entries that one call writes at most. */
export const CHUNK: usize = 4096;
/** Entries below it get an exponent for the derivative, whose powers might leave the range of doubles. */
const SMALL: f64 = 5.421010862427522e-20; // 2^-64
/** About the number of bits of a mantissa. */
const UNIT: i32 = 60;

/** Signs of a product's parts. */
const PLUS: i64 = 0;
const MINUS: i64 = -1;

/** Numbers are `limbs` limbs of `width` bits, `fraction` of them behind the point. */
export function open(fold: i32, power: i32, limbs: i32, fraction: i32, width: i32): Walker {
  const walker = changetype<Walker>(heap.alloc(offsetof<Walker>()));
  walker.fold = fold;
  walker.power = power;
  walker.format = fixed.newFormat(limbs, fraction, width);
  walker.z = fixed.newNumber();
  walker.c = fixed.newNumber();
  walker.powers = fixed.newNumber();
  walker.zero = fixed.newNumber();
  walker.entries = heap.alloc(CHUNK << 4);
  walker.underflow = heap.alloc(CHUNK * UNDERFLOW_BYTES);
  walker.derivative = changetype<jacobian.Jacobian>(heap.alloc(offsetof<jacobian.Jacobian>()));
  return walker;
}

/** Where the limbs of z and c are to be written, before `begin`. */
export function real(walker: Walker, ofC: bool): usize {
  return ofC ? walker.c : walker.z;
}

export function imaginary(walker: Walker, ofC: bool): usize {
  return fixed.imaginary(real(walker, ofC));
}

/** Re and im of the last call's entries. */
export function entriesAt(walker: Walker): usize {
  return walker.entries;
}

/** The underflow list of the last call, by the index in the call, and how many entries it has. */
export function underflowAt(walker: Walker): usize {
  return walker.underflow;
}

export function underflows(walker: Walker): i32 {
  return walker.underflows;
}

/** Whether the orbit is beyond `outside`, or closed. */
export function escaped(walker: Walker): bool {
  return walker.escaped;
}

export function closed(walker: Walker): bool {
  return walker.closed;
}

/**
 * An orbit from z until |z|^2 > outside; where it `closes`, from z = 0 until a point closer than radius·2^radiusE to c may
 * close it.
 */
export function begin(walker: Walker, outside: f64, closes: bool, radius: f64, radiusE: i32): void {
  walker.outside = outside;
  walker.closes = closes;
  walker.radius = radius;
  walker.radiusE = radiusE;
  walker.escaped = false;
  walker.closed = false;
  fixed.subtractParts(walker.format, walker.z);
  fixed.subtractParts(walker.format, walker.c);
  jacobian.begin(walker.derivative);
}

/** The next entries, at most `count` and CHUNK. `fresh`: z itself is the first, else what comes after it. */
export function run(walker: Walker, count: i32, fresh: bool): i32 {
  walker.underflows = 0;
  for (let n = 0; n < count; n++) {
    if (n > 0 || !fresh) step(walker);
    write(walker, n);
    if (walker.escaped || walker.closed) return n + 1;
  }
  return count;
}

function write(walker: Walker, n: i32): void {
  const x = fixed.toDouble(walker.format, walker.z);
  const y = fixed.toDouble(walker.format, fixed.imaginary(walker.z));
  const at = walker.entries + (<usize>n << 4);
  store<f64>(at, x);
  store<f64>(at, y, 8);
  walker.zr = x;
  walker.zi = y;
  walker.ze = 0;
  const size = max(Math.abs(x), Math.abs(y));
  if (size < SMALL) extend(walker);
  const least = walker.fold == BURNING_SHIP ? min(Math.abs(x), Math.abs(y)) : size;
  if (least < SMALLEST) list(walker, n, size < SMALLEST);
  walker.escaped = x * x + y * y > walker.outside;
  walker.closed =
    walker.closes && jacobian.reaches(walker.derivative, walker.zr, walker.zi, walker.ze, walker.radius, walker.radiusE);
}

/** Gives the entry an exponent. */
function extend(walker: Walker): void {
  const format = walker.format;
  const re = walker.z;
  const im = fixed.imaginary(walker.z);
  const leadingRe = fixed.leadingLimb(format, re);
  const leadingIm = fixed.leadingLimb(format, im);
  const er = fixed.exponentOf(format, leadingRe);
  const ei = fixed.exponentOf(format, leadingIm);
  walker.ze = max(er, ei) + UNIT;
  walker.zr = fixed.scale(fixed.mantissaOf(format, re, leadingRe), er - walker.ze);
  walker.zi = fixed.scale(fixed.mantissaOf(format, im, leadingIm), ei - walker.ze);
}

/** Adds an entry to the underflow list; of one part (`whole` false) only where neither is 0: a fold needs its sign. */
function list(walker: Walker, n: i32, whole: bool): void {
  const format = walker.format;
  const im = fixed.imaginary(walker.z);
  const leadingRe = fixed.leadingLimb(format, walker.z);
  const leadingIm = fixed.leadingLimb(format, im);
  const mantissaRe = fixed.mantissaOf(format, walker.z, leadingRe);
  const mantissaIm = fixed.mantissaOf(format, im, leadingIm);
  if (!whole && (mantissaRe == 0 || mantissaIm == 0)) return;
  const entry = underflowEntry(walker.underflow, walker.underflows++);
  entry.index = n;
  entry.re = mantissaRe;
  entry.im = mantissaIm;
  entry.reE = fixed.exponentOf(format, leadingRe);
  entry.imE = fixed.exponentOf(format, leadingIm);
}

/** One iteration: the power by squaring and multiplying, the fold as signs of its parts. */
function step(walker: Walker): void {
  const format = walker.format;
  const power = walker.power;
  const z = walker.z;
  const powers = walker.powers;
  const mirrorRe = walker.fold == BURNING_SHIP && fixed.isNegative(format, z);
  const mirrorIm =
    walker.fold == TRICORN || (walker.fold == BURNING_SHIP && fixed.isNegative(format, fixed.imaginary(z)));
  if (walker.closes) {
    const signRe = mirrorRe ? -1.0 : 1.0;
    const signIm = mirrorIm ? -1.0 : 1.0;
    jacobian.step(walker.derivative, power, walker.zr, walker.zi, walker.ze, signRe, signIm);
  }
  // fold(z) = s·z or s·conj(z), s = 1 or -1.
  const negateRe = mirrorRe && (power & 1) != 0;
  const negateIm = negateRe != (mirrorRe != mirrorIm);
  let from = z;
  for (let bit = 30 - clz(power); bit >= 0; bit--) {
    const times = ((power >> bit) & 1) != 0;
    if (bit > 0 || times) {
      fixed.square(format, from, PLUS, PLUS, walker.zero);
      fixed.propagate(format, powers);
      from = powers;
    }
    if (bit > 0) {
      if (!times) continue;
      fixed.multiply(format, from, z, PLUS, PLUS, walker.zero);
      fixed.propagate(format, powers);
    } else if (times) {
      fixed.multiply(format, from, z, negateRe ? MINUS : PLUS, negateIm ? MINUS : PLUS, walker.c);
    } else fixed.square(format, from, negateRe ? MINUS : PLUS, negateIm ? MINUS : PLUS, walker.c);
  }
  fixed.propagate(format, z);
}
