/**
 * Ultra Fractal's gradients, .ugr, several in a file: NAME { gradient: title="…" smooth=yes|no rotation=N, then control
 * points index=0…399 color=blue·65536 + green·256 + red, opacity: … }, and comments from ;. A gradient is a cycle of 400. Its
 * indices are those after the rotation, which only tells the program's editor where the gradient began: the default gradient,
 * of points at 0, 64, 168, 257 and 343, is saved with rotation=29 as index=28, 92, 196, 285 and 371.
 */

import type { Triple } from '../oklab.js';
import type { Stop } from '../palette.js';
import { badFile, quoted, type ReadPalette, rising } from './file.js';

const LENGTH = 400;
const MOST_NAMES = 12;

interface Entry {
  readonly name: string;
  /** What is between its braces. */
  readonly body: string;
  /** Of its first line, counted from 1. */
  line(): number;
}

/**
 * `wanted`: the name of a gradient, or its title, in any case; absent: the first one.
 * @throws FractalError PALETTE_INVALID, naming the line, or the gradients that the file has
 */
export function readUltraFractal(text: string, path: string, wanted?: string): ReadPalette {
  const all = entriesOf(withoutComments(text), path);
  const key = wanted?.trim().toLowerCase();
  const entry = all.find((one) => key === undefined || [one.name, titleOf(one)].some((x) => x.toLowerCase() === key));
  const names = all.slice(0, MOST_NAMES).map(({ name }) => name);
  const listed = names.join(', ') + (all.length > MOST_NAMES ? ` and ${all.length - MOST_NAMES} more` : '');
  if (!entry) throw badFile(path, `it has no gradient ${quoted(wanted ?? '')}; it has ${listed}`);
  const others =
    wanted === undefined && all.length > 1
      ? [`its first gradient of ${all.length} is taken: choose another with "${path}:NAME"; it has ${listed}`]
      : [];
  const { smooth, stops, clear } = gradientOf(entry, path);
  return {
    stops,
    interpolation: smooth ? 'oklab' : 'linear',
    notes: [...others, ...(clear ? ['not taken: opacity'] : [])],
  };
}

/** The same length, so that positions are those of the file. */
function withoutComments(text: string): string {
  return text.replace(/"[^"\r\n]*"|;[^\r\n]*/g, (part) => (part.startsWith(';') ? ' '.repeat(part.length) : part));
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\n|\r/).length;
}

function entriesOf(text: string, path: string): Entry[] {
  const entries: Entry[] = [];
  // Braces in quotes belong to titles.
  const outside = text.replace(/"[^"\r\n]*"/g, (part) => part.replace(/[{}]/g, ' '));
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    const open = outside.indexOf('{', at);
    const name = text.slice(at, open < 0 ? undefined : open).trim();
    const rest = text.slice(at);
    const line = () => lineAt(text, text.length - rest.trimStart().length);
    if (open < 0 || /[\r\n}]/.test(name) || name === '')
      throw badFile(path, `${quoted(name.split(/[\r\n]/, 1)[0] ?? '')} is no name before a gradient in braces`, line());
    const close = outside.indexOf('}', open);
    if (close < 0) throw badFile(path, `the gradient ${quoted(name)} that begins here has no closing brace`, line());
    const body = text.slice(open + 1, close);
    // A file may hold other things, such as parameters of fractals.
    if (/\bgradient:/.test(body)) entries.push({ name, body, line: () => lineAt(text, open) });
    at = close + 1;
  }
  if (entries.length === 0) throw badFile(path, 'it has no gradient');
  return entries;
}

function titleOf({ body }: Entry): string {
  return /\btitle="([^"]*)"/.exec(body)?.[1] ?? '';
}

function gradientOf(entry: Entry, path: string): { smooth: boolean; stops: Stop[]; clear: boolean } {
  const [colours = '', opacity = ''] = (entry.body.split(/\bgradient:/)[1] ?? '').split(/\b(?:opacity|alpha):/);
  const offset = entry.body.indexOf(colours);
  const words = colours.replace(/"[^"]*"/g, (part) => part.replace(/\s/g, '_')).matchAll(/\S+/g);
  const points: { index: number; rgb: Triple }[] = [];
  let smooth = false;
  let index: number | undefined;
  for (const { 0: word, index: at } of words) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    const bad = () =>
      badFile(path, `${quoted(word)} is not understood`, entry.line() + lineAt(entry.body, offset + at) - 1);
    const whole = /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
    if (key === 'smooth') smooth = value === 'yes';
    else if (key === 'index') index = whole ?? fail(bad());
    else if (key === 'color') {
      if (index === undefined || whole === undefined || whole < 0 || whole > 0xffffff) throw bad();
      points.push({ index, rgb: [whole & 255, (whole >> 8) & 255, whole >> 16] });
    } else if (key === '') throw bad();
  }
  const stops = points.map(({ index: place, rgb }, order) => {
    const on = ((place % LENGTH) + LENGTH) % LENGTH;
    return { position: on / LENGTH, rgb, order };
  });
  // Of one colour it is a cycle of it.
  const one = stops.length === 1 ? [...stops, { ...stops[0]!, position: 0.5, order: 1 }] : stops;
  const sorted = one.sort((a, b) => a.position - b.position || a.order - b.order);
  const clear = [...opacity.matchAll(/\b(?:opacity|alpha)=(\d+)/g)].some(([, level]) => Number(level) < 255);
  return {
    smooth,
    stops: rising(
      sorted.map(({ position, rgb }) => ({ position, rgb })),
      path,
    ),
    clear,
  };
}

function fail(error: Error): never {
  throw error;
}
