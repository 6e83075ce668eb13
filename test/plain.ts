/** Points iterated in fixed point, in the plainest way: what kernels are held against where no golden pixel is. */

import type { View } from '../src/view/view.js';

/** digits·10^exponent. */
function fraction(text: string): { digits: bigint; exponent: number } {
  const [, sign, whole, behind = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e\+?(-?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined) throw new Error(`"${text}" is not a decimal number`);
  return { digits: BigInt(sign + whole + behind), exponent: Number(power) - behind.length };
}

export function fixed(text: string, bits: number): bigint {
  const { digits, exponent } = fraction(text);
  const scaled = digits << BigInt(bits);
  return exponent < 0 ? scaled / 10n ** BigInt(-exponent) : scaled * 10n ** BigInt(exponent);
}

/**
 * The first n with |z_n| > 2 at the point that lies x pixels to the right of the view's centre and y above it (multiples
 * of 2^-20), Infinity where there is none up to the limit. Not for Julia sets, nor for a view that is turned.
 */
export function plainCount(
  { formula, re, im, zoom, height, iterations }: View,
  x: number,
  y: number,
  bits = 1000,
): number {
  const shift = BigInt(bits);
  const four = 4n << (2n * shift);
  const pixels = fixed(zoom, 64) * BigInt(height);
  const place = (offset: number) => (BigInt(Math.round(offset * 2 ** 20)) << (shift + 2n + 64n - 20n)) / pixels;
  const [cr, ci] = [fixed(re, bits) + place(x), fixed(im, bits) + place(y)];
  let [a, b] = [0n, 0n];
  for (let n = 1; n <= iterations; n++) {
    const ship = formula.step === 'burning-ship';
    const p = ship && a < 0n ? -a : a;
    const q = (ship && b < 0n) || formula.step === 'tricorn' ? -b : b;
    let [r, i] = [p, q];
    for (let k = 1; k < formula.power; k++) [r, i] = [(r * p - i * q) >> shift, (r * q + i * p) >> shift];
    [a, b] = [r + cr, i + ci];
    if (a * a + b * b > four) return n;
  }
  return Infinity;
}
