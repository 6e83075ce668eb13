/**
 * The request files of two older zoom services, as JSON: {"point": "re,im", "num_frames": …} and
 * {START: [re, im], ZOOM: "8x", …}; older-session.ts has those of a third. A file belongs to one of them when it uses one
 * of its keys; other keys are errors in it.
 */

import type { FractalError } from '../errors.js';
import { nearest } from '../nearest.js';
import { formatDecimal, parseDecimal, wholeOf } from '../view/decimal.js';
import { isSession, sessionFlags } from './older-session.js';
import type { RawFlags } from './values.js';

export type Fail = (why: string) => FractalError;
type Fields = Readonly<Record<string, string>>;

/** Keys of the first service, the flags that they stand for, and what a missing one is there. Deltas are widths. */
const POINT_KEYS: Readonly<Record<string, readonly [flag: string, missing: string]>> = {
  num_frames: ['frames', '20'],
  frame_width: ['width', '1000'],
  frame_height: ['height', '1000'],
  maxiter: ['iters', '1000'],
  fps: ['fps', '15'],
  start_delta: ['view-width', '2.5'],
  end_delta: ['view-width-end', '1e-5'],
};
const POINT = '-1.338238635,-0.057237059';

/** The keys of the first service, each with what a missing one is there. */
export const POINT_FIELDS: readonly (readonly [key: string, missing: string])[] = [
  ['point', POINT],
  ...Object.entries(POINT_KEYS).map(([key, [, missing]]) => [key, missing] as const),
];

/** Keys of the second service besides START, ZOOM, THEME and FORMAT. */
const START_KEYS: Readonly<Record<string, string>> = {
  NUM_FRAMES: 'frames',
  FPS: 'fps',
  WIDTH: 'width',
  HEIGHT: 'height',
};

/** The reader of a file with such keys; undefined when they are not those of an older service. */
export function olderService(keys: readonly string[]): ((fields: Fields, fail: Fail) => RawFlags) | undefined {
  if (isSession(keys)) return sessionFlags;
  // fps alone is also a flag of this program.
  if (keys.some((key) => key !== 'fps' && (key === 'point' || Object.hasOwn(POINT_KEYS, key)))) return pointFlags;
  const second = ['START', 'ZOOM', 'THEME', 'FORMAT', ...Object.keys(START_KEYS)];
  return keys.some((key) => second.includes(key)) ? startFlags : undefined;
}

/** A film of one frame is a still of where it starts. */
function pointFlags({ point = POINT, ...rest }: Fields, fail: Fail): RawFlags {
  const raw: RawFlags = { ...centre(point, 'point', fail) };
  for (const [flag, missing] of Object.values(POINT_KEYS)) raw[flag] = missing;
  for (const [key, value] of Object.entries(rest)) raw[known(POINT_KEYS, key, ['point'], fail)[0]] = value;
  if (wholeOf(raw.frames ?? '') === 1) delete raw['view-width-end'];
  return raw;
}

/** ZOOM is the magnification from the first frame, the whole set, to the last; of a single frame its own. */
function startFlags({ START, ZOOM, THEME, FORMAT, ...rest }: Fields, fail: Fail): RawFlags {
  if (START === undefined) throw fail('"START", the centre, is missing: write START: [-0.75, 0.1]');
  const raw: RawFlags = { ...centre(START, 'START', fail), zoom: '1' };
  for (const [key, value] of Object.entries(rest)) {
    raw[known(START_KEYS, key, ['START', 'ZOOM', 'THEME', 'FORMAT'], fail)] = value;
  }
  const still = wholeOf(raw.frames ?? '1') === 1;
  if (ZOOM !== undefined) {
    const factor = parseDecimal(ZOOM.replace(/\s*x$/i, ''));
    if (!factor || factor.digits <= 0n) throw fail(`"ZOOM" "${ZOOM.slice(0, 60)}" is not a magnification such as "8x"`);
    raw[still ? 'zoom' : 'zoom-end'] = formatDecimal(factor);
  }
  if (THEME !== undefined) raw.palette = { dark: 'Galaxy', light: 'SummerBeach' }[THEME.toLowerCase()] ?? THEME;
  if (FORMAT !== undefined) {
    const type = FORMAT.toLowerCase().replace(/^\./, '');
    if (!/^\w+$/.test(type)) throw fail(`"FORMAT" "${FORMAT.slice(0, 60)}" is not a file type such as "mp4" or "png"`);
    const pictures = /^(png|webp|tiff?|jpe?g|npy)$/.test(type) && !still;
    raw.outfile = pictures ? `fractal-%05d.${type}` : `fractal.${type}`;
  }
  return raw;
}

function centre(value: string, key: string, fail: Fail): RawFlags {
  const parts = value.split(',').map((part) => part.trim());
  const [xpos, ypos] = parts;
  if (parts.length !== 2 || !xpos || !ypos)
    throw fail(`"${key}" is not a pair of coordinates: "${value.slice(0, 60)}"`);
  return { xpos, ypos };
}

function known<T>(table: Readonly<Record<string, T>>, key: string, others: readonly string[], fail: Fail): T {
  const found = Object.hasOwn(table, key) ? table[key] : undefined;
  if (found !== undefined) return found;
  const names = new Set([...Object.keys(table), ...others]);
  throw fail(`"${key.slice(0, 60)}" is not known here${nearest(key, names)}`);
}
