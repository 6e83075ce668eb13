/** How fast a job is, how much of it is done, and how long it will still take, from its progress. */

import { secondsLeft, shareDone } from '../src/app/estimate.js';
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
/** Means go back so far; those for the time left further in a longer run: a part of the time that was measured. */
const RECENT_SECONDS = 3;
const BACK_SECONDS = 15;
const BACK_PART = 0.1;
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
  const back = (measured: number) => Math.max(BACK_SECONDS, measured * BACK_PART);
  const shards = average(recent);
  const iterations = average(recent);
  const cost = average(back);
  const frames = average(back);
  let speeds: Noted | undefined;
  let costs: Pick<Status, 'costDone' | 'busySeconds'> = { costDone: 0, busySeconds: 0 };
  let writing: (Noted & { readonly mayBegin: boolean }) | undefined;
  let slots = 0;
  let share = 0;
  return {
    note(status) {
      const at = now();
      if (status.slots > 0) slots = status.slots;
      // From the first result on: before it workers start, and the store is read.
      if (status.costDone > 0) speeds ??= { at, status };
      const seconds = speeds ? (at - speeds.at) / 1000 : 0;
      if (speeds && seconds >= INTERVAL_SECONDS) {
        shards.add(status.shardsDone - speeds.status.shardsDone, seconds);
        iterations.add(status.iterations - speeds.status.iterations, seconds);
        speeds = { at, status };
      }
      const busy = (status.busySeconds - costs.busySeconds) / Math.max(1, slots);
      if (busy >= INTERVAL_SECONDS || (cost.measured === 0 && busy > 0 && status.costDone > 0)) {
        cost.add(status.costDone - costs.costDone, busy);
        costs = status;
      }
      const made = status.framesDone - (writing?.status.framesDone ?? 0);
      if (writing?.mayBegin && made > 0 && at > writing.at) frames.add(made, (at - writing.at) / 1000);
      if (!writing?.mayBegin || made > 0) {
        const { outline, framesDone, rendersDone } = status;
        writing = { at, status, mayBegin: framesDone < outline.frames && rendersDone >= outline.needed(framesDone) };
      }
    },
    read(status) {
      const framesASecond = frames.rate();
      const rates = {
        cost: cost.rate() || undefined,
        frameSeconds: framesASecond > 0 ? 1 / framesASecond : undefined,
      };
      share = Math.max(share, Math.min(ALMOST, shareDone(status, rates)));
      const left = secondsLeft(status, rates);
      return {
        share: status.phase === 'done' ? 1 : share,
        elapsedSeconds: (now() - from) / 1000,
        shardsPerSecond: shards.rate(),
        iterationsPerSecond: iterations.rate(),
        secondsLeft: left !== undefined && left < LONGEST_SECONDS && status.phase === 'rendering' ? left : undefined,
      };
    },
  };
}

interface Noted {
  readonly at: number;
  readonly status: Status;
}

/** `backSeconds`: how far back the mean goes, after so many seconds that were measured. */
function average(backSeconds: (measured: number) => number) {
  let mean = 0;
  let weight = 0;
  let measured = 0;
  return {
    get measured() {
      return measured;
    },
    add(amount: number, seconds: number) {
      measured += seconds;
      const keep = Math.exp(-seconds / backSeconds(measured));
      mean = mean * keep + (Math.max(0, amount) / seconds) * (1 - keep);
      weight = weight * keep + 1 - keep;
    },
    rate: () => (weight > 0 ? mean / weight : 0),
  };
}
