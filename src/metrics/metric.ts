/**
 * One value under a name in the style of Go's runtime/metrics: a path, a colon, a unit. A distribution is several
 * metrics that differ in the key in braces: `/gc/pauses:seconds{p99}`. docs/metrics.md lists them all.
 */

/** Plain enough for the wire. The unit is a part of the name. */
export interface Metric {
  readonly name: string;
  /** Finite. Seconds, bytes and counts, never scaled. */
  readonly value: number;
}

/** Wall time, the first metric of leader and workers: the only name without a path, shown as `time: 38.35s`. */
export const TIME = 'time';

const NAME = /^(?:time|\/[\w./-]+:[\w*/-]+(?:\{\w+\})?)$/;

/** Whether a metric, which may come over the wire, can be shown: its name has the form above, its value is finite. */
export function wellFormed({ name, value }: Metric): boolean {
  return NAME.test(name) && Number.isFinite(value);
}

export interface Distribution {
  readonly count: number;
  readonly sum?: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** One metric for each key of a distribution: `name{count}`, `name{p50}` and so on. */
export function flatten(name: string, distribution: Distribution): Metric[] {
  return Object.entries(distribution).map(([key, value]) => ({ name: `${name}{${key}}`, value }));
}
