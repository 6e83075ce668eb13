/** Warnings about requests whose pictures show less than was probably meant. */

import { locate } from '../kernel/perturbation/nucleus.js';
import { digitsMissing } from '../request/digits.js';
import { formulaFlags } from '../request/formula.js';
import { iterationsAt, landmarks, lookAt, type Request, viewAt } from '../request/request.js';
import { fromLog10, log10, parseDecimal, plainDecimal } from '../view/decimal.js';
import type { Blank } from './forecast.js';

/** `notes`: those about how the request was read, which come first. */
export function requestWarnings(request: Request, notes: readonly string[]): string[] {
  return [...notes, digitsMissing(request), standstill(request)].filter((text) => text !== undefined);
}

/** A sentence on frames in which nothing is in view, with the command that finds a place where something is. */
export function blankWarning(request: Request, { from, to, escapedAt }: Blank): string {
  const which = from === to ? `frame ${from} shows` : `frames ${from} to ${to} show`;
  if (escapedAt === undefined) {
    const why = `no point of the view escapes within ${viewAt(request, from).iterations} iterations`;
    return `${which} nothing: ${why}; move the centre to the edge of the set, raise --iters, or zoom less`;
  }
  const why = `every point of the view escapes after about ${escapedAt} iterations`;
  const way = locateCommand(request, from > 0 ? from - 1 : to + 1);
  return `${which} nothing: ${why}; ${way ? `this finds a centre: ${way}` : 'move the centre to the edge of the set'}`;
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

/** Equal for equal pictures: equal numbers have equal texts. */
function frameOf(request: Request, frame: number): unknown {
  const { re, im, zoom, ...view } = viewAt(request, frame);
  return [...[re, im, zoom].map(plainDecimal), view, lookAt(request, frame)];
}
