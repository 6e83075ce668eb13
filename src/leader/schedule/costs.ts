/** The cost of samples and the speed of peers, from measured times of shards; and the size of the next shard. */

import type { Grain } from './events.js';

const MAX_SAMPLES = 1 << 18;
/** Before any cost is known. */
const FIRST_SAMPLES = 1 << 10;
const MIN_SECONDS = 0.004;
const MAX_SECONDS = 0.25;
/**
 * A leader handles some thousands of shards a second. Where more slots than that take part, shards last at least, and at most, so many
 * seconds for each slot (docs/scale.md).
 */
const [MIN_FOR_SLOT, MAX_FOR_SLOT] = [0.1e-3, 0.5e-3];
const [FEWEST, MOST] = [64, 1 << 14];
/** A shard gets this part of its slot's share of what is left. */
const PARTS = 3;
/** Weights of the newest measurement in the running means. */
const FRESH_COST = 0.2;
const FRESH_PACE = 0.1;
/** How far a peer's speed may be from what it states. */
const MOST_PACE = 1000;

/** One slot of a peer. */
export interface Speed {
  /** As the peer states it; any unit that is the same for all. */
  readonly claimed: number;
  /** Its time over that of others that state the same speed: above 1, it is slower than it states. */
  pace: number;
}

export function effective({ claimed, pace }: Speed): number {
  return claimed / pace;
}

export class Costs {
  /** Seconds of a slot of claimed speed 1 for a sample, a running mean. */
  private mean: number | undefined;

  /** `grain`: of shards that take seconds. */
  constructor(private readonly grain?: Grain) {}

  /** A shard of so many samples took so long. */
  note(speed: Speed, samples: number, seconds: number): void {
    const measured = (seconds * speed.claimed) / samples;
    // The time comes from a worker: a value that is not a number must not stay in the mean.
    if (!(measured >= 0 && measured < Infinity)) return;
    this.learn(speed, measured);
    this.mean = this.mean === undefined ? measured : this.mean + FRESH_COST * (measured - this.mean);
  }

  /** A shard had taken so long when another peer finished it: the peer is at least as slow as that. */
  noteAtLeast(speed: Speed, samples: number, seconds: number): void {
    const measured = (seconds * speed.claimed) / samples;
    if (this.mean !== undefined && measured > this.mean * speed.pace) this.learn(speed, measured);
  }

  /** The mean of the logarithm: one shard a hundred times as expensive as its neighbours shows little about the peer. */
  private learn(speed: Speed, measured: number): void {
    if (this.mean === undefined || this.mean === 0 || measured === 0) return;
    const pace = speed.pace * (measured / this.mean / speed.pace) ** FRESH_PACE;
    speed.pace = Math.min(MOST_PACE, Math.max(1 / MOST_PACE, pace));
  }

  /** Seconds that a slot will take for so many samples; undefined while nothing was measured. */
  expect(speed: Speed, samples: number): number | undefined {
    return this.mean === undefined ? undefined : (samples * this.mean) / effective(speed);
  }

  /**
   * Samples that the next shard of a slot should have, `within` so many that are left. `power`: of all slots together;
   * `slots`: their number. `proved`: the peer has answered a shard; before that its speed is only what it states.
   */
  size(speed: Speed, within: number, power: number, slots: number, hasAnswered = true): number {
    const own = effective(speed);
    const guided = (within * own) / (power * PARTS);
    if (this.grain) {
      const { least, most, perSample } = this.grain;
      const mean = this.mean || (perSample * power) / slots;
      return Math.max(1, Math.min((most * own) / mean, Math.max((least * own) / mean, guided)));
    }
    if (this.mean === undefined || !hasAnswered) {
      const first = FIRST_SAMPLES * Math.min(1, (own * slots) / power);
      return Math.max(FEWEST, Math.min(first, guided / PARTS));
    }
    if (this.mean === 0) return Math.min(MAX_SAMPLES, Math.max(MOST, guided));
    const perSecond = own / this.mean;
    const smallest = Math.min(MOST, Math.max(FEWEST, MIN_SECONDS * perSecond));
    const largest = Math.max(FEWEST, Math.max(MAX_SECONDS, MAX_FOR_SLOT * slots) * perSecond);
    const handled = MIN_FOR_SLOT * slots * perSecond;
    return Math.min(MAX_SAMPLES, largest, Math.max(smallest, handled, guided));
  }
}
