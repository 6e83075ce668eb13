/** Complex numbers (x + iy)·2^exponent of doubles: beyond the range of doubles, with the precision of doubles. */

export interface Scaled {
  readonly x: number;
  readonly y: number;
  readonly exponent: number;
}

export const ONE: Scaled = { x: 1, y: 0, exponent: 0 };
export const I: Scaled = { x: 0, y: 1, exponent: 0 };

/** Mantissas stay between 2^-HALF and 2^HALF: their products are doubles. */
const HALF = 256;
const [LEAST, MOST] = [2 ** -HALF, 2 ** HALF];

/** Bits behind the point that a double takes of a number of ordinary size. */
const SHORT = 900;

/** Of fixed point with `bits` behind the point: its larger part to 53 bits. */
export function scaledOf(re: bigint, im: bigint, bits: number): Scaled {
  const cut = BigInt(Math.max(0, bits - SHORT));
  const unit = 2 ** -Math.min(bits, SHORT);
  const x = Number(re >> cut) * unit;
  const y = Number(im >> cut) * unit;
  const size = Math.max(Math.abs(x), Math.abs(y));
  return size > LEAST && size < MOST ? { x, y, exponent: 0 } : scaledSlowly(re, im, bits);
}

function scaledSlowly(re: bigint, im: bigint, bits: number): Scaled {
  const drop = Math.max(0, Math.max(lengthOf(re), lengthOf(im)) - 60);
  return { x: Number(re >> BigInt(drop)), y: Number(im >> BigInt(drop)), exponent: drop - bits };
}

export function times(a: Scaled, b: Scaled): Scaled {
  return normal(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x, a.exponent + b.exponent);
}

export function plus(a: Scaled, b: Scaled): Scaled {
  const [large, small] = a.exponent >= b.exponent ? [a, b] : [b, a];
  const shift = 2 ** Math.max(-1074, small.exponent - large.exponent);
  if ((large.x === 0 && large.y === 0) || shift === 0) return large.x === 0 && large.y === 0 ? small : large;
  return normal(large.x + small.x * shift, large.y + small.y * shift, large.exponent);
}

export function inverse({ x, y, exponent }: Scaled): Scaled {
  const norm = x * x + y * y;
  return normal(x / norm, -y / norm, -exponent);
}

export function conjugate({ x, y, exponent }: Scaled): Scaled {
  return { x, y: -y, exponent };
}

/** log2|a|; -Infinity for zero. */
export function log2Of({ x, y, exponent }: Scaled): number {
  return Math.log2(x * x + y * y) / 2 + exponent;
}

function normal(x: number, y: number, exponent: number): Scaled {
  const size = Math.max(Math.abs(x), Math.abs(y));
  if (size > MOST) return normal(x * LEAST, y * LEAST, exponent + HALF);
  if (size < LEAST && size > 0) return normal(x * MOST, y * MOST, exponent - HALF);
  return { x, y, exponent };
}

/** Bits of |v|, up to three too many. */
function lengthOf(v: bigint): number {
  return v === 0n ? 0 : 4 * (v < 0n ? -v : v).toString(16).length;
}
