/**
 * The header of a packed piece (packing.ts), which says what its body is; cheap to check, without inflating anything.
 */

import type { Channels, Extras } from '../view/channels.js';
import { LIMITS } from './protocol.js';

const MAGIC = 0x5046;
const VERSION = 1;
export const HEADER_BYTES = 24;
const MOST_SIDE = 65_535;
/** Counts are at least so exact. */
export const STEP = 2 ** -8;

/** Bytes of a count in steps; a double has twice as many. */
export const COUNT_BYTES = 4;
/** A flag of the planes: counts are doubles. */
export const DOUBLES = 1;
export type Extra = keyof Extras;
/** In the order of their planes: flag, and bytes of a pixel. */
export const EXTRAS: readonly (readonly [name: Extra, flag: number, bytes: number])[] = [
  ['distance', 2, 4],
  ['footprint', 4, 2],
  ['phase', 8, 2],
  ['cycle', 16, 16],
];
const ALL_PLANES = 31;

export interface Header {
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  readonly base: number;
  readonly step: number;
}

/** The flags of these channels. */
export function flagsOf(has: { readonly [name in Extra]?: unknown }): number {
  return EXTRAS.reduce((sum, [name, flag]) => sum + (has[name] ? flag : 0), 0);
}

export function countBytes(planes: number): number {
  return planes & DOUBLES ? 2 * COUNT_BYTES : COUNT_BYTES;
}

/** Of the planes before they are deflated. */
export function bodyBytes({ planes, width, height }: Pick<Header, 'planes' | 'width' | 'height'>): number {
  const ofPixel = EXTRAS.reduce((sum, [, flag, bytes]) => sum + (planes & flag ? bytes : 0), countBytes(planes));
  return ofPixel * width * height;
}

/** Bytes of a piece at most: deflate makes what it cannot make smaller a little larger. */
export function mostBytes(width: number, height: number): number {
  const body = bodyBytes({ planes: ALL_PLANES, width, height });
  return HEADER_BYTES + body + Math.ceil(body / 16) + 64;
}

/** Or what is wrong with it. */
export function headerOf(bytes: Uint8Array): Header | string {
  if (bytes.length <= HEADER_BYTES) return `${bytes.length} bytes are too few`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.getUint16(0, true) !== MAGIC) return 'it is none';
  if (view.getUint8(2) !== VERSION) return `it has version ${view.getUint8(2)}, not ${VERSION}`;
  const [planes, width, height] = [view.getUint8(3), view.getUint16(4, true), view.getUint16(6, true)];
  const [base, step] = [view.getFloat64(8, true), view.getFloat64(16, true)];
  if (planes > ALL_PLANES) return `it has planes ${planes}, which are not known`;
  const fits = planes & DOUBLES ? base === 0 && step === 0 : Number.isFinite(base) && step > 0 && step <= STEP;
  if (!fits) return `its counts begin at ${base} in steps of ${step}`;
  if (!isPieceSize(width, height)) return `${width}x${height} is no size of a piece`;
  return { planes, width, height, base, step };
}

/** In pixels. */
export function isPieceSize(width: number, height: number): boolean {
  const whole = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MOST_SIDE);
  return whole && width * height <= LIMITS.pixels;
}

/** What is wrong with bytes that should be a piece of this size with these channels, as far as its first bytes say. */
export function wrongPiece(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  channels: Channels,
): string | undefined {
  const header = headerOf(bytes);
  if (typeof header === 'string') return header;
  const size = `${header.width}x${header.height}`;
  if (size !== `${width}x${height}`) return `it has ${size} pixels, not ${width}x${height}`;
  const wanted = EXTRAS.reduce((sum, [name, flag]) => sum + (channels.includes(name) ? flag : 0), 0);
  if ((header.planes & ~DOUBLES) !== wanted) return `it has the planes ${header.planes}, not ${wanted}`;
  const most = mostBytes(width, height);
  return bytes.length <= most ? undefined : `${bytes.length} bytes are more than the ${most} of its pixels`;
}

/** The whole piece. */
export function withHeader({ planes, width, height, base, step }: Header, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, VERSION);
  view.setUint8(3, planes);
  view.setUint16(4, width, true);
  view.setUint16(6, height, true);
  view.setFloat64(8, base, true);
  view.setFloat64(16, step, true);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}
