/**
 * Palettes: named ones from assets/palettes.json, a list of stops as JSON, or a list of hex colours. A palette is a list of
 * stops on a cycle of length 1; cycle.ts interpolates between them. What palettes of files hold is such a list as well
 * (palette-files/).
 */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FractalError, messageOf } from '../errors.js';
import { editDistance } from '../nearest.js';
import type { Triple } from './oklab.js';

export interface Stop {
  /** 0 to 1, rising from stop to stop. */
  readonly position: number;
  /** 8-bit sRGB. */
  readonly rgb: Triple;
}

export interface Palette {
  readonly name: string;
  /** At least two. */
  readonly stops: readonly Stop[];
}

export const MAX_STOPS = 4096;
/** Other spellings of names, in the form that `key` gives. */
const ALIASES: Readonly<Record<string, string>> = {
  biochimist: 'biochemist',
  'gobrot/biochimist': 'gobrot/biochemist',
  gray: 'grey',
};
/** Palettes as gobrot has them have names with this in front. */
const GOBROT = 'gobrot/';

let known: { readonly names: readonly string[]; readonly palettes: ReadonlyMap<string, Palette> } | undefined;

/** The palettes that come with the program, Galaxy first; without those named "gobrot/…", the older forms of some. */
export function paletteNames(): readonly string[] {
  return builtIn().names;
}

/** The older forms of some, "gobrot/…". */
export function olderPaletteNames(): readonly string[] {
  return [...builtIn().palettes.values()].map(({ name }) => name).filter((name) => name.startsWith(GOBROT));
}

/**
 * The palette that a text describes: a name (case, spaces, - and _ do not matter), a list as JSON of [position, "#hex"]
 * stops, or of hex colours, evenly spaced, or hex colours separated by commas or spaces. Files are read before
 * (palette-files/read.ts).
 * Throws PALETTE_UNKNOWN for a name that does not exist, PALETTE_INVALID for a list that is no palette.
 */
export function findPalette(spec: string): Palette {
  const text = spec.trim();
  const found = builtIn().palettes.get(ALIASES[key(text)] ?? key(text));
  if (found) return found;
  if (text.startsWith('[')) return { name: 'a list', stops: stopsOf(listOf(text, 'the list'), 'the list of stops') };
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.some((part) => part.startsWith('#') || parseHex(part)))
    return { name: text, stops: stopsOf(parts, `palette "${text}"`) };
  throw new FractalError(
    'PALETTE_UNKNOWN',
    `there is no palette "${text}"${nearest(text)} The names are ${paletteNames().join(', ')}; ` +
      'a file (.json .map .ugr .gpl .ggr .cpt .kfr, a picture) or a list of colours such as "#001,#fa0,#fff" works too',
  );
}

/** Stops as the text that `findPalette` reads: it needs no file, and can be kept in a picture. */
export function textOf(stops: readonly Stop[]): string {
  return JSON.stringify(stops.map(({ position, rgb }) => [position, hexOf(rgb)]));
}

export function hexOf(rgb: Triple): string {
  return `#${rgb.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
}

/** "#fa0", "#ffaa00", the # may be missing; undefined for anything else. */
export function parseHex(text: string): Triple | undefined {
  const digits = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text.trim())?.[1];
  if (digits === undefined) return undefined;
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number];
}

function builtIn(): NonNullable<typeof known> {
  if (!known) {
    const own = palettesOf('palettes.json', '');
    const palettes = [...own, ...palettesOf('palettes-gobrot.json', GOBROT)];
    known = { names: own.map(({ name }) => name), palettes: new Map(palettes.map((one) => [key(one.name), one])) };
  }
  return known;
}

function palettesOf(file: string, prefix: string): Palette[] {
  const table = JSON.parse(readFileSync(asset(file), 'utf8')) as Record<string, unknown[]>;
  return Object.entries(table).map(([name, stops]) => ({
    name: prefix + name,
    stops: stopsOf(stops, `palette ${name}`),
  }));
}

/** A file of the package's assets folder, found from the compiled module upwards. */
function asset(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'assets', name)) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'assets', name);
}

/** What JSON holds, as stopsOf reads it. `what`: names it. @throws FractalError PALETTE_INVALID */
export function listOf(text: string, what: string): unknown[] {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new FractalError('PALETTE_INVALID', `${what} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (Array.isArray(data)) return data;
  const way = 'write [[0, "#000011"], [0.5, "#ffcc00"]] or ["#000011", "#ffcc00"]';
  throw new FractalError('PALETTE_INVALID', `${what} holds no list; ${way}`);
}

/** @throws FractalError PALETTE_INVALID */
export function stopsOf(list: readonly unknown[], where: string): Stop[] {
  const invalid = (what: string) => new FractalError('PALETTE_INVALID', `${where}: ${what}`);
  if (list.length < 2 || list.length > MAX_STOPS)
    throw invalid(`it has ${list.length} colours, a palette has 2 to ${MAX_STOPS}`);
  const spaced = list.every((entry) => typeof entry === 'string');
  let before = -1;
  return list.map((entry, i) => {
    const [position, hex] = spaced ? [i / list.length, entry] : Array.isArray(entry) ? entry : [undefined, undefined];
    if (!spaced && (!Array.isArray(entry) || entry.length !== 2))
      throw invalid(`stop ${i + 1}, ${show(entry)}, is not [position, "#hex"]`);
    const rgb = typeof hex === 'string' ? parseHex(hex) : undefined;
    if (!rgb) throw invalid(`colour ${i + 1}, ${show(hex)}, is not a hex colour such as "#ffcc00"`);
    if (typeof position !== 'number' || !(position >= 0 && position <= 1))
      throw invalid(`the position of stop ${i + 1}, ${show(position)}, is not a number from 0 to 1`);
    if (!(position > before)) throw invalid(`the position of stop ${i + 1}, ${position}, is not above ${before}`);
    before = position;
    return { position, rgb };
  });
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}

function key(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** The end of the first sentence: the name that was meant, where one is near. */
function nearest(spec: string): string {
  const wanted = key(spec).slice(0, 64);
  const distances = paletteNames().map((name) => ({ name, distance: editDistance(wanted, key(name)) }));
  const best = distances.reduce((least, next) => (next.distance < least.distance ? next : least));
  return best.distance <= wanted.length / 2 ? `; did you mean ${best.name}?` : '.';
}
