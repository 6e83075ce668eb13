/** Places that a viewer of the explorer asks for: the minibrot of a view, and what a file shows. */

import { FractalError } from '../errors.js';
import { readLocationBytes } from '../request/location/location.js';
import { parseRequest } from '../request/parse.js';
import type { RawFlags } from '../request/values.js';
import type { Scene } from '../tiles/protocol.js';
import { isFlagOfPlace, requestOfPlace, sceneOf } from './explorer-request.js';
import { locateNucleus } from './locate.js';

export interface LocateOrder {
  readonly scene: Scene;
  /** Decimal strings. */
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  /** Width of the view by its height; absent: 16/9. */
  readonly aspect?: number;
}

export interface LocatedPlace {
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly period: number;
  /** A limit with which it shows. */
  readonly iters: number;
}

export interface PlaceInFile {
  readonly scene: Scene;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly rotation: number;
  /** Lines for the user: what of the file is not used. */
  readonly notes: readonly string[];
}

/** Searches that take longer are ended. */
const LOCATE_MS = 20_000;
/** Bytes of a file: a large picture. */
export const MOST_LOCATION_BYTES = 64 << 20;
/** Pixels of the view that is searched. */
const HEIGHT = 720;
const ASPECT = { usual: 16 / 9, least: 0.1, most: 10 } as const;

/** The minibrot of a view. @throws FractalError REQUEST_INVALID, NUCLEUS_MISSING, TIMEOUT; or the signal's reason */
export async function locateFrom(order: LocateOrder, signal: AbortSignal): Promise<LocatedPlace> {
  const { scene, re, im, zoom, aspect = ASPECT.usual } = order;
  const width = Math.round(HEIGHT * Math.min(ASPECT.most, Math.max(ASPECT.least, aspect)));
  const request = requestOfPlace(scene, { re, im, zoom, width, height: HEIGHT });
  const late = AbortSignal.timeout(LOCATE_MS);
  const context = { emit: () => undefined, signal: AbortSignal.any([signal, late]) };
  const { period, flags } = await locateNucleus(request, [], context).catch((error) => {
    throw error === late.reason && late.aborted ? tooLong() : error;
  });
  const { xpos = re, ypos = im, zoom: found = zoom, iters } = flags;
  return { re: xpos, im: ypos, zoom: found, period, iters: Number(iters) };
}

function tooLong(): FractalError {
  const what = `no minibrot was found within ${LOCATE_MS / 1000} seconds`;
  return new FractalError('TIMEOUT', `${what}: look at a smaller view, or use "fractal locate"`);
}

/**
 * What a location file of another program shows, a request as JSON, or a picture of this program.
 * @throws FractalError LOCATION_FILE, REQUEST_INVALID; or the signal's reason
 */
export async function locationOf(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<PlaceInFile> {
  if (bytes.length > MOST_LOCATION_BYTES) {
    const most = `at most ${MOST_LOCATION_BYTES} are read of a location`;
    throw new FractalError('LOCATION_FILE', `${name}: it has ${bytes.length} bytes, ${most}`);
  }
  const { flags, notes } = await readLocationBytes(bytes, name);
  signal.throwIfAborted();
  const places: RawFlags = Object.fromEntries(Object.entries(flags).filter(([flag]) => isFlagOfPlace(flag)));
  const { re, im, zoom, rotation } = parseRequest(places);
  const scene = sceneOf(flags);
  const left = Object.keys(flags).filter((flag) => !isFlagOfPlace(flag) && scene[flag] === undefined);
  const unused = left.length > 0 ? [`${name}: not used: ${left.join(', ')}`] : [];
  return { scene, re, im, zoom, rotation, notes: [...notes, ...unused] };
}
