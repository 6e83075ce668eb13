/** A picture that a viewer of the explorer looks at, as a request: of the same parser as all others, with its errors. */

import { paletteFileOf } from '../render/palette-files/read.js';
import { FILM_FLAGS } from '../request/flags/film.js';
import { PICTURE_FLAGS } from '../request/flags/index.js';
import { SHAPING_FLAGS } from '../request/metadata.js';
import { deformedOf, type Request } from '../request/request.js';
import { orderedRequest } from '../request/submission.js';
import { invalid, type RawFlags, shorten } from '../request/values.js';
import type { LookOrder } from '../service/explore/lookout.js';
import { type Point, zoomAt } from '../tiles/lattice.js';
import type { Scene } from '../tiles/protocol.js';
import type { Matrix } from '../view/matrix.js';

/** Where the picture is, and how large: the lattice says that. */
const PLACE = ['xpos', 'ypos', 'zoom', 'view-width', 'rotate', 'width', 'height'] as const;
/** The explorer has one sample a pixel, at its centre. */
const SAMPLING = ['samples', 'seed', 'smoothness', 'full-size'] as const;
const FILES = ['texture', 'texture-strength'] as const;
/** A kernel other than simd computes no pieces. */
const KERNEL = ['kernel'] as const;
const OF_FILMS: readonly string[] = [...Object.keys(FILM_FLAGS), 'iters-step'];

/** By how much entries of a deformation may differ, which pages compute as well. */
const SAME_DEFORMATION = 1e-9;

const lists = (names: readonly string[], name: string) => names.includes(name);

/** Why a scene may not have this flag, as the rest of a sentence; undefined: it may. */
function refusal(name: string): string | undefined {
  if (lists(PLACE, name)) return 'says where the picture is: leave it out, the lattice says that';
  if (lists(SAMPLING, name)) return 'is about the samples of a pixel, of which the explorer has one: leave it out';
  if (lists(FILES, name)) return 'is about a file: leave it out';
  if (lists(KERNEL, name)) return 'is decided by the service: leave it out';
  if (lists(OF_FILMS, name)) return 'is about a film: leave it out';
  if (SHAPING_FLAGS.has(name)) return undefined;
  return Object.hasOwn(PICTURE_FLAGS, name) ? 'does not shape what is seen: leave it out' : 'is no flag of a picture';
}

/** What of these flags a scene may have. */
export function sceneOf(flags: RawFlags): Scene {
  const isFile = ([name, value]: [string, string]) => name === 'palette' && paletteFileOf(value) !== undefined;
  return Object.fromEntries(Object.entries(flags).filter((one) => refusal(one[0]) === undefined && !isFile(one)));
}

/** Whether a flag says where a picture is, or of what size. */
export function isFlagOfPlace(name: string): boolean {
  return lists(PLACE, name);
}

/** @throws FractalError REQUEST_INVALID for a flag that a scene may not have */
function checkScene(scene: Scene): void {
  for (const name of Object.keys(scene)) {
    const why = refusal(name);
    if (why !== undefined) throw invalid(`the scene: "${shorten(name)}" ${why}`);
  }
}

export interface PlaceOfPicture extends Point {
  readonly zoom: string;
  readonly rotation?: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * The picture as a still of one sample a pixel.
 * @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE, PALETTE_UNKNOWN, PALETTE_INVALID
 */
export function requestOfPlace(scene: Scene, { re, im, zoom, rotation = 0, width, height }: PlaceOfPicture): Request {
  checkScene(scene);
  const size = { width: String(width), height: String(height), rotate: String(rotation) };
  return orderedRequest({ ...scene, xpos: re, ypos: im, zoom, ...size, smoothness: '1' });
}

/** @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE, PALETTE_UNKNOWN, PALETTE_INVALID */
export function requestOfLook({ scene, lattice, centre, width, height }: LookOrder): Request {
  const { level, rotation, deformation } = lattice;
  const request = requestOfPlace(scene, { ...centre, zoom: zoomAt(level, height), rotation, width, height });
  checkDeformation(deformation, deformedOf(request).deformation);
  return request;
}

/** @throws FractalError REQUEST_INVALID */
function checkDeformation(given: Matrix | undefined, of: Matrix | undefined): void {
  const [one, other] = [given ?? [1, 0, 0, 1], of ?? [1, 0, 0, 1]];
  if (one.every((entry, k) => Math.abs(entry - (other[k] as number)) <= SAME_DEFORMATION)) return;
  throw invalid('the deformation of the lattice is not that of --stretch, --stretch-angle and --skew in the scene');
}
