/**
 * Request files: every flag as JSON ({"xpos": -0.75, "zoom-end": "1e30"}), and the JSON of two older systems. Numbers
 * keep all their digits: they are read as text, never as doubles.
 */

import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { FractalError, messageOf } from './errors.js';
import { formatDecimal, parseDecimal } from './view/decimal.js';

/** Flag names to values as text. */
export type RawFlags = Record<string, string>;

const MAX_BYTES = 1 << 20;

/** What others call a flag. */
const ALIASES: Readonly<Record<string, string>> = { re: 'xpos', im: 'ypos', x: 'xpos', y: 'ypos', iterations: 'iters' };

/** @throws FractalError REQUEST_FILE naming file, line and column. */
export async function readRequestFile(path: string, flags: ReadonlySet<string>): Promise<RawFlags> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new FractalError('REQUEST_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (!isUtf8(bytes)) throw wrong(path, 'it is not UTF-8 text');
  return parseRequestFile(bytes.toString('utf8'), path, flags);
}

/** `flags`: the names that are understood. */
export function parseRequestFile(text: string, path: string, flags: ReadonlySet<string>): RawFlags {
  if (text.length > MAX_BYTES) throw wrong(path, `it has ${text.length} characters, at most ${MAX_BYTES} are read`);
  const json = parseJson(text.replace(/^\uFEFF/, ''), path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrong(path, 'it is not a JSON object such as {"xpos": "-0.75"}');
  }
  const fields = json as Record<string, unknown>;
  if ('point' in fields) return older(fields, path, pointFields);
  if ('START' in fields) return older(fields, path, startFields);
  const raw: RawFlags = {};
  const said = new Map<string, string>();
  for (const [key, value] of Object.entries(fields)) {
    const plain = key.replace(/_/g, '-').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    const name = ALIASES[plain] ?? plain;
    if (!flags.has(name)) throw wrong(path, `"${key}" is not a flag${nearest(name, flags)}`);
    const other = said.get(name);
    if (other !== undefined) throw wrong(path, `"${other}" and "${key}" mean the same: leave one out`);
    said.set(name, key);
    raw[name] = scalar(value, key, path);
  }
  return raw;
}

/** JSON with every number quoted. Where it is wrong, the original tells where. */
function parseJson(text: string, path: string): unknown {
  const quoted = text.replace(/"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    JSON.parse(text);
    return JSON.parse(quoted);
  } catch (error) {
    const at = Number(/position (\d+)/.exec(messageOf(error))?.[1] ?? text.length);
    const before = text.slice(0, at).split('\n');
    const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new FractalError('REQUEST_FILE', `${place}: this is not JSON: check quotes, commas and brackets here`);
  }
}

function scalar(value: unknown, key: string, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  throw wrong(path, `the value of "${key}" is not a string, a number, true or false`);
}

type Translate = (fields: Record<string, string>, fail: (why: string) => FractalError) => RawFlags;

function older(fields: Record<string, unknown>, path: string, translate: Translate): RawFlags {
  const plain = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, scalar(value, key, path)]));
  return translate(plain, (why) => wrong(path, why));
}

/** {point "re,im", num_frames, frame_width, frame_height, maxiter, fps, start_delta, end_delta}: deltas are widths. */
const pointFields: Translate = (fields, fail) => {
  const names: Record<string, string> = {
    num_frames: 'frames',
    frame_width: 'width',
    frame_height: 'height',
    maxiter: 'iters',
    fps: 'fps',
    start_delta: 'view-width',
    end_delta: 'view-width-end',
  };
  const { point, ...rest } = fields;
  return { ...centre(point, 'point', fail), ...renamed(rest, names, fail) };
};

/** {START [re, im], ZOOM "8x", NUM_FRAMES, FPS, THEME, FORMAT}: ZOOM is the magnification from first to last frame. */
const startFields: Translate = (fields, fail) => {
  const names: Record<string, string> = { NUM_FRAMES: 'frames', FPS: 'fps', WIDTH: 'width', HEIGHT: 'height' };
  const { START, ZOOM, THEME, FORMAT, ...rest } = fields;
  const raw: RawFlags = { ...centre(START, 'START', fail), zoom: '1', ...renamed(rest, names, fail) };
  if (ZOOM !== undefined) {
    const factor = parseDecimal(ZOOM.replace(/x$/i, ''));
    if (!factor || factor.digits <= 0n) throw fail(`"ZOOM" "${ZOOM}" is not a magnification such as "8x"`);
    raw['zoom-end'] = formatDecimal(factor);
  }
  if (THEME !== undefined) raw.palette = { dark: 'Galaxy', light: 'SummerBeach' }[THEME.toLowerCase()] ?? THEME;
  if (FORMAT !== undefined) {
    const type = FORMAT.toLowerCase().replace(/^\./, '');
    const still = /^(png|webp|tiff?|jpe?g|npy)$/.test(type);
    raw.outfile = still && Number(raw.frames ?? 1) > 1 ? `fractal-%05d.${type}` : `fractal.${type}`;
  }
  return raw;
};

function centre(value: string | undefined, key: string, fail: (why: string) => FractalError): RawFlags {
  const parts = (value ?? '').split(',').map((part) => part.trim());
  const [xpos, ypos] = parts;
  if (parts.length !== 2 || !xpos || !ypos) throw fail(`"${key}" is not a pair of coordinates: "${value}"`);
  return { xpos, ypos };
}

function renamed(
  fields: Record<string, string>,
  names: Record<string, string>,
  fail: (why: string) => FractalError,
): RawFlags {
  const raw: RawFlags = {};
  for (const [key, value] of Object.entries(fields)) {
    const name = names[key];
    if (!name) throw fail(`"${key}" is not known here${nearest(key, new Set(Object.keys(names)))}`);
    raw[name] = value;
  }
  return raw;
}

function wrong(path: string, why: string): FractalError {
  return new FractalError('REQUEST_FILE', `${path}: ${why}`);
}

/** `: did you mean "x"?` for the known name that is fewest edits away, if that is near at all. */
export function nearest(name: string, known: ReadonlySet<string>): string {
  let best = '';
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const one of known) {
    const distance = edits(name, one);
    if (distance < least) [best, least] = [one, distance];
  }
  return best ? `: did you mean "${best}"?` : '';
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      const change = (row[k - 1] as number) + (a[i - 1] === b[k - 1] ? 0 : 1);
      next.push(Math.min(change, (row[k] as number) + 1, (next[k - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
