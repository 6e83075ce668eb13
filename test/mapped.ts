/** Where a pixel of a view lies, exactly: centre + 4 / (zoom · height) · L·R·(X, Y), in integers. */

import { sinCos } from '../src/view/plane.js';
import type { View } from '../src/view/view.js';
import { fixed } from './plain.js';

/** A double as an integer, times 2^SCALE: none of its bits is lost, unless it is tiny. */
const SCALE = 120;
const whole = (value: number) => BigInt(Math.trunc(value * 2 ** SCALE));

/** Rows of L·R, times 2^(2·SCALE). The doubles of the view, and those of its sine and cosine, count as exact. */
function matrixOf({ deformation = [1, 0, 0, 1], rotation }: View): [bigint, bigint, bigint, bigint] {
  const [xx, xy, yx, yy] = deformation.map(whole) as [bigint, bigint, bigint, bigint];
  const [sin, cos] = sinCos(rotation).map(whole) as [bigint, bigint];
  return [xx * cos + xy * sin, xy * cos - xx * sin, yx * cos + yy * sin, yy * cos - yx * sin];
}

/** The centre of pixel (x, y), times 2^bits. */
export function mapped(view: View, x: number, y: number, bits: number): readonly [re: bigint, im: bigint] {
  const { re, im, zoom, width, height } = view;
  const [xx, xy, yx, yy] = matrixOf(view);
  const [right, up] = [BigInt(2 * x + 1 - width), BigInt(height - 1 - 2 * y)];
  const half = (sum: bigint) => ((sum << BigInt(bits + 65)) / (fixed(zoom, 64) * BigInt(height))) >> BigInt(2 * SCALE);
  return [fixed(re, bits) + half(xx * right + xy * up), fixed(im, bits) + half(yx * right + yy * up)];
}

/** A number times 2^bits as a decimal string. */
export function decimalText(value: bigint, bits: number): string {
  const digits = ((value < 0n ? -value : value) * 5n ** BigInt(bits)).toString().padStart(bits + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -bits)}.${digits.slice(-bits)}`;
}
