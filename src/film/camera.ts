/**
 * Where the pixels of one view lie in another one. Centres are subtracted as exact decimals, and only the difference, in
 * pixels, becomes a double: so it holds at any depth.
 */

import { add, type Decimal, log10, multiply, negate, parseDecimal } from '../view/decimal.js';
import { type Matrix, preimageOf } from '../view/matrix.js';
import type { Place } from '../view/path/place.js';
import { sinCos } from '../view/plane.js';

export interface Camera extends Place {
  /** Degrees counter-clockwise. */
  readonly rotation: number;
  /** Of the plane, the same for all cameras of a film (view/stretch.ts): their views remain similar. Absent: none. */
  readonly deformation?: Matrix;
}

/**
 * From pixels of one view to those of another, both counted from the centre, X to the right and Y up:
 *
 *   X' = cos·X - sin·Y + x,  Y' = sin·X + cos·Y + y
 *
 * cos and sin contain the scale.
 */
export interface Similarity {
  readonly cos: number;
  readonly sin: number;
  readonly x: number;
  readonly y: number;
  /** Pixels of the other view along a pixel of this one. */
  readonly scale: number;
}

/** log10 of a camera's zoom. */
export function depthOf({ zoom }: Pick<Camera, 'zoom'>): number {
  return log10(parsed(zoom));
}

/** Between views of these heights, in pixels. */
export function similarity(from: Camera, to: Camera, fromHeight: number, toHeight = fromHeight): Similarity {
  const nearer = from.zoom === to.zoom ? 1 : Math.exp((depthOf(to) - depthOf(from)) * Math.LN10);
  const scale = nearer * (toHeight / fromHeight);
  const [sin, cos] = sinCos(from.rotation - to.rotation);
  const [re, im] = [inPixels(from.re, to.re, to.zoom, toHeight), inPixels(from.im, to.im, to.zoom, toHeight)];
  const [right, up] = preimageOf(re, im, to.deformation);
  const [turnSin, turnCos] = sinCos(-to.rotation);
  return {
    cos: scale * cos,
    sin: scale * sin,
    x: right * turnCos - up * turnSin,
    y: right * turnSin + up * turnCos,
    scale,
  };
}

/** a - b, in pixels of a view of this zoom. */
function inPixels(a: string, b: string, zoom: string, height: number): number {
  if (a === b) return 0;
  const { digits, exponent } = multiply(add(parsed(a), negate(parsed(b))), parsed(zoom));
  return (Number(`${digits}e${exponent}`) * height) / 4;
}

function parsed(text: string): Decimal {
  const number = parseDecimal(text);
  if (!number) throw new TypeError(`"${text}" is not a decimal number`);
  return number;
}
