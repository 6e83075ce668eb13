/**
 * What the frames of a film will show and cost, before any of them is computed: coarse grids of a few of them, and of more
 * where those show nothing. Counts decide, not times: the same film has the same outlook.
 */

import { coarse, costOfIterations } from '../kernel/method.js';
import { viewAt } from '../request/request.js';
import type { Prepared } from './prepare.js';
import { type Compute, directProbe, inPieces, perturbedProbe } from './probe.js';

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
  let direct: Compute | undefined;
  let perturbed: Compute | undefined;
  const look = async (frame: number): Promise<Look> => {
    const { distance: _, ...view } = viewAt(request, frame);
    const compute =
      view.perturbed && reference ? (perturbed ??= perturbedProbe(reference)) : (direct ??= directProbe());
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
