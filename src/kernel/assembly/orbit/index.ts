/** Orbits of z <- fold(z)^power + c in fixed point, written down as doubles; and where they nearly close. */

import * as fixed from './fixed';
import * as jacobian from './jacobian';

const BURNING_SHIP: i32 = 1;
const TRICORN: i32 = 2;

/** Entries that one call writes at most. */
const CHUNK: usize = 4096;
/** Entries below it are listed apart, under a fold of both parts each that has one: its sign counts. */
const SMALLEST: f64 = 1e-270;
/** Entries below it get an exponent for the derivative, whose powers might leave the range of doubles. */
const SMALL: f64 = 5.421010862427522e-20; // 2^-64
/** Bytes of an entry listed. */
const UNDERFLOW_BYTES: usize = 40;
/** Bits of a mantissa about. */
const UNIT: i32 = 60;

/** Signs of a product's parts. */
const PLUS: i64 = 0;
const MINUS: i64 = -1;

let fold: i32 = 0;
let power: i32 = 0;
let outside: f64 = 0;
let watch: bool = false;
let radius: f64 = 0;
let radiusE: i32 = 0;

let z: usize = 0;
let c: usize = 0;
let powers: usize = 0;
let nothing: usize = 0;
let entries: usize = 0;
let underflow: usize = 0;

/** Of the last call: entries at `tinyEntries`. */
export let underflows: i32 = 0;
/** The orbit has gone out for good, or closed. */
export let escaped: bool = false;
export let closed: bool = false;

/** The entry that was written last, (zr + i·zi)·2^ze. */
let zr: f64 = 0;
let zi: f64 = 0;
let ze: i32 = 0;

/** Once for each instance. Numbers are `limbs` limbs of `width` bits, `fraction` of them behind the point. */
export function open(fold_: i32, power_: i32, limbs: i32, fraction: i32, width: i32): void {
  fold = fold_;
  power = power_;
  fixed.setFormat(limbs, fraction, width);
  z = fixed.number();
  c = fixed.number();
  powers = fixed.number();
  nothing = fixed.number();
  entries = heap.alloc(CHUNK << 4);
  underflow = heap.alloc(CHUNK * UNDERFLOW_BYTES);
}

/** Where the limbs of z and c are to be written, before `begin`. */
export function real(ofC: bool): usize {
  return ofC ? c : z;
}

export function imaginary(ofC: bool): usize {
  return fixed.imaginary(real(ofC));
}

/** Re and im of the last call's entries. */
export function entriesAt(): usize {
  return entries;
}

/** Entries too small for doubles: index in the call, re, im, the exponents of two of both. */
export function underflowAt(): usize {
  return underflow;
}

/**
 * An orbit from z until |z|^2 > outside; with `watch_` from z = 0 until a point closer than radius·2^radiusE to c may
 * close it.
 */
export function begin(outside_: f64, watch_: bool, radius_: f64, radiusE_: i32): void {
  outside = outside_;
  watch = watch_;
  radius = radius_;
  radiusE = radiusE_;
  escaped = false;
  closed = false;
  fixed.subtractParts(z);
  fixed.subtractParts(c);
  jacobian.begin();
}

/** The next entries, at most `count` and CHUNK. `fresh`: z itself is the first, else what comes after it. */
export function run(count: i32, fresh: bool): i32 {
  underflows = 0;
  for (let n = 0; n < count; n++) {
    if (n > 0 || !fresh) advance();
    write(n);
    if (escaped || closed) return n + 1;
  }
  return count;
}

function write(n: i32): void {
  const x = fixed.toDouble(z);
  const y = fixed.toDouble(fixed.imaginary(z));
  const at = entries + (<usize>n << 4);
  store<f64>(at, x);
  store<f64>(at, y, 8);
  zr = x;
  zi = y;
  ze = 0;
  const size = max(Math.abs(x), Math.abs(y));
  if (size < SMALL) extend();
  if ((fold == BURNING_SHIP ? min(Math.abs(x), Math.abs(y)) : size) < SMALLEST) list(n, size < SMALLEST);
  escaped = x * x + y * y > outside;
  closed = watch && jacobian.reaches(zr, zi, ze, radius, radiusE);
}

/** Gives the entry an exponent. */
function extend(): void {
  fixed.extend(z);
  const er = fixed.exponent;
  zr = fixed.mantissa;
  fixed.extend(fixed.imaginary(z));
  const ei = fixed.exponent;
  ze = max(er, ei) + UNIT;
  zr = fixed.scale(zr, er - ze);
  zi = fixed.scale(fixed.mantissa, ei - ze);
}

/** whole: zeros, too. */
function list(n: i32, whole: bool): void {
  fixed.extend(z);
  const re = fixed.mantissa;
  const er = fixed.exponent;
  fixed.extend(fixed.imaginary(z));
  if (!whole && (re == 0 || fixed.mantissa == 0)) return;
  const at = underflow + <usize>underflows * UNDERFLOW_BYTES;
  underflows++;
  store<f64>(at, n);
  store<f64>(at, re, 8);
  store<f64>(at, fixed.mantissa, 16);
  store<f64>(at, er, 24);
  store<f64>(at, fixed.exponent, 32);
}

/** One iteration: the power by squaring and multiplying, the fold as signs of its parts. */
function advance(): void {
  const mirrorRe = fold == BURNING_SHIP && fixed.isNegative(z);
  const mirrorIm = fold == TRICORN || (fold == BURNING_SHIP && fixed.isNegative(fixed.imaginary(z)));
  if (watch) jacobian.step(power, zr, zi, ze, mirrorRe ? -1 : 1, mirrorIm ? -1 : 1);
  // fold(z) = s·z or s·conj(z), s = 1 or -1.
  const negateRe = mirrorRe && (power & 1) != 0;
  const negateIm = negateRe != (mirrorRe != mirrorIm);
  let from = z;
  for (let bit = 30 - clz(power); bit >= 0; bit--) {
    const times = ((power >> bit) & 1) != 0;
    if (bit > 0 || times) {
      fixed.square(from, PLUS, PLUS, nothing);
      fixed.settle(powers);
      from = powers;
    }
    if (bit > 0) {
      if (!times) continue;
      fixed.multiply(from, z, PLUS, PLUS, nothing);
      fixed.settle(powers);
    } else if (times) fixed.multiply(from, z, negateRe ? MINUS : PLUS, negateIm ? MINUS : PLUS, c);
    else fixed.square(from, negateRe ? MINUS : PLUS, negateIm ? MINUS : PLUS, c);
  }
  fixed.settle(z);
}
