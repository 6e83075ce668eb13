/**
 * Pictures as an older MPI renderer describes them: by words of its command line, or by the fields of its HTTP interface.
 * A view of its zoom z is 1 / z high, and what is missing has its defaults.
 */

import { FractalError } from '../errors.js';
import { nearest } from '../nearest.js';
import { formatDecimal, parseDecimal, wholeOf } from '../view/decimal.js';
import { JsonError, parseJson } from './json.js';
import { invalid, type RawFlags, shorten } from './values.js';

/** Its parameters, and what a missing one is there. */
const DEFAULTS = {
  width: '512',
  height: '512',
  iterations: '128',
  samples: '1',
  block_size: '32',
  camera_x: '0',
  camera_y: '0',
  zoom: '1',
  type: '0',
  color_mode: '2',
  julia_cx: '-0.225',
  julia_cy: '-0.7',
} as const;

export type MpiFields = Readonly<Partial<Record<keyof typeof DEFAULTS, string>>>;

export interface MpiOrder {
  /** Without an outfile. */
  readonly order: RawFlags;
  /** Lines for the user. */
  readonly notes: readonly string[];
}

/** @throws FractalError REQUEST_INVALID; other values are checked with those of all requests */
export function mpiOrder(given: MpiFields): MpiOrder {
  const v = { ...DEFAULTS, ...given };
  if (wholeOf(v.type) !== 0 && wholeOf(v.type) !== 1)
    throw invalid(`type "${shorten(v.type)}" is neither 0, the Mandelbrot set, nor 1, a Julia set`);
  const count = wholeOf(v.samples);
  if (count === undefined || count < 1) throw invalid(`samples "${shorten(v.samples)}" is not a whole number above 0`);
  const side = Math.sqrt(count);
  const isSquare = Number.isInteger(side);
  const zoom = parseDecimal(v.zoom);
  if (!zoom || zoom.digits <= 0n) throw invalid(`zoom "${shorten(v.zoom)}" is not a number above 0`);
  return {
    order: {
      width: v.width,
      height: v.height,
      iters: v.iterations,
      'block-size': v.block_size,
      xpos: v.camera_x,
      ypos: v.camera_y,
      zoom: formatDecimal({ ...zoom, digits: 4n * zoom.digits }),
      'color-mode': v.color_mode,
      bailout: '2',
      ...(isSquare && side > 1 ? { smoothness: String(side) } : {}),
      ...(wholeOf(v.type) === 1 ? { formula: 'julia', 'julia-re': v.julia_cx, 'julia-im': v.julia_cy } : {}),
    },
    notes: isSquare ? [] : [`samples ${count} is not the square of a whole number: 1 sample a pixel is computed`],
  };
}

/** Names of its HTTP interface, in its order; the last three may be left out. */
const SUBMITTED: Readonly<Record<string, keyof MpiFields>> = {
  width: 'width',
  height: 'height',
  block_size: 'block_size',
  samples: 'samples',
  camerax: 'camera_x',
  cameray: 'camera_y',
  zoom: 'zoom',
  type: 'type',
  color_mode: 'color_mode',
  iterations: 'iterations',
  julia_cx: 'julia_cx',
  julia_cy: 'julia_cy',
};
const OPTIONAL: readonly string[] = ['iterations', 'julia_cx', 'julia_cy'];

/** `ignored`: keys that may stand there, too. @throws FractalError REQUEST_FILE */
export function mpiFields(text: string, ignored: readonly string[] = []): MpiFields {
  const fields: Partial<Record<keyof MpiFields, string>> = {};
  for (const [key, value] of jsonFields(text, 'the job')) {
    if (ignored.includes(key)) continue;
    const name = Object.hasOwn(SUBMITTED, key) ? SUBMITTED[key] : undefined;
    if (name === undefined)
      throw wrong(`"${shorten(key)}" is not a field${nearest(key, new Set(Object.keys(SUBMITTED)))}`);
    if (typeof value !== 'string') throw wrong(`the value of "${key}" is not a number`);
    fields[name] = value.trim();
  }
  for (const [key, name] of Object.entries(SUBMITTED)) {
    if (fields[name] === undefined && !OPTIONAL.includes(key)) throw wrong(`"${key}" is missing`);
  }
  return fields;
}

/** The keys and values of a JSON object; numbers are text. `what`: for messages. @throws FractalError REQUEST_FILE */
export function jsonFields(text: string, what: string): ReadonlyMap<string, unknown> {
  try {
    const json = parseJson(text);
    if (json instanceof Map) return json;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw wrong(`${error.line}:${error.column}: ${error.message}`, what);
  }
  throw wrong('it is not a JSON object', what);
}

function wrong(why: string, what = 'the job'): FractalError {
  return new FractalError('REQUEST_FILE', `${what}: ${why}`);
}
