/**
 * What the frames of a film will show and cost, before any of them is computed: coarse grids of a few of them, and of more
 * where those show nothing. Counts decide, not times: the same film has the same outlook.
 */

import type { Kernel } from '../src/kernel/kernel.js';
import { coarse, costOfIterations } from '../src/kernel/method.js';
import { openPerturbation, type Perturbed, shareReference } from '../src/kernel/perturbation/kernel.js';
import { locate } from '../src/kernel/perturbation/nucleus.js';
import { openSimd } from '../src/kernel/simd.js';
import { formulaFlags } from '../src/request/formula.js';
import { iterationsAt, type Request, viewAt } from '../src/request/request.js';
import { formatDecimal, fromLog10, log10, parseDecimal } from '../src/view/decimal.js';
import type { View } from '../src/view/view.js';
import { inPieces, type Prepared } from './prepare.js';

export interface Outlook {
  /** What a sample of a frame costs, relative to other frames. */
  costOf(frame: number): number;
  /** Frames in which nothing is in view; undefined: none were found. */
  readonly blank: Blank | undefined;
}

export interface Blank {
  /** The first and the last of them. */
  readonly from: number;
  readonly to: number;
  /** Iterations after which all points escape; undefined: no point escapes. */
  readonly escapedAt: number | undefined;
}

/** Frames that are looked at, evenly spread. */
const LOOKS = 5;
/** Points along the longer side of a grid. */
const SIDE = 32;
/** Counts that differ by less are of one colour band: a view of such points alone has nothing to show. */
const ONE_BAND = 1;

interface Look {
  readonly frame: number;
  readonly cost: number;
  /** Undefined: something is in view. */
  readonly blank: Pick<Blank, 'escapedAt'> | undefined;
}

/** Throws the signal's reason. */
export async function outlookOf(ready: Prepared, signal: AbortSignal): Promise<Outlook> {
  const { request, reference } = ready;
  const { frames } = request.film;
  let direct: Kernel | undefined;
  let perturbed: Perturbed | undefined;
  const look = async (frame: number): Promise<Look> => {
    const { distance: _, ...view } = viewAt(request, frame);
    const compute = async (part: View, rect: Parameters<Perturbed>[1]) => {
      if (!part.perturbed || !reference) return (direct ??= openSimd()).compute(part, rect);
      perturbed ??= openPerturbation(shareReference(reference, 1), 0);
      return perturbed(part, rect);
    };
    const { nu, iterations } = await inPieces(coarse(view, SIDE), compute, signal);
    return { frame, cost: costOfIterations(view, iterations / nu.length), blank: blankness(nu) };
  };
  const wanted = new Set(Array.from({ length: LOOKS }, (_, k) => Math.round((k * (frames - 1)) / (LOOKS - 1))));
  const looks: Look[] = [];
  for (const frame of wanted) looks.push(await look(frame));
  return { costOf: (frame) => costAt(looks, frame), blank: await blankOf(looks, look) };
}

/** Whether all points are inside the set, or escape within one colour band. */
export function blankness(nu: Float64Array): Pick<Blank, 'escapedAt'> | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (const value of nu) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least === Infinity) return { escapedAt: undefined };
  return most - least < ONE_BAND ? { escapedAt: Math.max(1, Math.round(most)) } : undefined;
}

/** Between two frames that were looked at, costs grow as powers. */
function costAt(looks: readonly Look[], frame: number): number {
  const after = looks.find((one) => one.frame >= frame) ?? (looks.at(-1) as Look);
  const before = looks.findLast((one) => one.frame <= frame) ?? (looks[0] as Look);
  if (after.frame === before.frame) return after.cost;
  const share = (frame - before.frame) / (after.frame - before.frame);
  return before.cost ** (1 - share) * after.cost ** share;
}

/** The first run of blank frames: its ends by halves between frames that were looked at. */
async function blankOf(looks: readonly Look[], look: (frame: number) => Promise<Look>): Promise<Blank | undefined> {
  const first = looks.findIndex(({ blank }) => blank);
  if (first < 0) return undefined;
  const later = looks.slice(first).findIndex(({ blank }) => !blank);
  const last = later < 0 ? looks.length - 1 : first + later - 1;
  /** From a blank frame towards one that shows something. */
  const edge = async (blank: Look, shown: Look | undefined): Promise<Look> => {
    if (!shown || Math.abs(blank.frame - shown.frame) <= 1) return blank;
    const middle = await look((blank.frame + shown.frame) >> 1);
    return middle.blank ? edge(middle, shown) : edge(blank, middle);
  };
  const from = await edge(looks[first] as Look, looks[first - 1]);
  const to = await edge(looks[last] as Look, looks[last + 1]);
  return { from: from.frame, to: to.frame, escapedAt: (looks[last] as Look).blank?.escapedAt };
}

/** A sentence on frames in which nothing is in view, with the command that finds a place where something is. */
export function blankWarning(request: Request, { from, to, escapedAt }: Blank): string {
  const which = from === to ? `frame ${from} shows` : `frames ${from} to ${to} show`;
  if (escapedAt === undefined) {
    const why = `no point of the view escapes within ${request.iterations} iterations`;
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

/** A sentence on a film of equal frames; undefined for a still, and where anything moves. */
export function standstill({ re, im, zoom, film }: Request): string | undefined {
  const same = (a: string, b: string) => a === b || exact(a) === exact(b);
  const { frames, end } = film;
  if (frames === 1 || !(same(zoom, end.zoom) && same(re, end.re) && same(im, end.im))) return undefined;
  return `all ${frames} frames are the same picture: --zoom-end, --view-width-end, --xpos-end or --ypos-end moves the camera`;
}

/** Equal numbers have equal texts. */
function exact(text: string): string {
  const number = parseDecimal(text);
  return number ? formatDecimal(number) : text;
}
