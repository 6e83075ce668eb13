/**
 * An estimate of the content and cost of a film's frames, before any of them is computed: coarse grids of a few frames, and
 * of more where those show nothing. It depends on iteration counts, not on measured times: the same film has the same forecast.
 */

import { coarse, costOfIterations } from '../kernel/method.js';
import { landmarks, viewAt } from '../request/request.js';
import { between, evenly, some } from './frames.js';
import type { Prepared } from './prepare.js';
import { inParts } from './probe.js';
import { probesAround } from './probes.js';

export interface Forecast {
  /** What a sample of a frame costs, relative to other frames. */
  costOf(frame: number): number;
  /** Runs of frames in which nothing is in view, in order, as far as they were found. */
  readonly blanks: readonly Blank[];
}

export interface Blank {
  /** The first and the last frame. */
  readonly from: number;
  readonly to: number;
  /** Iterations after which all points escape; undefined: no point escapes. */
  readonly escapedAt: number | undefined;
}

/** Frames of which a grid is computed, evenly spread. */
const SAMPLED_FRAMES = 5;
/** At keyframes of a path and halfway between them, so many of either at most. */
const SAMPLED_LANDMARKS = 40;
/** Of so many runs of blank frames the ends are looked for. */
const EXACT_RUNS = 8;
/** Points along the longer side of a grid. */
const SIDE = 32;
/** Counts that differ by less belong to one colour band: a view of such points alone shows nothing. */
const ONE_BAND = 1;

interface SampledFrame {
  readonly frame: number;
  readonly cost: number;
  /** Undefined: something is in view. */
  readonly blank: Pick<Blank, 'escapedAt'> | undefined;
}

/** Throws the signal's reason. */
export async function forecastOf(ready: Prepared, signal: AbortSignal): Promise<Forecast> {
  const { request } = ready;
  const { frames } = request.film;
  const probeOf = probesAround(ready.references);
  const sample = async (frame: number): Promise<SampledFrame> => {
    const { distance: _, footprint: __, ...view } = viewAt(request, frame);
    const { nu, iterations } = await inParts(coarse(view, SIDE), probeOf(view), signal);
    return { frame, cost: costOfIterations(view, iterations / nu.length), blank: blankness(nu) };
  };
  const keyframes = some(landmarks(request), SAMPLED_LANDMARKS);
  const wanted = [...evenly(frames, SAMPLED_FRAMES), ...keyframes, ...between(keyframes)];
  const sampled: SampledFrame[] = [];
  for (const frame of [...new Set(wanted)].sort((a, b) => a - b)) sampled.push(await sample(frame));
  return { costOf: (frame) => costAt(sampled, frame), blanks: await blanksOf(sampled, sample) };
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

/** Between two sampled frames costs are interpolated geometrically. */
function costAt(sampled: readonly SampledFrame[], frame: number): number {
  const after = sampled.find((one) => one.frame >= frame) ?? (sampled.at(-1) as SampledFrame);
  const before = sampled.findLast((one) => one.frame <= frame) ?? (sampled[0] as SampledFrame);
  if (after.frame === before.frame) return after.cost;
  const share = (frame - before.frame) / (after.frame - before.frame);
  return before.cost ** (1 - share) * after.cost ** share;
}

/** Runs of blank frames for one reason; the ends of the first ones are found by bisection between sampled frames. */
async function blanksOf(
  sampled: readonly SampledFrame[],
  sample: (frame: number) => Promise<SampledFrame>,
): Promise<Blank[]> {
  /** From a blank frame towards another one, which is not alike. */
  const edge = async (blank: SampledFrame, other: SampledFrame | undefined): Promise<SampledFrame> => {
    if (!other || Math.abs(blank.frame - other.frame) <= 1 || blanks.length >= EXACT_RUNS) return blank;
    const middle = await sample((blank.frame + other.frame) >> 1);
    return alike(middle, blank) ? edge(middle, other) : edge(blank, middle);
  };
  const blanks: Blank[] = [];
  for (let first = 0, next = 1; first < sampled.length; first = next++) {
    const begin = sampled[first] as SampledFrame;
    if (!begin.blank) continue;
    while (next < sampled.length && alike(sampled[next] as SampledFrame, begin)) next++;
    const end = sampled[next - 1] as SampledFrame;
    const from = await edge(begin, sampled[first - 1]);
    const to = await edge(end, sampled[next]);
    blanks.push({ from: from.frame, to: to.frame, escapedAt: end.blank?.escapedAt });
  }
  return blanks;
}

/** Whether both show nothing, for the same reason. */
function alike({ blank: a }: SampledFrame, { blank: b }: SampledFrame): boolean {
  return a !== undefined && b !== undefined && (a.escapedAt === undefined) === (b.escapedAt === undefined);
}
