/** `fractal locate`: the minibrot of a view, and the flags that show it. */

import { setImmediate as otherWork } from 'node:timers/promises';
import { FractalError } from '../errors.js';
import { locate, type Nucleus, type Search, type Stage } from '../kernel/perturbation/nucleus.js';
import type { None } from '../kernel/perturbation/period.js';
import { digitsMissing } from '../request/digits.js';
import { formulaFlags } from '../request/formula.js';
import type { RawRequest } from '../request/parse.js';
import { deformedOf, iterationsAt, type Request } from '../request/request.js';
import { fromLog10, log10, parseDecimal } from '../view/decimal.js';
import { logTo } from './events.js';
import type { Context } from './stage.js';

export interface Located {
  readonly period: number;
  /** Of the minibrot, relative to the whole set, to three digits; absent: not known for the formula. */
  readonly size?: string;
  /** The flags of a picture of it. */
  readonly flags: RawRequest;
}

/** Milliseconds between two lines about the progress. */
const REPORT_MS = 2_000;
/** The largest period searched for, as a multiple of the iteration limit that pictures of this depth start with. */
const LIMITS = 10;
/** Iterations, in periods, after which the shape of a minibrot shows. */
const PERIODS = 100;

/**
 * `notes`: warnings about how the request was read. @throws FractalError REQUEST_INVALID, NUCLEUS_MISSING; or the signal's
 * reason
 */
export async function locateNucleus(
  request: Request,
  notes: readonly string[],
  { emit, signal }: Context,
): Promise<Located> {
  if (request.formula.julia) {
    throw new FractalError('REQUEST_INVALID', 'a Julia set has no minibrots: locate looks in the plane of c');
  }
  for (const text of [...notes, digitsMissing(request)]) if (text !== undefined) logTo(emit, 'warn')(text);
  const search = searchOf(request);
  const found = await foundIn(search, signal, logTo(emit, 'info'));
  if ('why' in found) throw missing(found, search);
  const { period, sizeLog10 } = found;
  const size = sizeLog10 === undefined ? {} : { size: rounded(sizeLog10) };
  return { period, ...size, flags: flagsFor(found, request) };
}

/** Of a film, where it ends. */
function searchOf(request: Request): Search {
  const { formula, film, width, height, autoIterations, iterations } = request;
  const limit = autoIterations ? LIMITS * iterations : iterations;
  return { formula, ...film.end, aspect: width / height, ...deformedOf(request), limit };
}

/** One stage after another; between them the event loop runs, so that a signal can end the search. */
async function foundIn(search: Search, signal: AbortSignal, note: (line: string) => void): Promise<Nucleus | None> {
  const stages = locate(search);
  let reportedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const { done, value } = stages.next();
    if (done) return value;
    if (performance.now() - reportedAt > REPORT_MS) {
      reportedAt = performance.now();
      note(lineOf(value));
    }
    await otherWork();
  }
}

function lineOf({ doing, done, of }: Stage): string {
  return doing === 'period'
    ? `looking for the period: iteration ${done} of at most ${of}`
    : `polishing the nucleus: iteration ${done} of ${of}`;
}

function missing({ why, at }: None, { zoom }: Search): FractalError {
  const reasons = {
    limit: `of a period up to ${at} round its centre, which does not escape: move the centre, look at a larger view than that of zoom ${short(zoom)}, or raise --iters`,
    escaped: `here: its centre escapes after ${at} iterations; move it, or look at a larger view (a smaller --zoom)`,
    diverged: `that Newton's method finds, up to period ${at}: move the centre, or look at a smaller view`,
  };
  return new FractalError('NUCLEUS_MISSING', `the view has no minibrot ${reasons[why]}`);
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 21)}...` : text;
}

/** A view 4 sizes high holds the whole minibrot, whatever its rotation. */
function flagsFor({ period, re, im, sizeLog10 }: Nucleus, { formula, film }: Request): RawRequest {
  const zoom = sizeLog10 === undefined ? film.end.zoom : rounded(-sizeLog10);
  const depth = Math.max(0, log10(parseDecimal(zoom) ?? { digits: 1n, exponent: 0 }));
  const iters = Number(Math.max(iterationsAt(depth), PERIODS * period).toPrecision(2));
  return { ...formulaFlags(formula), xpos: re, ypos: im, zoom, iters: String(iters) };
}

/** 10^log to three digits. */
function rounded(log: number): string {
  const [mantissa = '', exponent = '0'] = fromLog10(log).split('e');
  const [digits, carried = '0'] = Number(mantissa).toExponential(2).split('e');
  const power = Number(exponent) + Number(carried);
  return Math.abs(power) < 6 ? String(Number(`${digits}e${power}`)) : `${Number(digits)}e${power}`;
}
