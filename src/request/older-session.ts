/**
 * The session files of an older video renderer, which called the MPI renderer (mpi.ts) for each frame: the zooms, places
 * and iterations of a film, and the arguments that all its frames have.
 */

import type { FractalError } from '../errors.js';
import { nearest } from '../nearest.js';
import { formatDecimal, parseDecimal, wholeOf } from '../view/decimal.js';
import { readMpiWords } from './mpi-words.js';
import type { RawFlags } from './values.js';

/** Its keys, and what a missing one is there. */
const DEFAULTS = {
  z0: '1',
  z1: '10',
  cx0: '0',
  cy0: '0',
  cx1: '0',
  cy1: '0',
  iterations_base: '512',
  iterations_scale: '64',
  frames_smooth: '1',
  frames: '5',
  /** Frames that it has rendered: what was computed here is in the store. */
  rendered_frames: '0',
  program_arguments: '',
} as const;

type Key = keyof typeof DEFAULTS;

/** Of its instructions for making a film of the frames. */
const FPS = '60';

/** Keys that only such files have. */
const OWN = Object.keys(DEFAULTS).filter((key) => key !== 'frames');

export function isSession(keys: readonly string[]): boolean {
  return keys.some((key) => OWN.includes(key));
}

/** @throws FractalError REQUEST_FILE; REQUEST_INVALID for program_arguments that the MPI renderer does not have */
export function sessionFlags(fields: Readonly<Record<string, string>>, fail: (why: string) => FractalError): RawFlags {
  for (const key of Object.keys(fields)) {
    if (!Object.hasOwn(DEFAULTS, key))
      throw fail(`"${key.slice(0, 60)}" is not known here${nearest(key, new Set(Object.keys(DEFAULTS)))}`);
  }
  const v: Readonly<Record<Key, string>> = { ...DEFAULTS, ...fields };
  const whole = (key: Key): number => {
    const value = wholeOf(v[key]);
    if (value === undefined || value < 0) throw fail(`"${key}" "${v[key].slice(0, 60)}" is not a whole number`);
    return value;
  };
  /** A view of its zoom z is 1 / z high. */
  const zoom = (key: Key): string => {
    const value = parseDecimal(v[key]);
    if (!value || value.digits <= 0n) throw fail(`"${key}" "${v[key].slice(0, 60)}" is not a number above 0`);
    return formatDecimal({ ...value, digits: 4n * value.digits });
  };
  const [frames, smooth] = [whole('frames'), whole('frames_smooth')];
  whole('rendered_frames');
  const words = v.program_arguments.split(',').filter((word) => word !== '');
  const { iters: _, xpos: __, ypos: ___, zoom: ____, ...picture } = readMpiWords(words).order;
  const film = {
    fps: FPS,
    'zoom-end': zoom('z1'),
    'xpos-end': v.cx1,
    'ypos-end': v.cy1,
    'ease-power': String(1 + smooth / Math.max(1, frames)),
  };
  return {
    ...picture,
    xpos: v.cx0,
    ypos: v.cy0,
    zoom: zoom('z0'),
    // It cuts what this program rounds.
    iters: `${whole('iterations_base')} + ${whole('iterations_scale')}*log2(1 + zoom/4) - 0.5`,
    frames: String(frames),
    ...(frames > 1 ? film : {}),
  };
}
