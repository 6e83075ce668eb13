/** How fast a job is, and how long it will still take, from its progress. */

import type { Status } from '../src/app/events.js';

export interface Readings {
  readonly shardsPerSecond: number;
  readonly iterationsPerSecond: number;
  /** Undefined while it is not known. */
  readonly secondsLeft: number | undefined;
}

export interface Rates {
  read(status: Status): Readings;
}

/**
 * Rates over the last few seconds: exponentially weighted means, unbiased from the first measurement on. The time
 * left is by cost, not by samples: frames differ in it, and what was found in the store took none.
 */
export function measure(now: () => number): Rates {
  const averages = { shards: average(3), iterations: average(3), cost: average(15) };
  let last: { readonly at: number; readonly status: Status } | undefined;
  return {
    read(status) {
      const at = now();
      // From the first result on: before it workers start, and the store is read.
      last ??= status.workers > 0 && status.costDone > 0 ? { at, status } : undefined;
      const seconds = last ? (at - last.at) / 1000 : 0;
      if (last && seconds >= 0.25) {
        averages.shards.add(status.shardsDone - last.status.shardsDone, seconds);
        averages.iterations.add(status.iterations - last.status.iterations, seconds);
        averages.cost.add(status.costDone - last.status.costDone, seconds);
        last = { at, status };
      }
      const left = status.costLeft / averages.cost.rate();
      return {
        shardsPerSecond: averages.shards.rate(),
        iterationsPerSecond: averages.iterations.rate(),
        secondsLeft: Number.isFinite(left) && left < 360_000 && status.phase === 'rendering' ? left : undefined,
      };
    },
  };
}

function average(constantSeconds: number) {
  let mean = 0;
  let weight = 0;
  return {
    add(amount: number, seconds: number) {
      const keep = Math.exp(-seconds / constantSeconds);
      mean = mean * keep + (Math.max(0, amount) / seconds) * (1 - keep);
      weight = weight * keep + 1 - keep;
    },
    rate: () => (weight > 0 ? mean / weight : 0),
  };
}
