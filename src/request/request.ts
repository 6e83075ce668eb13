/** A request: checked and typed values of the flags. Code that uses it need not check them again. */

import { type Colours, needsDistance } from '../render/colours.js';
import { holdsDistances } from '../render/outfile.js';
import { log10, parseDecimal } from '../view/decimal.js';
import { type Place, placeAt, timeOf } from '../view/path.js';
import type { Formula, Sampling, View } from '../view/view.js';

export interface Request {
  readonly formula: Formula;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  /** Of the camera, degrees counter-clockwise. */
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
  /** 1: a still. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** Where the last frame is. */
  readonly end: Place;
  /** 0: constant speed, 1: slow start and end. */
  readonly ease: number;
  /** Each frame computed by itself, or assembled from keyframes; auto: whichever has fewer samples. */
  readonly assembly: 'auto' | 'frames' | 'keyframes';
}

/** The view of one frame. */
export function viewAt(request: Request, frame: number): View {
  const { film } = request;
  return viewOf(request, placeIn(request, timeOf(frame, film.frames, film.ease)));
}

/** The place at a time of a film's way, 0 to 1. */
export function placeIn({ re, im, zoom, film }: Request, time: number): Place {
  return placeAt({ re, im, zoom }, film.end, time);
}

/** The view of any place, as frames have it. */
export function viewOf(request: Request, place: Place): View {
  const { formula, rotation, width, height, iterations, bailout, count, sampling } = request;
  const isPerturbed = depthOf(place.zoom) >= (request.perturbedFrom ?? Infinity);
  return {
    formula,
    ...place,
    rotation,
    width,
    height,
    iterations,
    bailout,
    count,
    sampling,
    ...(isPerturbed ? { perturbed: true } : {}),
    ...(isPerturbed && request.exact ? { exact: true } : {}),
    ...(hasDistance(request) ? { distance: true } : {}),
  };
}

/** Whether the distance of samples to the set is computed: for colours, or for a file that holds it. */
export function hasDistance({ colours, outfiles }: Pick<Request, 'colours' | 'outfiles'>): boolean {
  return needsDistance(colours) || outfiles.some(holdsDistances);
}

/** One frame of a film as a still. */
export function stillOf(request: Request, frame: number): Request {
  const { re, im, zoom } = viewAt(request, frame);
  return { ...request, re, im, zoom, film: { ...request.film, frames: 1, end: { re, im, zoom } } };
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
