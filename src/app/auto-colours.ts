/**
 * `--colors auto` and `--equalize`: density and offset of a still, the curve of a film, from coarse grids of what they show.
 * They depend on the views alone, neither on workers nor on what is stored: the same request has the same colours.
 */

import { coarse } from '../kernel/method.js';
import { ENTRIES, lineFor } from '../render/auto-colours.js';
import { equalCurve, filmCurve, type SeenAt } from '../render/auto-curve.js';
import { type Colours, prepare } from '../render/colours.js';
import { seenOf } from '../render/seen.js';
import { depthAt, landmarks, type Request, viewAt } from '../request/request.js';
import type { View } from '../view/view.js';
import { logTo } from './events.js';
import { between, evenly, some } from './frames.js';
import { inParts } from './probe.js';
import type { Probes } from './probes.js';
import type { Context } from './stage.js';

/** Samples of the grid of a still: at most so many, and one for so many pixels: small pictures have the grid of large ones; for an equalized one. */
const STILL_SAMPLES = 2304;
const STILL_PIXELS = 9;
const EQUAL_SAMPLES = 9216;
const EQUAL_PIXELS = 50;
/** Of each view of a film; all views of an octave have one sample for a hundred pixels. */
const FILM_SAMPLES = 336;
const FILM_PIXELS = 200;
/** But no fewer. */
const LEAST_SAMPLES = 60;
/** Views of a film: two an octave of zoom, evenly spread; and at keyframes of a path and halfway between them. */
const FEWEST_VIEWS = 5;
const MOST_VIEWS = 120;
const VIEWS_AN_OCTAVE = 2;
const MOST_LANDMARKS = 40;
const OCTAVE_LOG10 = Math.log10(2);
/** Rows of a picture to whose pixels detail is compared: pictures of all sizes have the same colours. */
const ROWS = 720;

/**
 * The request with colours that were found, if it has any to be found; fixed ones where nothing differs in what it shows.
 * @throws FractalError PALETTE_*, or the signal's reason
 */
export async function withColours(request: Request, probes: Probes, { emit, signal }: Context): Promise<Request> {
  const { mapping, ...given } = request.colours;
  if (mapping !== 'auto' && mapping !== 'equalize') return request;
  const { film } = request;
  const views = await viewsOf(request, mapping, probes, signal);
  const found = colours(given, mapping, views, film.frames > 1);
  const { density, offset, curve } = found;
  const how = curve ? `a curve of ${curve.length} knots` : `--density ${density} --offset ${offset}`;
  logTo(emit, 'info')(`colours: ${how}, by ${views.length === 1 ? 'a coarse grid' : `${views.length} coarse grids`}`);
  return { ...request, colours: found };
}

/** Those that a still has with `--colors auto` and each palette. @throws FractalError PALETTE_*, or the signal's reason */
export async function autoColours(
  request: Request,
  palettes: readonly string[],
  probes: Probes,
  { signal }: Context,
): Promise<Colours[]> {
  const { mapping: _, ...given } = request.colours;
  const views = await viewsOf(request, 'auto', probes, signal);
  return palettes.map((palette) => colours({ ...given, palette }, 'auto', views, false));
}

async function viewsOf(
  request: Request,
  mapping: 'auto' | 'equalize',
  probes: Probes,
  signal: AbortSignal,
): Promise<SeenAt[]> {
  const { film } = request;
  const views: SeenAt[] = [];
  for (const frame of film.frames > 1 ? framesOf(request) : [0]) {
    const seen = await seenIn(viewAt(request, frame), mapping, film.frames > 1, probes, signal);
    if (seen) views.push({ ...seen, seconds: frame / film.fps });
  }
  return views;
}

function colours(
  given: Omit<Colours, 'mapping'>,
  mapping: 'auto' | 'equalize',
  views: readonly SeenAt[],
  isFilm: boolean,
): Colours {
  const found = { ...given, mapping: 'found' } as const;
  const [first] = views;
  if (!first) return found;
  // Without a wave the table has one cycle of the palette.
  const { wave: _, ...plain } = given;
  const palette = prepare({ ...plain, step: Math.min(given.step, ENTRIES) });
  if (mapping === 'equalize') return { ...found, curve: equalCurve(views) };
  if (isFilm) return { ...found, curve: filmCurve(views, palette) };
  const { density, offset } = lineFor(first, palette, given.density);
  return { ...found, density, offset: offset + given.offset };
}

async function seenIn(
  view: View,
  mapping: 'auto' | 'equalize',
  isFilm: boolean,
  probes: Probes,
  signal: AbortSignal,
): Promise<ReturnType<typeof seenOf>> {
  const equal = mapping === 'equalize';
  const most = isFilm ? FILM_SAMPLES : equal ? EQUAL_SAMPLES : STILL_SAMPLES;
  const pixels = isFilm ? FILM_PIXELS : equal ? EQUAL_PIXELS : STILL_PIXELS;
  const grid = gridOf(view, Math.max(LEAST_SAMPLES, Math.min(most, (view.width * view.height) / pixels)));
  const { nu, footprint } = await inParts(grid, probes(view), signal);
  return footprint && seenOf(nu, footprint, grid.height / ROWS);
}

/** The view with about so many samples, and what says how dense they are. */
function gridOf(view: View, count: number): View {
  const { width, height } = view;
  const side = Math.max(width, height) * Math.sqrt(Math.min(1, count / (width * height)));
  const { distance: _, phase: __, cycle: ___, exact: ____, ...shown } = view;
  return { ...coarse(shown, side), footprint: true };
}

function framesOf(request: Request): number[] {
  const { frames } = request.film;
  const stops = some(landmarks(request), MOST_LANDMARKS);
  const depths = stops.map((frame) => depthAt(request, frame));
  const octaves =
    depths.slice(1).reduce((sum, depth, k) => sum + Math.abs(depth - (depths[k] as number)), 0) / OCTAVE_LOG10;
  const count = Math.round(Math.max(FEWEST_VIEWS, Math.min(MOST_VIEWS, VIEWS_AN_OCTAVE * octaves + 1)));
  return [...new Set([...evenly(frames, count), ...stops, ...between(stops)])].sort((a, b) => a - b);
}
