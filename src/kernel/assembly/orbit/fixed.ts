/**
 * Complex fixed-point numbers of any precision in two's complement: `limbs` limbs of `width` bits, lowest first, each
 * an i32; `fraction` of them stand behind the point, and the top one holds the sign. A number has its real part, its
 * imaginary part and their difference, limb by limb without carries, PART bytes apart: with x, y and d = x - y,
 *
 *   (x + iy)(u + iv) = xu - yv + i(xu + yv - (x - y)(u - v)),
 *
 * three real products instead of four, and for squares three real squares of half the cost each. Limbs are so narrow
 * that the products of a whole column add up in an i64, and columns far below the last limb are left out: a product
 * is wrong by less than 2·limbs + 1 units of its last place.
 */

/** Limbs of a number at most. */
export const MOST_LIMBS: i32 = 65536;
/** Bytes of a part: a constant, so that addresses need no sums; no power of two, so that parts share no cache sets. */
const PART: usize = (<usize>MOST_LIMBS << 2) + 448;
/** Bytes of zeros before and after the limbs, which vectors may read. */
const PAD: usize = 64;

const COLUMNS: usize = (<usize>MOST_LIMBS << 3) + 192;

@unmanaged
export class Format {
  limbs: i32;
  fraction: i32;
  width: i64;
  /** 2^-width, and the place of the second limb from the top. */
  unit: f64;
  topUnit: f64;
  /** The lowest column that is computed, even, one or two below the last limb of the product. */
  first: i32;
  /** Columns of the product under way, i64: the real parts, and the imaginary ones COLUMNS behind. */
  columns: usize;
}

/** @param limbs fewer than 2^(62 - 2·width) and than MOST_LIMBS */
export function newFormat(limbs: i32, fraction: i32, width: i32): Format {
  const format = changetype<Format>(heap.alloc(offsetof<Format>()));
  format.limbs = limbs;
  format.fraction = fraction;
  format.width = width;
  format.first = (fraction - 1) & ~1;
  format.columns = heap.alloc(2 * COLUMNS);
  format.unit = scale(1, -width);
  format.topUnit = scale(1, width * (limbs - 2 - fraction));
  return format;
}

/** A number that is zero, at its real part. */
export function newNumber(): usize {
  return heap.alloc(3 * PART) + PAD;
}

@inline
export function imaginary(a: usize): usize {
  return a + PART;
}

/** Has to be called when the parts were written. */
export function subtractParts(format: Format, a: usize): void {
  for (const end = a + (<usize>format.limbs << 2); a < end; a += 16) {
    v128.store(a, i32x4.sub(v128.load(a), v128.load(a, PART)), 2 * PART);
  }
}

@inline
export function isNegative(format: Format, a: usize): bool {
  return load<i32>(a + (<usize>(format.limbs - 1) << 2)) < 0;
}

/** Columns of ±a^2 + c, with signs as for `multiply`. Products of limbs that differ count twice. */
export function square(format: Format, a: usize, signRe: i64, signIm: i64, c: usize): void {
  const limbs = format.limbs;
  const fraction = format.fraction;
  const first = format.first;
  let at = format.columns;
  c -= <usize>(fraction - first) << 2;
  for (let k = first; k < fraction + limbs; k += 4, at += 32, c += 16) {
    const from = <usize>max(0, k - limbs + 1) << 2;
    const middle = a + (<usize>(k >> 1) << 2);
    let p = a + from;
    let q = a + (<usize>k << 2) - from;
    let x = i64x2.splat(0);
    let y = i64x2.splat(0);
    let d = i64x2.splat(0);
    let X = i64x2.splat(0);
    let Y = i64x2.splat(0);
    let D = i64x2.splat(0);
    for (; p < middle; p += 4, q -= 4) {
      let s = v128.load32_splat(p);
      let v = v128.load(q);
      x = i64x2.add(x, i64x2.extmul_low_i32x4_s(s, v));
      X = i64x2.add(X, i64x2.extmul_high_i32x4_s(s, v));
      s = v128.load32_splat(p, PART);
      v = v128.load(q, PART);
      y = i64x2.add(y, i64x2.extmul_low_i32x4_s(s, v));
      Y = i64x2.add(Y, i64x2.extmul_high_i32x4_s(s, v));
      s = v128.load32_splat(p, 2 * PART);
      v = v128.load(q, 2 * PART);
      d = i64x2.add(d, i64x2.extmul_low_i32x4_s(s, v));
      D = i64x2.add(D, i64x2.extmul_high_i32x4_s(s, v));
    }
    // Around the middle: a square counts once, the product beside it twice, the others were added above.
    let s = v128.load32_splat(middle);
    let v = v128.load(middle);
    let t = v128.load32_splat(middle, 4);
    let w = v128.load(middle - 4);
    x = i64x2.add(i64x2.add(x, x), i64x2.extmul_low_i32x4_s(s, once(v)));
    X = i64x2.add(i64x2.add(X, X), i64x2.extmul_high_i32x4_s(s, i32x4.add(v, v)));
    X = i64x2.add(X, i64x2.extmul_high_i32x4_s(t, once(w)));
    s = v128.load32_splat(middle, PART);
    v = v128.load(middle, PART);
    t = v128.load32_splat(middle, PART + 4);
    w = v128.load(middle - 4, PART);
    y = i64x2.add(i64x2.add(y, y), i64x2.extmul_low_i32x4_s(s, once(v)));
    Y = i64x2.add(i64x2.add(Y, Y), i64x2.extmul_high_i32x4_s(s, i32x4.add(v, v)));
    Y = i64x2.add(Y, i64x2.extmul_high_i32x4_s(t, once(w)));
    s = v128.load32_splat(middle, 2 * PART);
    v = v128.load(middle, 2 * PART);
    t = v128.load32_splat(middle, 2 * PART + 4);
    w = v128.load(middle - 4, 2 * PART);
    d = i64x2.add(i64x2.add(d, d), i64x2.extmul_low_i32x4_s(s, once(v)));
    D = i64x2.add(i64x2.add(D, D), i64x2.extmul_high_i32x4_s(s, i32x4.add(v, v)));
    D = i64x2.add(D, i64x2.extmul_high_i32x4_s(t, once(w)));
    storeColumns(at, c, x, y, d, X, Y, D, signRe, signIm);
  }
}

/** Limbs 0 and 2 once, 1 and 3 twice. */
@inline
function once(limbs: v128): v128 {
  return i32x4.add(limbs, v128.and(limbs, i32x4(0, -1, 0, -1)));
}

/** Columns of ±Re(a·b) + Re c and ±Im(a·b) + Im c: signs are 0 or, to negate, -1. */
export function multiply(format: Format, a: usize, b: usize, signRe: i64, signIm: i64, c: usize): void {
  const limbs = format.limbs;
  const fraction = format.fraction;
  const first = format.first;
  let at = format.columns;
  c -= <usize>(fraction - first) << 2;
  for (let k = first; k < fraction + limbs; k += 4, at += 32, c += 16) {
    const from = <usize>max(0, k - limbs + 1) << 2;
    const end = a + (<usize>min(limbs, k + 4) << 2);
    let p = a + from;
    let q = b + (<usize>k << 2) - from;
    let x = i64x2.splat(0);
    let y = i64x2.splat(0);
    let d = i64x2.splat(0);
    let X = i64x2.splat(0);
    let Y = i64x2.splat(0);
    let D = i64x2.splat(0);
    for (; p < end; p += 4, q -= 4) {
      let s = v128.load32_splat(p);
      let v = v128.load(q);
      x = i64x2.add(x, i64x2.extmul_low_i32x4_s(s, v));
      X = i64x2.add(X, i64x2.extmul_high_i32x4_s(s, v));
      s = v128.load32_splat(p, PART);
      v = v128.load(q, PART);
      y = i64x2.add(y, i64x2.extmul_low_i32x4_s(s, v));
      Y = i64x2.add(Y, i64x2.extmul_high_i32x4_s(s, v));
      s = v128.load32_splat(p, 2 * PART);
      v = v128.load(q, 2 * PART);
      d = i64x2.add(d, i64x2.extmul_low_i32x4_s(s, v));
      D = i64x2.add(D, i64x2.extmul_high_i32x4_s(s, v));
    }
    storeColumns(at, c, x, y, d, X, Y, D, signRe, signIm);
  }
}

// prettier-ignore
@inline
function storeColumns(at: usize, c: usize, x: v128, y: v128, d: v128, X: v128, Y: v128, D: v128,
  signRe: i64, signIm: i64): void {
  const re = v128.load(c);
  const im = v128.load(c, PART);
  v128.store(at, i64x2.add(signed(i64x2.sub(x, y), signRe), i64x2.extend_low_i32x4_s(re)));
  v128.store(at, i64x2.add(signed(i64x2.sub(X, Y), signRe), i64x2.extend_high_i32x4_s(re)), 16);
  v128.store(at, i64x2.add(signed(i64x2.sub(i64x2.add(x, y), d), signIm), i64x2.extend_low_i32x4_s(im)), COLUMNS);
  v128.store(at, i64x2.add(signed(i64x2.sub(i64x2.add(X, Y), D), signIm), i64x2.extend_high_i32x4_s(im)), COLUMNS + 16);
}

@inline
function signed(v: v128, sign: i64): v128 {
  const s = i64x2.splat(sign);
  return i64x2.sub(v128.xor(v, s), s);
}

/** The columns, with carries propagated, into `to`. */
export function propagate(format: Format, to: usize): void {
  const limbs = format.limbs;
  const width = format.width;
  const fraction = format.fraction;
  const mask = (<i64>1 << width) - 1;
  let at = format.columns;
  let re: i64 = 0;
  let im: i64 = 0;
  for (let k = format.first; k < fraction; k++, at += 8) {
    re = (load<i64>(at) + re) >> width;
    im = (load<i64>(at, COLUMNS) + im) >> width;
  }
  let limb = to;
  for (const top = to + (<usize>(limbs - 1) << 2); limb < top; limb += 4, at += 8) {
    re += load<i64>(at);
    im += load<i64>(at, COLUMNS);
    store<i32>(limb, <i32>(re & mask));
    store<i32>(limb, <i32>(im & mask), PART);
    re >>= width;
    im >>= width;
  }
  // Columns above the top limb are left out, too: what they would cancel there is cut off.
  const above = 64 - width;
  store<i32>(limb, <i32>(((re + load<i64>(at)) << above) >> above));
  store<i32>(limb, <i32>(((im + load<i64>(at, COLUMNS)) << above) >> above), PART);
  subtractParts(format, to);
}

const ENOUGH: i64 = 1 << 33;
const FULL: i64 = 1 << 8;

/** A part as a double, correct to its last bit; 0 where that is too small for a double. */
@inline
export function toDouble(format: Format, a: usize): f64 {
  const top = a + (<usize>(format.limbs - 1) << 2);
  const unit = format.unit;
  const sum = (<i64>load<i32>(top) << format.width) + <i64>load<i32>(top - 4);
  if (sum < FULL && sum > -FULL) {
    const leading = leadingLimb(format, a);
    return scale(mantissaOf(format, a, leading), exponentOf(format, leading));
  }
  return (<f64>sum + (<f64>load<i32>(top - 8) + <f64>load<i32>(top - 12) * unit) * unit) * format.topUnit;
}

/** The lowest limb of those that, with the one behind them, fill a double. */
export function leadingLimb(format: Format, a: usize): i32 {
  let k = format.limbs - 1;
  let sum = <i64>load<i32>(a + (<usize>k << 2));
  while (k > 0 && sum < ENOUGH && sum > -ENOUGH) sum = (sum << format.width) + <i64>load<i32>(a + (<usize>--k << 2));
  return k;
}

/** A part is mantissa·2^exponent, correct to the last bit of a double, the mantissa below 2^62. leading: `leadingLimb`. */
export function mantissaOf(format: Format, a: usize, leading: i32): f64 {
  let sum: i64 = 0;
  for (let k = format.limbs - 1; k >= leading; k--) sum = (sum << format.width) + <i64>load<i32>(a + (<usize>k << 2));
  const rest = leading > 0 ? <f64>load<i32>(a + (<usize>(leading - 1) << 2)) * format.unit : 0;
  return leading > 0 ? <f64>sum + rest : <f64>sum;
}

export function exponentOf(format: Format, leading: i32): i32 {
  return <i32>format.width * (leading - format.fraction);
}

/** m·2^e, for m below 2^62. */
export function scale(m: f64, e: i32): f64 {
  if (e < -1000) {
    if (e < -1200) return 0;
    m *= 3.054936363499605e-151; // 2^-500
    e += 500;
  }
  return m * reinterpret<f64>((<i64>e + 1023) << 52);
}
