/** Places that a viewer of the explorer asks for: the minibrot of a view, and what a file shows. */

import { parseLocation } from '../request/location/location.js';
import { SHAPING_FLAGS } from '../request/metadata.js';
import { parseRequest } from '../request/parse.js';
import type { LocateOrder, Minibrot, PlaceOfFile } from '../service/explore/places.js';
import { locateNucleus } from './locate.js';

/** Pixels of the view that is searched. */
const HEIGHT = 720;
const ASPECT = 16 / 9;
const PLACE = new Set(['xpos', 'ypos', 'zoom', 'rotate', 'width', 'height']);

/** @throws FractalError REQUEST_INVALID, NUCLEUS_MISSING; or the signal's reason */
export async function locateFrom(order: LocateOrder, signal: AbortSignal): Promise<Minibrot> {
  const { scene, re, im, zoom, aspect = ASPECT } = order;
  const size = { width: String(Math.max(1, Math.round(HEIGHT * aspect))), height: String(HEIGHT) };
  const request = parseRequest({ ...scene, ...size, xpos: re, ypos: im, zoom });
  const { period, flags } = await locateNucleus(request, [], { emit: () => undefined, signal });
  const { xpos = re, ypos = im, zoom: found = zoom, iters } = flags;
  return { re: xpos, im: ypos, zoom: found, period, ...(iters === undefined ? {} : { iters: Number(iters) }) };
}

/** @throws FractalError LOCATION_FILE, REQUEST_INVALID; or the signal's reason */
export async function locationOf(name: string, content: Uint8Array, signal: AbortSignal): Promise<PlaceOfFile> {
  signal.throwIfAborted();
  const { flags, notes } = parseLocation(content, name);
  const shaping = Object.entries(flags).filter(([flag]) => SHAPING_FLAGS.has(flag));
  const { re, im, zoom, rotation } = parseRequest(Object.fromEntries(shaping));
  return { scene: Object.fromEntries(shaping.filter(([flag]) => !PLACE.has(flag))), re, im, zoom, rotation, notes };
}
