/** How fast a job is, how much of it is done, and how long it will still take, from its progress. */

import { assumedFrameSeconds, secondsLeft, shareDone } from '../src/app/estimate.js';
import type { Status } from '../src/app/events.js';

export interface Readings {
  /** 0 to 1, of the whole job: never less than before, and 1 only when the files are complete. */
  readonly share: number;
  readonly elapsedSeconds: number;
  readonly shardsPerSecond: number;
  readonly iterationsPerSecond: number;
  /** Undefined while it is not known. */
  readonly secondsLeft: number | undefined;
}

export interface Measuring {
  /** Takes the measurements of an update. */
  note(status: Status): void;
  /** Of the last update. */
  read(status: Status): Readings;
}

/** Rates are taken over at least so many seconds. */
const INTERVAL_SECONDS = 0.25;
/** Frames that are begun in the first seconds of making them are slower: code is compiled, and memory is touched first. */
const FIRST_SECONDS = 1;
/** How far the means of speeds go back. */
const RECENT_SECONDS = 3;
/**
 * How far those for the time left go back, by the time that was measured: at the begin not far, since the first shards are
 * slow, and in a long run a part of it.
 */
const backSeconds = (measured: number) => Math.max(1, Math.min(15, measured / 3), measured / 10);
const backFrames = (measured: number) => Math.max(10, measured / 3);
/** The assumed time of a frame counts as so many measured ones. */
const ASSUMED_FRAMES = 4;
const LONGEST_SECONDS = 360_000;
/** What is shown before the files are complete. */
const ALMOST = 0.999;

/**
 * Exponentially weighted means, unbiased from the first measurement on. The speed of computing is the cost for a second that a
 * slot is busy, times the slots: so time in which slots wait, for the encoder for example, does not count as slow computing. A
 * frame is made from the moment when its renders are complete and the frame before it is written.
 */
export function measure(now: () => number): Measuring {
  const from = now();
  const recent = () => RECENT_SECONDS;
  const shards = average(recent);
  const iterations = average(recent);
  const cost = average(backSeconds);
  const frame = average(backFrames);
  let speeds: Noted | undefined;
  let costs: Pick<Status, 'costDone' | 'busySeconds'> = { costDone: 0, busySeconds: 0 };
  let writing: (Noted & { readonly mayBegin: boolean }) | undefined;
  let making = 0;
  let slots = 0;
  let share = 0;
  // The geometric mean: some frames take far longer, where computing threads have the cores, and those do not repeat.
  const addFrames = (seconds: number, count: number) => frame.add(count * Math.log(seconds), count);
  return {
    note(status) {
      const at = now();
      if (status.slots > 0) slots = status.slots;
      // From the first result on: before it workers start, and the store is read.
      if (status.costDone > 0) speeds ??= { at, status };
      const seconds = speeds ? (at - speeds.at) / 1000 : 0;
      if (speeds && seconds >= INTERVAL_SECONDS) {
        shards.add(Math.max(0, status.shardsDone - speeds.status.shardsDone), seconds);
        iterations.add(Math.max(0, status.iterations - speeds.status.iterations), seconds);
        speeds = { at, status };
      }
      const busy = (status.busySeconds - costs.busySeconds) / Math.max(1, slots);
      if (busy >= INTERVAL_SECONDS || (cost.measured === 0 && busy > 0 && status.costDone > 0)) {
        cost.add(Math.max(0, status.costDone - costs.costDone), busy);
        costs = status;
      }
      const made = status.framesDone - (writing?.status.framesDone ?? 0);
      if (writing?.mayBegin && made > 0 && at > writing.at) {
        const seconds = (at - writing.at) / 1000;
        if (making >= FIRST_SECONDS) {
          if (frame.measured === 0) addFrames(assumedFrameSeconds(status.outline), ASSUMED_FRAMES);
          addFrames(seconds / made, made);
        }
        making += seconds;
      }
      if (!writing?.mayBegin || made > 0) {
        const { outline, framesDone, rendersDone } = status;
        writing = { at, status, mayBegin: framesDone < outline.frames && rendersDone >= outline.needed(framesDone) };
      }
    },
    read(status) {
      const frameSeconds = frame.measured > 0 ? Math.exp(frame.mean()) : undefined;
      const rates = { cost: cost.mean() || undefined, frameSeconds };
      share = Math.max(share, Math.min(ALMOST, shareDone(status, rates)));
      const left = secondsLeft(status, rates);
      return {
        share: status.phase === 'done' ? 1 : share,
        elapsedSeconds: (now() - from) / 1000,
        shardsPerSecond: shards.mean(),
        iterationsPerSecond: iterations.mean(),
        secondsLeft: left !== undefined && left < LONGEST_SECONDS && status.phase === 'rendering' ? left : undefined,
      };
    },
  };
}

interface Noted {
  readonly at: number;
  readonly status: Status;
}

/** The mean of amounts by seconds, or by frames. `back`: how many of these it goes back, after so many that were measured. */
function average(back: (measured: number) => number) {
  let mean = 0;
  let weight = 0;
  let measured = 0;
  return {
    get measured() {
      return measured;
    },
    add(amount: number, by: number) {
      measured += by;
      const keep = Math.exp(-by / back(measured));
      mean = mean * keep + (amount / by) * (1 - keep);
      weight = weight * keep + 1 - keep;
    },
    mean: () => (weight > 0 ? mean / weight : 0),
  };
}
