/** Metrics as lines for reading and awk, and as one object for JSON. */

import type { ClusterMetrics } from './cluster.js';
import { type Metric, TIME, wellFormed } from './metric.js';

/**
 * `METRICS <source> <name>: <value>`, one line each, in order; `source` is `LEADER` or `WORKER host:port`. The value is the
 * last field: digits, at most one point and six decimals, never an exponent; `time` has two decimals and an `s`.
 * A metric that is not well-formed (it may come from another machine) is left out.
 */
export function formatMetrics(source: string, metrics: readonly Metric[]): string[] {
  return metrics.filter(wellFormed).map(({ name, value }) => {
    return `METRICS ${source} ${name}: ${name === TIME ? `${value.toFixed(2)}s` : plain(value)}`;
  });
}

/** All lines of a run: the leader's, then each worker's. */
export function formatClusterMetrics({ leader, workers }: ClusterMetrics): string[] {
  const others = [...workers].flatMap(([name, metrics]) => formatMetrics(`WORKER ${name}`, metrics));
  return [...formatMetrics('LEADER', leader), ...others];
}

export interface MetricsJson {
  readonly leader: Readonly<Record<string, number>>;
  /** By `host:port`. */
  readonly workers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The same metrics with the same names, for JSON.stringify; `time` is in seconds. */
export function metricsJson({ leader, workers }: ClusterMetrics): MetricsJson {
  const others = [...workers].map(([name, metrics]) => [name, record(metrics)] as const);
  return { leader: record(leader), workers: Object.fromEntries(others) };
}

function record(metrics: readonly Metric[]): Record<string, number> {
  return Object.fromEntries(metrics.filter(wellFormed).map(({ name, value }) => [name, Number(plain(value))]));
}

/** A finite number without an exponent, rounded to six decimals. */
function plain(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
