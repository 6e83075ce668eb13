/** A request: checked and typed values of the flags. Code that uses it need not check them again. */

import { FractalError } from '../errors.js';
import { type Colours, needsOf } from '../render/colours.js';
import type { Look } from '../render/look.js';
import { holdsSamples } from '../render/outfile.js';
import type { Extras } from '../view/channels.js';
import { log10, parseDecimal } from '../view/decimal.js';
import type { Easing } from '../view/path/easing.js';
import type { Keyframe, State } from '../view/path/keyframe.js';
import { type Leg, pathOf as makePath, type Path, withStart } from '../view/path/path.js';
import type { Place } from '../view/path/place.js';
import type { Knot } from '../view/path/track.js';
import { type Formula, type Sampling, samplesPerPixel, type View } from '../view/view.js';
import { limitOf } from './limit/limit.js';

export interface Request {
  readonly formula: Formula;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  /** Of the camera, degrees counter-clockwise: of a film, as the other values here, in its first frame. */
  readonly rotation: number;
  /** The picture is mirrored top to bottom: its imaginary axis points down. */
  readonly flip: boolean;
  /** Pixels of the picture that is written. */
  readonly width: number;
  readonly height: number;
  readonly iterations: number;
  /** The limit is a first guess only; the final one is found on a coarse grid of the view. */
  readonly autoIterations: boolean;
  readonly bailout: number;
  readonly count: View['count'];
  readonly sampling: Sampling;
  /** Exact iteration of perturbed points has no limit of time. */
  readonly exact: boolean;
  readonly colours: Colours;
  readonly film: Film;
  /** The first of `outfiles`. */
  readonly outfile: string;
  /** All of them get every frame. */
  readonly outfiles: readonly string[];
  /** Pixels of 8 bits are dithered; never those of legacy colours. */
  readonly dither: boolean;
  readonly encoding: Encoding;
  readonly shape: 'row' | 'tile' | 'auto';
  readonly blockSize?: number;
  readonly kernel: 'auto' | 'simd' | 'gpu' | 'cpu';
  readonly method: 'auto' | 'direct' | 'perturbation';
  /** Channels of samples beside nu, whatever is needed: as the store has them. Absent: what is needed. */
  readonly channels?: Extras;
  /** log10 of the zoom from which views are perturbed; undefined while method `auto` is undecided. */
  readonly perturbedFrom?: number;
}

/** How files are written. */
export interface Encoding {
  /** Of a channel in a .png or .tiff. */
  readonly bits: 8 | 16;
  readonly codec?: string;
  readonly crf?: number;
  readonly preset?: string;
  readonly pixelFormat?: string;
  /** A file with the sound of a film. */
  readonly audio?: string;
  /** An encoder that makes no progress for so many seconds is stopped. */
  readonly stallTimeoutSeconds: number;
}

export interface Film {
  /** Of the whole film; 1: a still. */
  readonly frames: number;
  /** The frames that are rendered: from the first to the last, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** Frames a second. */
  readonly fps: number;
  /** Where the last frame is. */
  readonly end: Place;
  /** 0: constant speed, 1: slow start and end. */
  readonly ease: number;
  /** Instead of `ease`: the exponent of a slow start and end. */
  readonly easePower?: number;
  /** What else the last frame has, where it differs from the first. */
  readonly ends: Pick<Keyframe, 'rotation' | 'offset' | 'julia'>;
  /** Instead of a straight way from the first frame to the last. */
  readonly path?: PathFile;
  /** The iteration limit of each frame, as limit.ts reads it; `iterations` of the request is the largest. */
  readonly limit?: string;
  /** Motion blur: how far a camera's shutter is open, in degrees of the turn that it makes in each frame; 0: none. */
  readonly shutter: number;
  /** Each frame computed by itself, or assembled from keyframes; auto: whichever has fewer samples. */
  readonly assembly: 'auto' | 'frames' | 'keyframes';
  /** Keyframes serve frames of any rotation. */
  readonly anyRotation: boolean;
}

/** A path that was given as data. */
export interface PathFile {
  /** As one line of JSON. */
  readonly text: string;
  readonly keyframes: readonly Keyframe[];
  /** By the names of a POV-Ray scene's variables; absent: none. They have no meaning for a fractal. */
  readonly declares?: ReadonlyMap<string, readonly Knot[]>;
}

export interface Camera extends Place {
  /** Degrees counter-clockwise. */
  readonly rotation: number;
}

/** The view of one frame of the whole film. `frame`: from 0, fractions too, as for motion blur. */
export function viewAt(request: Request, frame: number): View {
  const { bailout, rotation, julia } = pathOf(request).othersAt(frame);
  const { formula } = request;
  return {
    ...viewOf(request, { ...pathOf(request).at(frame), rotation }),
    formula: julia ? { ...formula, julia } : formula,
    bailout,
    iterations: limitAt(request, frame),
  };
}

/** Where the camera is at a frame, as for `viewAt`. */
export function cameraAt(request: Request, frame: number): Camera {
  return { ...pathOf(request).at(frame), rotation: pathOf(request).othersAt(frame).rotation };
}

/** log10 of the zoom at a frame. */
export function depthAt(request: Request, frame: number): number {
  return pathOf(request).depthAt(frame);
}

/** How a frame is painted, apart from tables. */
export function lookAt(request: Request, frame: number): Look {
  const { offset, density, angle } = pathOf(request).othersAt(frame);
  return { offset, density, ...(angle === undefined ? {} : { angle }) };
}

/** Whether frames are painted differently. */
export function lookChanges({ film }: Request): boolean {
  const { path, ends } = film;
  const gives = (one: Pick<Keyframe, 'offset' | 'density' | 'angle'>) =>
    one.offset !== undefined || one.density !== undefined || one.angle !== undefined;
  return path ? path.keyframes.some(gives) : gives(ends);
}

/** Whether the constant of a Julia set changes: frames then have other reference orbits. */
export function constantChanges({ film }: Request): boolean {
  return film.path ? film.path.keyframes.some(({ at, julia }) => at > 0 && julia) : film.ends.julia !== undefined;
}

/** Whether the formula or its bailout changes: frames then have no samples in common. */
export function formulaChanges(request: Request): boolean {
  return (
    constantChanges(request) || (request.film.path?.keyframes.some(({ bailout }) => bailout !== undefined) ?? false)
  );
}

/** The frames next to the path's keyframes, the first and the last of the film among them, in order: any extreme is near one. */
export function landmarks({ film }: Request): number[] {
  const last = film.frames - 1;
  const times = (film.path?.keyframes ?? []).flatMap(({ at }) => [Math.floor(at), Math.ceil(at)]);
  return [...new Set([0, last, ...times.filter((frame) => frame <= last)])].sort((a, b) => a - b);
}

/** How many frames are rendered, of a part of a film fewer than it has. */
export function frameCount({ first, last }: Pick<Film, 'first' | 'last'>): number {
  return last - first + 1;
}

/** The way of the camera from one frame to another, without times. */
export function legsOf(request: Request, from: number, to: number): Leg[] {
  return pathOf(request).legs(from, to);
}

/** The view of any place, as frames have it. `rotation`: by default that of the request. */
export function viewOf(request: Request, place: Place & Partial<Camera>): View {
  const { formula, rotation, width, height, iterations, bailout, count, sampling } = request;
  const isPerturbed = depthOf(place.zoom) >= (request.perturbedFrom ?? Infinity);
  return {
    formula,
    rotation,
    ...place,
    width,
    height,
    iterations,
    bailout,
    count,
    sampling,
    ...(isPerturbed ? { perturbed: true } : {}),
    ...(isPerturbed && request.exact ? { exact: true } : {}),
    ...neededOf(request),
  };
}

/** What a request needs of its samples beside nu. Other kernels compute no footprints, and raw samples are not filtered. */
export function neededOf(request: Pick<Request, 'colours' | 'kernel' | 'outfiles' | 'sampling' | 'channels'>): Extras {
  const { colours, kernel, outfiles, channels } = request;
  if (channels) return channels;
  const computed = kernel !== 'gpu' && kernel !== 'cpu' && !outfiles.some((path) => path.endsWith('.npy'));
  return {
    ...(hasDistance(request) ? { distance: true } : {}),
    ...(needsOf(colours).footprint && computed ? { footprint: true } : {}),
    ...(hasPhase(request) ? { phase: true } : {}),
  };
}

/** Whether the distance of samples to the set is computed: for colours, or for a file that holds it. */
export function hasDistance({ colours, outfiles }: Pick<Request, 'colours' | 'outfiles'>): boolean {
  return needsOf(colours).distance === true || outfiles.some(holdsSamples);
}

/** Whether the phase of samples is computed: for colours, or for a file that holds it, as files do with one sample a pixel. */
export function hasPhase({ colours, outfiles, sampling }: Pick<Request, 'colours' | 'outfiles' | 'sampling'>): boolean {
  return needsOf(colours).phase === true || (outfiles.some(holdsSamples) && samplesPerPixel(sampling) === 1);
}

/** One frame of a film as a still, with all that it has. */
export function stillOf(request: Request, frame: number): Request {
  const { re, im, zoom, rotation, formula, bailout, iterations } = viewAt(request, frame);
  const { offset, density, angle } = lookAt(request, frame);
  const { slope } = request.colours;
  const lit = slope && angle !== undefined ? { slope: { ...slope, angle } } : {};
  const { path, limit, easePower, ...film } = request.film;
  return {
    ...{ ...request, re, im, zoom, rotation, formula, bailout, iterations },
    colours: { ...request.colours, offset, density, ...lit },
    film: { ...film, frames: 1, first: 0, last: 0, end: { re, im, zoom }, ends: {} },
  };
}

/** The largest iteration limit of all frames. @throws FractalError REQUEST_INVALID, naming the first frame without one */
export function largestLimit(request: Request): number {
  let most = 1;
  for (let frame = 0; frame < request.film.frames; frame++) most = Math.max(most, limitAt(request, frame));
  return most;
}

function limitAt(request: Request, frame: number): number {
  const { limit, frames } = request.film;
  if (limit === undefined) return request.iterations;
  const found = limitOf(limit)({ frame, t: frames > 1 ? frame / (frames - 1) : 0, depth: depthAt(request, frame) });
  if (typeof found === 'number') return found;
  throw new FractalError('REQUEST_INVALID', `--iters "${limit}" is ${found.why} at frame ${frame}`);
}

const paths = new WeakMap<Request, Path>();

function pathOf(request: Request): Path {
  let path = paths.get(request);
  if (!path) paths.set(request, (path = makePath(keyframesOf(request), startOf(request))));
  return path;
}

/** The first has the values of the request. The flags of a straight way are a path of two keyframes. */
export function keyframesOf(request: Request): readonly [Keyframe, ...Keyframe[]] {
  const { frames, end, ends, ease, easePower, path } = request.film;
  const start = startOf(request);
  if (path) return withStart(path.keyframes, start);
  const easing: Easing =
    easePower === undefined ? { kind: 'smooth', amount: ease } : { kind: 'power', exponent: easePower };
  const last = frames > 1 ? [{ at: frames - 1, centre: end, zoom: end.zoom, ...ends }] : [];
  return withStart([{ at: 0, easing, journey: false }, ...last], start);
}

function startOf({ re, im, zoom, rotation, formula, bailout, colours }: Request): State {
  const { offset, density, slope } = colours;
  return {
    ...{ re, im, zoom, rotation, bailout, offset, density },
    ...(formula.julia ? { julia: formula.julia } : {}),
    ...(slope ? { angle: slope.angle } : {}),
  };
}

/** log10 of a zoom, at least 0. */
export function depthOf(zoom: string): number {
  const d = parseDecimal(zoom);
  return d ? Math.max(0, log10(d)) : 0;
}

/** The iteration limit that auto begins with at a depth, in powers of ten. */
export function iterationsAt(depth: number): number {
  return Math.round(500 + 400 * depth * Math.sqrt(depth));
}
