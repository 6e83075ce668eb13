/** Warnings about requests whose pictures show less than was probably meant. */

import { locate } from '../kernel/perturbation/nucleus.js';
import { isExtended } from '../kernel/perturbation/reference.js';
import { isInteriorKind } from '../render/interior-colour.js';
import { digitsMissing } from '../request/digits.js';
import { formulaFlags } from '../request/formula.js';
import { iterationsAt, landmarks, lookAt, type Request, viewAt } from '../request/request.js';
import { fromLog10, log10, parseDecimal, plainDecimal } from '../view/decimal.js';
import type { Blank } from './forecast.js';

/** `notes`: those about how the request was read, which come first. */
export function requestWarnings(request: Request, notes: readonly string[]): string[] {
  const all = [...notes, digitsMissing(request), standstill(request), cyclesMissing(request)];
  return all.filter((text) => text !== undefined);
}

/** Runs of frames that a sentence names. */
const NAMED_RUNS = 8;

/**
 * Sentences on frames in which nothing is in view, one for each reason, with the command that finds a place where something
 * is. `all`: in order; those outside of the part that is rendered are left out.
 */
export function blankWarnings(request: Request, all: readonly Blank[]): string[] {
  const { first, last } = request.film;
  const blanks = all.filter(({ from, to }) => to >= first && from <= last);
  const inside = blanks.filter(({ escapedAt }) => escapedAt === undefined);
  const outside = blanks.filter(({ escapedAt }) => escapedAt !== undefined);
  return [
    ...(inside[0] ? [`${runsText(inside)} nothing: ${insideText(request, inside[0])}`] : []),
    ...(outside[0] ? [`${runsText(outside)} nothing: ${outsideText(request, outside, outside[0])}`] : []),
  ];
}

/** "frame 5 shows", "frames 0 to 9, 20 and 31 to 40 show". */
function runsText(blanks: readonly Blank[]): string {
  const named = blanks.slice(0, NAMED_RUNS).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`));
  if (blanks.length === 1 && blanks[0]?.from === blanks[0]?.to) return `frame ${named[0]} shows`;
  const more = blanks.length - named.length;
  const [last, ...before] = [more > 0 ? `${more} more runs` : (named.pop() ?? ''), ...named];
  return `frames ${before.length > 0 ? `${before.join(', ')} and ` : ''}${last} show`;
}

function insideText(request: Request, { from }: Blank): string {
  const why = `no point of the view escapes within ${viewAt(request, from).iterations} iterations`;
  return `${why}; move the centre to the edge of the set, raise --iters, or zoom less`;
}

function outsideText(request: Request, blanks: readonly Blank[], { from, to }: Blank): string {
  const counts = blanks.map(({ escapedAt = 0 }) => escapedAt);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const why = `every point of the view escapes after about ${least === most ? least : `${least} to ${most}`} iterations`;
  const way = locateCommand(request, from > 0 ? from - 1 : to + 1);
  return `${why}; ${way ? `this finds a centre: ${way}` : 'move the centre to the edge of the set'}`;
}

/** Powers of ten between two attempts at a larger view. */
const STEP_LOG10 = 0.5;

/** The `fractal locate` that finds a minibrot near the centre of a frame: in the smallest view that has one. */
function locateCommand(request: Request, frame: number): string | undefined {
  const { formula, film } = request;
  if (formula.julia) return undefined;
  const { re, im, zoom: deepest } = viewAt(request, Math.min(frame, film.frames - 1));
  const depth = log10(parseDecimal(deepest) ?? { digits: 1n, exponent: 0 });
  for (let log = depth; log > -1; log -= STEP_LOG10) {
    const zoom = Number(fromLog10(log)).toPrecision(3);
    const limit = iterationsAt(Math.max(0, log));
    const search = { formula, re, im, zoom, aspect: request.width / request.height, limit };
    const stages = locate(search);
    let stage = stages.next();
    while (!stage.done) stage = stages.next();
    if ('why' in stage.value) continue;
    const flags = { ...formulaFlags(formula), xpos: re, ypos: im, zoom: String(Number(zoom)) };
    const words = Object.entries(flags).filter(([name, value]) => name !== 'formula' || value !== 'mandelbrot');
    return `fractal locate ${words.map(([name, value]) => `--${name}=${value}`).join(' ')}`;
  }
  return undefined;
}

/** A sentence on a film of equal frames; undefined for a still, and where anything changes. */
export function standstill(request: Request): string | undefined {
  const { frames } = request.film;
  const shown = new Set(landmarks(request).map((frame) => JSON.stringify(frameOf(request, frame))));
  if (frames === 1 || shown.size > 1) return undefined;
  return `all ${frames} frames are the same picture: --zoom-end, --view-width-end, --xpos-end or --ypos-end moves the camera, --path more`;
}

/** A sentence on frames so deep that no cycles are found; undefined where there are none. */
export function cyclesMissing(request: Request): string | undefined {
  const { interior } = request.colours;
  if (!isInteriorKind(interior) || request.formula.julia) return undefined;
  if (!landmarks(request).some((frame) => isExtended(viewAt(request, frame)))) return undefined;
  return `--interior ${interior}: cycles are not found at zooms above 1e280: points that never escape are black there`;
}

/** Equal for equal pictures: equal numbers have equal texts. */
function frameOf(request: Request, frame: number): unknown {
  const { re, im, zoom, ...view } = viewAt(request, frame);
  return [...[re, im, zoom].map(plainDecimal), view, lookAt(request, frame)];
}
