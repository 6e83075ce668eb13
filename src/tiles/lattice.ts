/**
 * The lattices of the explorer: pictures of one level have pixels of one size, and tiles of them begin at whole multiples of
 * a tile from an anchor. Anchors are decimal strings and tiles small integers, so no depth is too deep; sixteen levels make
 * an octave, so that a view differs from the nearest level by 2.2 % at most.
 *
 * A pixel of level 16·k + j is PITCHES[j] · 2^-(k + 20) wide. Offsets from the anchor are pixels, to the right and down:
 *
 *   point = anchor + deformation · rotation · (x, -y) · pitch
 */

import { divide, formatDecimal, log10, parseDecimal, toFixed } from '../view/decimal.js';
import type { Matrix } from '../view/matrix.js';
import { sinCos } from '../view/plane.js';

/** Pixels of a tile's side. */
export const TILE = 256;
export const LEVELS_PER_OCTAVE = 16;
/** As shallow and as deep as levels go: pixels from about 1e3 to 1e-30000 wide. */
export const LEVEL = { min: -160, max: 1_600_000 } as const;
/** Pixels that an offset from the anchor may have: doubles of them are exact to a millionth of a pixel. */
export const MOST_OFFSET = 2 ** 20;

const PITCH_BITS = 20;
const PITCHES: readonly bigint[] = Array.from({ length: LEVELS_PER_OCTAVE }, (_, j) =>
  BigInt(Math.round(2 ** (PITCH_BITS - j / LEVELS_PER_OCTAVE))),
);
/** Bits of fixed-point numbers beyond those of a pixel. */
const GUARD_BITS = 64;
/** Decimals of coordinates beyond those of a pixel. */
const GUARD_DECIMALS = 12;
const ZOOM_DIGITS = 25;

export interface Point {
  /** Decimal strings. */
  readonly re: string;
  readonly im: string;
}

export interface Lattice {
  readonly anchor: Point;
  readonly level: number;
  /** Degrees that the camera turns counter-clockwise. */
  readonly rotation: number;
  /** As a view has it (view/view.ts). */
  readonly deformation?: Matrix;
}

/** Tiles of a lattice: from `left` to `right` - 1, from `top` to `bottom` - 1. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An area at a fraction of the resolution: `scale` 1, 2, 4 … pixels of the lattice are one pixel of the piece. */
export interface Piece extends Area {
  readonly scale: number;
}

/** What a view of a piece shows. */
export interface Shown extends Point {
  readonly zoom: string;
  readonly rotation: number;
  readonly deformation?: Matrix;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

function octaveOf(level: number): { readonly octave: number; readonly pitch: bigint } {
  const octave = Math.floor(level / LEVELS_PER_OCTAVE);
  return { octave, pitch: PITCHES[level - octave * LEVELS_PER_OCTAVE] as bigint };
}

/** Bits behind the point of the fixed-point numbers of a level. */
export function bitsOf(level: number): number {
  return Math.max(0, octaveOf(level).octave) + PITCH_BITS + GUARD_BITS;
}

/** The width of a pixel, in units of 2^-bits. */
function pitchIn(level: number, bits: number): bigint {
  const { octave, pitch } = octaveOf(level);
  return pitch << BigInt(bits - PITCH_BITS - octave);
}

export function log2PitchOf(level: number): number {
  const { octave, pitch } = octaveOf(level);
  return Math.log2(Number(pitch)) - PITCH_BITS - octave;
}

/** The level whose pixels are nearest in size to those of a picture. `zoom`: a decimal string; `height`: in pixels. */
export function levelFor(zoom: string, height: number): number {
  const d = parseDecimal(zoom);
  const log2 = d ? log10(d) / Math.log10(2) : 0;
  // Adding 0 makes -0 a 0.
  const level = Math.round((log2 + Math.log2(height) - 2) * LEVELS_PER_OCTAVE) + 0;
  return Math.max(LEVEL.min, Math.min(LEVEL.max, level));
}

/** The zoom of a picture of this level. `height`: in pixels. */
export function zoomAt(level: number, height: number): string {
  const { octave, pitch } = octaveOf(level);
  const up = BigInt(Math.max(0, octave + PITCH_BITS + 2));
  const down = BigInt(Math.max(0, -(octave + PITCH_BITS + 2)));
  const [above, below] = [1n << up, (pitch << down) * BigInt(height)];
  const digits = divide({ digits: above, exponent: 0 }, { digits: below, exponent: 0 }, ZOOM_DIGITS);
  return formatDecimal(significant(digits, ZOOM_DIGITS));
}

function significant(d: { readonly digits: bigint; readonly exponent: number }, most: number) {
  const more = d.digits.toString().length - most;
  return more <= 0 ? d : { digits: d.digits / 10n ** BigInt(more), exponent: d.exponent + more };
}

/** A coordinate as a fixed-point number of the level's bits; 0 for what is no number. */
export function toUnits(text: string, level: number): bigint {
  const d = parseDecimal(text);
  return d ? toFixed(d, bitsOf(level)) : 0n;
}

/** The decimal string of a fixed-point number of the level's bits, to 1e-12 of a pixel. */
export function fromUnits(units: bigint, level: number): string {
  const bits = BigInt(bitsOf(level));
  const decimals = Math.max(0, Math.ceil(-log2PitchOf(level) * Math.log10(2))) + GUARD_DECIMALS;
  const scaled = units * 10n ** BigInt(decimals);
  const half = bits > 0n ? 1n << (bits - 1n) : 0n;
  return formatDecimal({ digits: (scaled + half) >> bits, exponent: -decimals });
}

/** The vector on the plane of an offset in pixels, in units of the level's bits. */
function vectorOf({ level, rotation, deformation }: Lattice, x: number, y: number): { re: bigint; im: bigint } {
  const [sin, cos] = sinCos(rotation);
  const [right, up] = [x * cos + y * sin, x * sin - y * cos];
  const [xx, xy, yx, yy] = deformation ?? [1, 0, 0, 1];
  return { re: pixels(xx * right + xy * up, level), im: pixels(yx * right + yy * up, level) };
}

/** Bits of a fraction of a pixel. */
const FRACTION_BITS = 30;

function pixels(count: number, level: number): bigint {
  return (BigInt(Math.round(count * 2 ** FRACTION_BITS)) * pitchIn(level, bitsOf(level))) >> BigInt(FRACTION_BITS);
}

/** The point at an offset from the anchor, in pixels to the right and down: at most MOST_OFFSET. */
export function pointAt(lattice: Lattice, x: number, y: number): Point {
  const { anchor, level } = lattice;
  const vector = vectorOf(lattice, x, y);
  return {
    re: fromUnits(unitsOf(anchor.re, level) + vector.re, level),
    im: fromUnits(unitsOf(anchor.im, level) + vector.im, level),
  };
}

/** Of an anchor: a corner of the tiles counted from 0 exactly, though its text is rounded. */
function unitsOf(text: string, level: number): bigint {
  const units = toUnits(text, level);
  const corner = cornerNear(units, level);
  const apart = corner > units ? corner - units : units - corner;
  return apart << BigInt(CORNER_BITS) < pitchIn(level, bitsOf(level)) ? corner : units;
}

/** So many bits of a pixel a text may be off. */
const CORNER_BITS = 20;

/** The nearest corner of the tiles counted from 0. */
function cornerNear(units: bigint, level: number): bigint {
  const side = BigInt(TILE) * pitchIn(level, bitsOf(level));
  const shifted = units + side / 2n;
  const rest = shifted % side;
  return shifted - rest - (rest < 0n ? side : 0n);
}

/** The offset of a point from the anchor, in pixels to the right and down. Far points: as a double has it. */
export function offsetOf(lattice: Lattice, { re, im }: Point): { readonly x: number; readonly y: number } {
  const { anchor, level, rotation, deformation } = lattice;
  const [sin, cos] = sinCos(rotation);
  const [xx, xy, yx, yy] = deformation ?? [1, 0, 0, 1];
  const dre = inPixels(toUnits(re, level) - unitsOf(anchor.re, level), level);
  const dim = inPixels(toUnits(im, level) - unitsOf(anchor.im, level), level);
  const determinant = xx * yy - xy * yx;
  const [right, up] = [(yy * dre - xy * dim) / determinant, (xx * dim - yx * dre) / determinant];
  return { x: right * cos + up * sin, y: right * sin - up * cos };
}

function inPixels(units: bigint, level: number): number {
  const pitch = pitchIn(level, bitsOf(level));
  const whole = units / pitch;
  const rest = units - whole * pitch;
  return Number(whole) + Number((rest << BigInt(FRACTION_BITS)) / pitch) / 2 ** FRACTION_BITS;
}

/**
 * The anchor next to a point: where nothing is turned or deformed a corner of the lattice's tiles, counted from 0, the same
 * for all viewers; else the point itself.
 */
export function anchorNear(point: Point, level: number, turned: boolean): Point {
  const at = (text: string) => {
    const units = toUnits(text, level);
    return fromUnits(turned ? units : cornerNear(units, level), level);
  };
  return { re: at(point.re), im: at(point.im) };
}

/**
 * Which tile, counted from 0 to the right and down, has its corner at the anchor; undefined where the lattice is turned or
 * deformed, or where its anchor is no corner. The same tile has the same samples, whatever the anchor.
 */
export function tileAt(lattice: Lattice): { readonly column: bigint; readonly row: bigint } | undefined {
  const { anchor, level, rotation, deformation } = lattice;
  if (rotation !== 0 || deformation) return undefined;
  const side = BigInt(TILE) * pitchIn(level, bitsOf(level));
  const [re, im] = [unitsOf(anchor.re, level), unitsOf(anchor.im, level)];
  return re % side === 0n && im % side === 0n ? { column: re / side, row: -im / side } : undefined;
}

/** What a view must show to have the samples of a piece. */
export function shownBy(lattice: Lattice, { left, top, right, bottom, scale }: Piece): Shown {
  const { rotation, deformation, level } = lattice;
  const [width, height] = [((right - left) * TILE) / scale, ((bottom - top) * TILE) / scale];
  const centre = pointAt(lattice, ((left + right) * TILE) / 2, ((top + bottom) * TILE) / 2);
  // Zooms of pictures of the same pixels: height times scale of them.
  const zoom = zoomAt(level, height * scale);
  return { ...centre, zoom, rotation, ...(deformation ? { deformation } : {}), width, height };
}
