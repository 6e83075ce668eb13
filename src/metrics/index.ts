/** Metrics: counted by the cluster, read from the runtime, formatted as text and JSON. */

export type { ClusterMetrics, LeaderCounters, WorkerCounters, WorkerShare } from './cluster.js';
export { balance, clusterMetrics, leaderMetrics, workerMetrics } from './cluster.js';
export { formatClusterMetrics, formatMetrics, type MetricsJson, metricsJson } from './format.js';
export type { Metric } from './metric.js';
export { type RuntimeMetrics, runtimeMetrics, startRuntimeMetrics } from './runtime.js';
