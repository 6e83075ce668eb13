/**
 * The camera: exactly where the picture is to be (the aim), in numbers of as many bits as its depth needs. Points of the
 * picture are device pixels from its centre, x to the right and y down, before a flip.
 *
 * The bits of an aim never become fewer while it moves, so zooming out and in again leads to the same place.
 */

import { bitsOf, type Lattice, LEVEL, LEVELS_PER_OCTAVE, levelFor, log2PitchOf } from '../../../src/tiles/lattice.js';
import { type Decimal, formatDecimal, log10, outlineOf, parseDecimal, toFixed } from '../../../src/view/decimal.js';
import type { Matrix } from '../../../src/view/matrix.js';
import { sinCos } from '../../../src/view/plane.js';
import type { Place } from './contract.js';

export interface Aim {
  /** Units of 2^-bits. */
  readonly re: bigint;
  readonly im: bigint;
  readonly bits: number;
  /** The level of the lattice (tiles/lattice.ts) that has pixels of this size; between two levels while it zooms. */
  readonly depth: number;
  /** Degrees, counter-clockwise. */
  readonly rotation: number;
}

/** A vector of the picture. */
export interface Vector {
  readonly x: number;
  readonly y: number;
}

export const NOWHERE: Vector = { x: 0, y: 0 };

/** Bits beyond those of a level's coordinates. */
const SPARE_BITS = 32;
/** Enough for a million digits. */
const MOST_BITS = 1 << 22;
/** Half the side of the square around 0 that centres stay in. */
const FARTHEST = 16n;
/** The shallowest view is so many octaves higher than 4. */
const SHALLOWEST = 4;

/** `exact`: between levels; else the zoom is rounded to that of a level. Throws an Error of one line for what is no place. */
export function aimAt(place: Place, height: number, exact = false): Aim {
  const level = levelOf(place.zoom, height);
  const depth = exact ? boundDepth(depthOf(place.zoom, height), height) : level;
  const digits = Math.max(decimalsOf(place.re, 're'), decimalsOf(place.im, 'im'));
  const bits = Math.min(MOST_BITS, Math.max(bitsOf(level) + SPARE_BITS, Math.ceil(digits * Math.log2(10)) + 8));
  const fixed = (text: string) => toFixed(parseDecimal(text) as Decimal, bits);
  if (!Number.isFinite(place.rotation)) throw new Error(`the rotation ${place.rotation} is no number`);
  return {
    re: within(fixed(place.re), bits),
    im: within(fixed(place.im), bits),
    bits,
    depth,
    rotation: turn(place.rotation),
  };
}

/** The level, with its fraction, of a zoom. */
function depthOf(zoom: string, height: number): number {
  const octaves = log10(parseDecimal(zoom) as Decimal) / Math.log10(2) + Math.log2(height) - 2;
  return octaves * LEVELS_PER_OCTAVE;
}

function levelOf(zoom: string, height: number): number {
  const number = parseDecimal(zoom);
  if (!number || number.digits <= 0n) throw new Error(`the zoom "${short(zoom)}" is no number above 0`);
  return boundDepth(levelFor(zoom, height), height);
}

function decimalsOf(text: string, name: string): number {
  const outline = outlineOf(text);
  if (!outline || outline.magnitude > 2)
    throw new Error(`${name} "${short(text)}" is no coordinate: a number from -16 to 16`);
  return outline.decimals;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export function boundDepth(depth: number, height: number): number {
  const shallowest = LEVELS_PER_OCTAVE * (Math.log2(height) - 2 - SHALLOWEST);
  return Math.max(Math.ceil(Math.max(LEVEL.min, shallowest)), Math.min(LEVEL.max, depth));
}

function within(units: bigint, bits: number): bigint {
  const most = FARTHEST << BigInt(bits);
  return units > most ? most : units < -most ? -most : units;
}

/** 0 to below 360, to a hundredth. */
export function turn(degrees: number): number {
  const rounded = Math.round(degrees * 100) / 100;
  return (rounded - 360 * Math.floor(rounded / 360)) % 360;
}

function log2Pitch(depth: number): number {
  return Number.isInteger(depth) ? log2PitchOf(depth) : -depth / LEVELS_PER_OCTAVE;
}

/** How many pixels of `from` one of `to` is. */
export function pixelRatio(from: number, to: number): number {
  return 2 ** (log2Pitch(to) - log2Pitch(from));
}

/** So many binary places of a number of pixels are kept. */
const FRACTION_BITS = 30;

function units(pixels: number, depth: number, bits: number): bigint {
  const log2 = log2Pitch(depth);
  const whole = Math.floor(log2);
  const mantissa = BigInt(Math.round(pixels * 2 ** (log2 - whole) * 2 ** FRACTION_BITS));
  const shift = bits + whole - FRACTION_BITS;
  return shift >= 0 ? mantissa << BigInt(shift) : mantissa >> BigInt(-shift);
}

/** The aim at another point of its picture. */
export function moved(aim: Aim, { x, y }: Vector, deformation: Matrix | undefined): Aim {
  const [sin, cos] = sinCos(aim.rotation);
  const [right, up] = [x * cos + y * sin, x * sin - y * cos];
  const [xx, xy, yx, yy] = deformation ?? [1, 0, 0, 1];
  const { depth, bits } = aim;
  return {
    ...aim,
    re: within(aim.re + units(xx * right + xy * up, depth, bits), bits),
    im: within(aim.im + units(yx * right + yy * up, depth, bits), bits),
  };
}

/** With other pixels and another rotation, so that the point that is at `at` in the picture is at `to` in the other one. */
export function turned(
  aim: Aim,
  at: Vector,
  to: Vector,
  { depth = aim.depth, rotation = aim.rotation }: { readonly depth?: number; readonly rotation?: number },
  deformation: Matrix | undefined,
): Aim {
  const bits = Math.max(aim.bits, bitsOf(Math.ceil(depth)) + SPARE_BITS);
  const more = BigInt(bits - aim.bits);
  const exact = { ...aim, re: aim.re << more, im: aim.im << more, bits };
  const there = moved(exact, at, deformation);
  return moved({ ...there, depth, rotation }, { x: -to.x, y: -to.y }, deformation);
}

/** The aim's centre as text, to 1e-8 of a pixel and further. */
export function centreOf({ re, im, bits, depth }: Aim): { readonly re: string; readonly im: string } {
  const decimals = Math.max(0, Math.ceil((depth / LEVELS_PER_OCTAVE) * Math.log10(2))) + 12;
  const text = (value: bigint) => {
    const scaled = value * 10n ** BigInt(decimals);
    return formatDecimal({ digits: (scaled + (1n << BigInt(bits - 1))) >> BigInt(bits), exponent: -decimals });
  };
  return { re: text(re), im: text(im) };
}

/** The linear map from pixels of a lattice or an aim to the plane, but for the size of its pixels: columns x and y. */
export function axesOf({ rotation, deformation }: Pick<Lattice, 'rotation' | 'deformation'>): Matrix {
  const [sin, cos] = sinCos(rotation);
  const [xx, xy, yx, yy] = deformation ?? [1, 0, 0, 1];
  return [xx * cos + xy * sin, xx * sin - xy * cos, yx * cos + yy * sin, yx * sin - yy * cos];
}
