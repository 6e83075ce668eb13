/**
 * How much of a job is done, and how long the rest takes, by two rates: that of computing, in estimated cost a second, and
 * that of making frames, which assembles, encodes and writes them. What the store has costs nothing.
 */

import type { Status } from './events.js';

export interface Rates {
  /** Cost a second, when every slot computes; undefined: nothing was computed yet. */
  readonly cost: number | undefined;
  /** Seconds that a frame takes once its renders are complete; undefined: not measured yet. */
  readonly frameSeconds: number | undefined;
}

type Counts = Pick<Status, 'outline' | 'framesDone' | 'costDone' | 'costRecalled' | 'searched' | 'keptCostOf'>;

/** Before any frame is made: a pixel of a frame, assembled on one thread and encoded. */
const PIXEL_SECONDS = 50e-9;
/** Of a longer film the time left is the maximum over so many frames. */
const EXAMINED = 1000;

/**
 * Seconds until the last frame is written; undefined: not known yet. A frame is made when its renders are complete, and after
 * those before it: so it is the maximum, over the frames that are left, of the time until the renders of a frame
 * are complete and the time to make it and all later ones. The slower of computing and making decides.
 */
export function secondsLeft(counts: Counts, rates: Rates): number | undefined {
  const { outline, framesDone } = counts;
  const { frames, needed } = outline;
  const each = frameSecondsOf(outline, rates);
  let longest = 0;
  const step = Math.max(1, Math.ceil((frames - framesDone) / EXAMINED));
  for (let frame = framesDone; frame < frames; frame += step) {
    // The last frame needs everything.
    const one = frame + step >= frames ? frames - 1 : frame;
    const cost = costLeft(counts, needed(one));
    if (cost > 0 && !rates.cost) return undefined;
    longest = Math.max(longest, (cost > 0 ? cost / (rates.cost as number) : 0) + (frames - frame) * each);
  }
  return longest;
}

/**
 * 0 to 1: of the seconds that computing and making frames take in all, as estimated now; what the store has takes none. It may
 * decrease.
 */
export function shareDone(counts: Counts, rates: Rates): number {
  const { outline, framesDone, costDone } = counts;
  const { frames, renders } = outline;
  const left = costLeft(counts, renders);
  // Frames may come from the store while nothing is known of the speed of the rest.
  if (left > 0 && !rates.cost) return 0;
  const speed = rates.cost ?? 1;
  const each = frameSecondsOf(outline, rates);
  const made = Math.min(frames, framesDone);
  const share = (costDone / speed + made * each) / ((costDone + left) / speed + frames * each);
  return Number.isFinite(share) ? share : made / Math.max(1, frames);
}

/** Of the first so many renders: what is to be computed yet, but for what the store seems to have. */
function costLeft({ outline, costDone, costRecalled, searched, keptCostOf }: Counts, renders: number): number {
  // Of what was searched for, the part that was found is known.
  const kept = keptCostOf ? Math.max(0, keptCostOf(renders) - keptCostOf(searched)) : 0;
  return Math.max(0, outline.costOf(renders) - kept - costDone - costRecalled);
}

/** What making a frame is assumed to take before it was measured. */
export function assumedFrameSeconds({ pixels }: Pick<Status['outline'], 'pixels'>): number {
  return pixels * PIXEL_SECONDS;
}

function frameSecondsOf(outline: Status['outline'], { frameSeconds }: Rates): number {
  return frameSeconds ?? assumedFrameSeconds(outline);
}
