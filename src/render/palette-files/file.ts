/** What readers of palette files return, and what they share: errors with the line, colours, positions. */

import { FractalError } from '../../errors.js';
import type { Interpolation } from '../cycle.js';
import type { Triple } from '../oklab.js';
import { MAX_STOPS, type Stop } from '../palette.js';

export interface ReadPalette {
  readonly stops: readonly Stop[];
  /** Between the stops, as the program has it that the file comes from; absent: it has none. */
  readonly interpolation?: Interpolation;
  /** Sentences for the user: what of the file is not used, or differs. */
  readonly notes: readonly string[];
}

/** A line of a file that is not empty. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** Without line ends, and without blanks around. */
export function linesOf(text: string): Line[] {
  const lines = text.split(/\r\n|\n|\r/).map((line, i) => ({ number: i + 1, text: line.trim() }));
  return lines.filter((line) => line.text !== '');
}

/** The error for a file, or for a line of it: one line, whatever bytes of the file it quotes. */
export function badFile(path: string, why: string, line?: number, cause?: unknown): FractalError {
  const where = line === undefined ? path : `${path}:${line}`;
  return new FractalError('PALETTE_INVALID', `${where}: ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'), { cause });
}

/** As it is quoted in an error. */
export function quoted(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 37)}...` : text}"`;
}

/** A decimal number; NaN for anything else. */
export function numberOf(text: string | undefined): number {
  return text !== undefined && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Levels 0 to 255 of channels 0 to 1. */
export function levelsOf(channels: Triple): Triple {
  const level = (x: number) => Math.min(255, Math.max(0, Math.round(255 * x)));
  return [level(channels[0]), level(channels[1]), level(channels[2])];
}

/** Channels 0 to 1 of hue, saturation and value, 0 to 1 each (A. R. Smith, "Color Gamut Transform Pairs", 1978). */
export function fromHsv([hue, saturation, value]: Triple): Triple {
  const sixth = 6 * (hue - Math.floor(hue));
  const channel = (shift: number) => {
    const k = (shift + sixth) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}

export function toHsv([r, g, b]: Triple): Triple {
  const most = Math.max(r, g, b);
  const range = most - Math.min(r, g, b);
  if (range === 0) return [0, 0, most];
  const sixth = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  return [(sixth < 0 ? sixth + 6 : sixth) / 6, range / most, most];
}

/** Half a level. */
const STRAIGHT = 0.5 / 255;
const MOST_HALVINGS = 8;

/**
 * Places t, 0 to 1, between which `colourAt`, channels 0 to 1, is straight to half a level: 0, 1 and `bends` between, and as many as
 * it takes, as far as `curves` of them fit into a palette.
 */
export function places(colourAt: (t: number) => Triple, bends: readonly number[], curves: number): number[] {
  const from = [...new Set([0, ...bends, 1])];
  const halvings = Math.floor(Math.log2((MAX_STOPS / curves - 1) / (from.length - 1)));
  const between = (a: number, b: number, left: number): number[] => {
    const [start, end] = [colourAt(a), colourAt(b)];
    const straight = [0.25, 0.5, 0.75].every((u) => {
      const at = colourAt(a + u * (b - a));
      return at.every((x, k) => Math.abs(x - start[k]! - u * (end[k]! - start[k]!)) <= STRAIGHT);
    });
    if (straight || left <= 0) return [b];
    const middle = (a + b) / 2;
    return [...between(a, middle, left - 1), ...between(middle, b, left - 1)];
  };
  return [0, ...from.slice(1).flatMap((b, i) => between(from[i]!, b, Math.min(MOST_HALVINGS, halvings)))];
}

export function mixed(a: Triple, b: Triple, share: number): Triple {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Where two stops lie at one position, the colours jump there: a millionth of the cycle lies between them. */
const JUMP = 1e-6;

/**
 * Stops at rising positions 0 to 1 of stops at positions that do not fall. Of more than two at a position the first and the last
 * are kept, of equal ones the first.
 * @throws FractalError PALETTE_INVALID for more stops than a palette has, or less than two
 */
export function rising(stops: readonly Stop[], path: string): Stop[] {
  const different = stops.filter(({ position, rgb }, i) => {
    const before = stops[i - 1];
    return before?.position !== position || before.rgb.some((level, k) => level !== rgb[k]);
  });
  const kept = different.filter(
    ({ position }, i) => different[i - 1]?.position !== position || different[i + 1]?.position !== position,
  );
  if (kept.length < 2 || kept.length > MAX_STOPS)
    throw badFile(path, `it has ${kept.length} colours, a palette has 2 to ${MAX_STOPS}`);
  const risen: Stop[] = [];
  for (const { position, rgb } of kept) {
    const before = risen.at(-1)?.position ?? -1;
    risen.push({ position: position > before ? position : before + JUMP, rgb });
  }
  const past = Math.max(1, risen.at(-1)!.position);
  return past === 1 ? risen : risen.map(({ position, rgb }) => ({ position: position / past, rgb }));
}
